//! Connects an application to any FHIR server: discover it, register with it, keep the credentials, get tokens.
//!
//! The flow is the module order: [`server`] discovers and registers, [`store`] keeps, [`credentials`] prove,
//! [`client`] asks for tokens, [`token_source`] keeps one valid, [`management`] looks after a registration, a [`fleet`]
//! does it all with thousands of servers. [`transport`], [`clock`] and [`signer`] are the seams to the outside.
//! By UDAP the server is found and registered with through `udap` (a feature, on by default); what follows is the same.

pub mod client;
pub mod clock;
pub mod credentials;
pub mod error;
pub mod fleet;
pub mod future;
pub mod management;
pub mod server;
pub mod signer;
pub mod store;
pub mod token_source;
pub mod transport;
#[cfg(feature = "udap")]
pub mod udap;

mod random;

pub use client::Client;
pub use credentials::Credentials;
pub use error::Error;
pub use safire_protocol as protocol;
pub use server::Registered;
pub use server::Server;
pub use token_source::TokenSource;

/// The README's examples are compiled with the documentation's.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
