//! What can be done with a registration once it is in the store.

use safire::Credentials;
use safire::protocol::credentials::Credentials as Proof;
use safire::protocol::fault::Diagnose as _;
use safire::protocol::fault::Fault;
use safire::protocol::registration::Registration;
use safire::protocol::registration::SecretsShown;
use safire::store::KeyMaterial;
use safire::store::Record;
use serde_json::Value;

use crate::output::clean;

/// A closing line for people; it promises no token that the client cannot get.
pub(super) fn next_step(record: &Record, registration: &Registration) -> String {
    let id = &record.id;
    let show = format!("`safire registration show {id}` for all of it");
    let public = Credentials::of_record(record, registration, None)
        .is_ok_and(|credentials| matches!(credentials.proof, Proof::Public { .. }));
    if public || !may_ask_for_itself(record, registration) {
        return format!(
            "\nnext: {show}; this client gets its tokens when a user logs in, which comes with a later version\n"
        );
    }
    if let Err(error) = Credentials::of_record(record, registration, None)
        && error.fault() == Fault::Server
    {
        return format!("\nnext: {show}; no token as it is: {}\n", clean(&error.to_string()));
    }
    let method = registration.token_endpoint_auth_method().map(|method| method.as_str());
    if method == Some("private_key_jwt") && matches!(record.content.key, KeyMaterial::None) {
        return format!("\nnext: `safire token {id} --key FILE` for a token, {show}\n");
    }
    format!("\nnext: `safire token {id}` for a token, {show}\n")
}

/// Whether the grant was registered; nothing is known against it where a portal made the client.
fn may_ask_for_itself(record: &Record, registration: &Registration) -> bool {
    let registered = registration.registered_json(SecretsShown::Masked);
    let grants = registered.get("grant_types").or_else(|| registration.requested().get("grant_types"));
    match grants {
        Some(Value::Array(grants)) => grants.iter().any(|grant| grant == "client_credentials"),
        Some(grants) => grants.as_str().is_some_and(|grants| grants.contains("client_credentials")),
        None => record.content.answer.as_ref().is_none_or(|answer| answer.status.is_none()),
    }
}
