//! The server side of a client assertion.
