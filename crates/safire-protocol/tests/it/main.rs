//! One file per requirement.
#![cfg(test)]

mod credentials;
mod discovery;
mod json;
mod token;
mod url;
