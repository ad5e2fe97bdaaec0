//! Stays authorised: one token that is always valid, however many tasks and processes want it.

mod authorized;
mod builder;
mod early;
mod flight;
mod held;
mod keep;
#[cfg(feature = "tower")]
mod layer;
mod lease;
mod login;
mod need;
mod obtain;
mod reach;
mod renewal;
mod source;

pub use builder::TokenSourceBuilder;
#[cfg(feature = "tower")]
pub use layer::LayerError;
#[cfg(feature = "tower")]
pub use layer::TokenLayer;
#[cfg(feature = "tower")]
pub use layer::TokenService;
pub use obtain::Obtain;
pub use source::TokenSource;
