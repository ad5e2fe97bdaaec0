//! Real authorization servers for tests, started on loopback: [`OidcProvider`] from npm and [`Authlib`] from PyPI; a
//! [`Browser`] for the person who logs in there, and a real one, [`Chromium`], for what only a real one shows.
//!
//! `start` installs what is missing into a cache below the target directory, so a test is two lines:
//!
//! ```no_run
//! # async fn example() -> Result<(), safire_e2e::Failure> {
//! use safire_e2e::{OidcProvider, Options};
//!
//! let Some(server) = OidcProvider::start(Options::with_initial_access_token("sesame")).await? else {
//!     return Ok(()); // left out; the run has said so, and with `CI=true` it is an error
//! };
//! println!("{}", server.fhir_base());
//! # Ok(())
//! # }
//! ```

mod authlib;
mod browser;
mod chromium;
mod cookies;
mod environment;
mod failure;
mod html;
mod http;
mod install;
mod key;
mod node;
mod oidc_provider;
mod process;
mod python;
mod server;
mod web_driver;

pub use authlib::Authlib;
pub use browser::Arrival;
pub use browser::Browser;
pub use browser::Consent;
pub use browser::Page;
pub use browser::Person;
pub use chromium::Chromium;
pub use failure::Failure;
pub use install::Prepared;
pub use key::Key;
pub use oidc_provider::OidcProvider;
pub use server::Options;
pub use server::Rotation;
pub use server::Running;
