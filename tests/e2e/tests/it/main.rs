//! Safire against authorization servers that we did not write.
// Clippy grants tests their `unwrap` only where it sees this.
#![cfg(test)]

#[macro_use]
mod real_server;

mod authlib;
mod every_case_is_a_test;
mod every_code_is_documented;
mod flow_goes_one_way;
mod killed_before_the_commit;
mod management;
mod oidc_provider;
mod servers_offer_registration;
mod steps;
