//! The sandbox is strict where it should be and wrong where it is told to be.

mod control;
mod discovery;
mod fault_names;
mod fault_shapes;
mod fhir;
mod metadata_rules;
mod registration;
mod registration_faults;
mod support;
mod tls;
mod token_assertion;
mod token_rules;
