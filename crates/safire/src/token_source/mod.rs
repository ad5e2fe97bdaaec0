//! Stays authorised: one token that is always valid, however many tasks and processes want it.

mod authorized;
mod builder;
mod early;
mod flight;
mod held;
mod keep;
mod lease;
mod login;
mod need;
mod obtain;
mod reach;
mod renewal;
mod source;

pub use builder::TokenSourceBuilder;
pub use obtain::InvalidGrant;
pub use obtain::Obtain;
pub use source::TokenSource;
