//! The sandbox is strict where it should be and wrong where it is told to be.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests fail by panicking too"
)]

mod browser;
mod control;
mod discovery;
mod fault_names;
mod fault_shapes;
mod fhir;
mod fhir_reach;
mod hostile_forms;
mod id_token;
mod introspection;
mod launch;
mod login_faults;
mod login_pages;
mod login_refusals;
mod management;
mod metadata_rules;
mod profile_epic;
mod profile_keycloak;
mod profile_medplum;
mod profile_names;
mod profile_openemr;
mod profile_portal;
mod registration;
mod registration_faults;
mod scope_syntax;
mod support;
mod tenants;
mod tls;
mod token_assertion;
mod token_by_code;
mod token_by_refresh;
mod token_rules;
#[cfg(feature = "udap")]
mod udap;
