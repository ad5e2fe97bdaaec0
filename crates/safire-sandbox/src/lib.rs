//! A strict authorization server on loopback, for tests and demos, with faults on demand.
//!
//! It serves discovery, registration (RFC 7591), tokens (RFC 6749 with RFC 7523 assertions) and a small FHIR endpoint
//! that wants the token. It keeps everything in memory and is not for production use.
//!
//! ```no_run
//! # async fn example() -> Result<(), safire_sandbox::SandboxError> {
//! let sandbox = safire_sandbox::Sandbox::builder().fault("register:status-200").start().await?;
//! // … let a client discover and register at `sandbox.fhir_base()` …
//! sandbox.set_fault("token:no-expires")?; // and look at `sandbox.requests()` and `sandbox.counts()`
//! # Ok(())
//! # }
//! ```

/// The running sandbox and its start.
mod builder;
mod error;
mod ready;
mod sandbox;

/// Connections and requests.
mod asked;
mod endpoint;
mod listener;
mod reply;
mod routes;
mod service;
mod tls;
mod wire;

/// What is served.
mod control;
mod discovery;
mod fhir;
mod register;
mod scope;
mod token;

/// Misbehaviour on demand.
mod fault;

/// What is remembered.
mod bounded;
mod client;
mod clock;
mod counts;
mod lock;
mod random;
mod record;
mod state;

pub use builder::SandboxBuilder;
pub use client::Issued;
pub use client::IssuedClient;
pub use counts::Counts;
pub use endpoint::Endpoint;
pub use error::SandboxError;
pub use fault::FaultInfo;
pub use fault::faults;
pub use ready::Ready;
pub use record::RecordedRequest;
pub use sandbox::Sandbox;
