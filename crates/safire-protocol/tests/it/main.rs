//! One file per requirement.

mod credentials;
mod discovery;
mod json;
mod token;
mod url;
