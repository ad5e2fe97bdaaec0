//! What can be done with a registration once it is in the store.

use safire::Credentials;
use safire::protocol::credentials::Credentials as Proof;
use safire::protocol::fault::Diagnose as _;
use safire::protocol::fault::Fault;
use safire::protocol::registration::Registration;
use safire::store::KeyMaterial;
use safire::store::Record;

use crate::output::clean;
use crate::plan::MayUse;
use crate::plan::may_use;

/// A closing line for people; it promises no token that the client cannot get.
pub(super) fn next_step(record: &Record, registration: &Registration) -> String {
    let id = &record.id;
    let show = format!("`safire registration show {id}` for all of it");
    let public = Credentials::of_record(record, registration, None)
        .is_ok_and(|credentials| matches!(credentials.proof, Proof::Public { .. }));
    if public
        || matches!(may_use(record, registration, "client_credentials"), MayUse::No | MayUse::NotByDefault)
    {
        return format!("\nnext: `safire login {id}` when a user is there to log in, {show}\n");
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
