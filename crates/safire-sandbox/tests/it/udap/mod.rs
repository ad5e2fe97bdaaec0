//! The UDAP side of the sandbox.

mod community;
mod world;
