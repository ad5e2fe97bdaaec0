//! The client against scripted servers, one file per requirement.

#![cfg(test)]

mod content_forms;
mod discovery_fallbacks;
mod discovery_is_fetched_once;
mod epic;
mod examples;
mod fleet;
mod guides;
mod id_token;
mod identity;
mod intents;
mod introspect;
mod issuer_keys;
mod limits;
mod log_lines;
mod login;
mod logs_hold_no_secret;
mod management;
mod post_never_follows;
mod redirects;
mod refresh;
mod registration;
mod requests_say_who_we_are;
mod retries;
mod script;
mod settings;
mod token_source;
mod tokens;
#[cfg(feature = "udap")]
mod udap;
