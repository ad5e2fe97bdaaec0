//! Safire against authorization servers that we did not write.
// Clippy grants tests their `unwrap` only where it sees this.
#![cfg(test)]

#[macro_use]
mod each_server;
#[macro_use]
mod real_server;

mod authlib;
mod callback_at_a_real_server;
mod chromium;
mod code_at_a_real_server;
mod every_case_is_a_test;
mod every_code_is_documented;
mod flow_goes_one_way;
mod id_token_of_a_real_server;
mod introspection_at_a_real_server;
mod killed_before_the_commit;
mod login_by_each_client_type;
mod loopback_redirect_at_a_real_server;
mod oidc_provider;
mod refresh_at_a_real_server;
mod revocation_at_a_real_server;
mod servers_offer_registration;
mod site;
mod steps;
