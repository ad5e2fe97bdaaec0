//! The third joint: how a client proves who it is.

mod assertion_check;
mod method;

pub use assertion_check::*;
pub use method::AuthMethod;
