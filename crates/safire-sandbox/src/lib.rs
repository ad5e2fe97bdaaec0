//! A strict authorization server on loopback, for tests and demos, with faults on demand.
//!
//! It serves discovery, registration (RFC 7591), logins with pages for login, patient and consent (RFC 6749, SMART
//! App Launch), tokens and id tokens, introspection, revocation, and a small FHIR endpoint that wants the token. It
//! keeps everything in memory and is not for production use.
//!
//! It can behave as a vendor's server ([`profiles`]), know one syntax of scopes ([`ScopeSyntax`]), and be many servers
//! at once ([`SandboxBuilder::tenants`]).
//!
//! By its feature `udap`, which is on, it is a UDAP server too (UDAP Security 2.0): signed metadata, registration by
//! certificate, tokens with `hl7-b2b`, Tiered OAuth, revocation lists. [`Community`] makes trust communities for tests.
//!
//! Programs that run it as a process steer it by calls with JSON: `GET /_control/requests`, `counts`, `clients`,
//! `tenants` and `fhir-bases`; `POST /_control/faults` with `{"fault":"token:cut"}` or `{"clear":true}`, `auto-approve`
//! with `{"user":"clinician","patient":"example"}` or `{"off":true}`, `launch` with any members of [`LaunchContext`],
//! `clients` with the metadata of a client to add as in a portal, `approve` with `{"client_id":"…"}`, and `rotate-keys`.
//! `GET /_control/udap` gives the trust communities with their anchors, `POST /_control/udap/issue` with
//! `{"uri":"https://app.example/udap"}` a certificate with its key, and `POST /_control/udap/revoke` takes
//! `{"serial":"4a…"}`.
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
mod tenants;
mod tls;
mod wire;

/// What is served, in the order of the flow.
mod control;
mod discovery;
mod register;

mod launch;
mod page;

mod authorize;

mod id_token;
mod token;

/// What vendors and versions do differently.
mod management;
mod profile;
mod scope_syntax;
mod setup;

mod introspect;
mod revoke;

mod fhir;

/// UDAP Security.
#[cfg(feature = "udap")]
mod udap;

/// Misbehaviour on demand.
mod fault;

/// What is remembered.
mod bounded;
mod client;
mod clients;
mod clock;
mod counts;
mod grant;
mod keys;
mod lock;
mod random;
mod record;
mod same;
mod scope;
mod standing;
mod state;
mod user;

pub use builder::SandboxBuilder;
pub use client::Issued;
pub use client::IssuedClient;
pub use counts::Counts;
pub use endpoint::Endpoint;
pub use error::SandboxError;
pub use fault::FaultInfo;
pub use fault::faults;
pub use launch::LaunchContext;
pub use management::BadToken;
pub use management::Management;
pub use management::Served;
pub use profile::ProfileInfo;
pub use profile::profiles;
pub use ready::Ready;
pub use record::RecordedRequest;
pub use sandbox::Sandbox;
pub use scope_syntax::OtherSyntax;
pub use scope_syntax::ScopeSyntax;
pub use tenants::MannerInfo;
pub use tenants::Tenant;
pub use tenants::manners;
#[cfg(feature = "udap")]
pub use udap::Community;
#[cfg(feature = "udap")]
pub use udap::CommunityBuilder;
#[cfg(feature = "udap")]
pub use udap::CommunityFile;
#[cfg(feature = "udap")]
pub use udap::DEFAULT_COMMUNITY;
#[cfg(feature = "udap")]
pub use udap::Member;
#[cfg(feature = "udap")]
pub use udap::MemberRequest;
#[cfg(feature = "udap")]
pub use udap::Secrecy;
