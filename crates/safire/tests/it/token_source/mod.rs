//! Staying authorised, one file per requirement.

mod a_401_renews_once;
mod expiry;
mod fhir_request;
mod login_needed;
mod no_secret_shows;
mod processes;
mod setting;
mod single_flight;
mod storing;
mod tower_layer;
