//! One file per requirement.
#![cfg(test)]

mod authorize;
mod credentials;
mod discovery;
mod id_token;
mod introspection;
mod json;
mod registration;
mod revocation;
mod scope;
mod server_answer;
mod token;
mod transcript;
#[cfg(feature = "udap")]
mod udap;
mod url;
