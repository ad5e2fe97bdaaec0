//! The JSON of registrations.

use safire::Registered;
use safire::management::Managed;
use safire::management::Settled;
use safire::protocol::registration::Registration;
use safire::protocol::registration::SecretExpiry;
use safire::protocol::registration::SecretsShown;
use safire::protocol::time::UnixTime;
use safire::server::Origin;
use safire::store::KeyMaterial;
use safire::store::KeyRotation;
use safire::store::Pending;
use safire::store::Record;
use safire::store::RecordId;
use safire::store::State;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use super::trouble::trouble;

/// What `register` answers.
pub(crate) fn registration_json(base: &str, registered: &Registered, secrets: SecretsShown) -> Value {
    let record = registered.record.as_deref();
    let members = registration_members(base, &registered.registration, registered.origin, record, secrets);
    Value::Object(members)
}

/// The same, whoever registered.
pub(super) fn registration_members(
    base: &str,
    registration: &Registration,
    origin: Origin,
    record: Option<&Record>,
    secrets: SecretsShown,
) -> Map<String, Value> {
    let state = record.map_or(State::Registered, |record| record.state);
    let mut members = Map::new();
    members.insert("id".to_owned(), json!(record.map(|record| record.id.to_string())));
    members.insert("base_url".to_owned(), json!(base));
    members.insert("registration_endpoint".to_owned(), json!(registration.endpoint()));
    let status = match origin {
        Origin::Sent => registration.status(),
        Origin::Found => None,
    };
    members.insert("status".to_owned(), json!(status));
    granted_members(&mut members, Some(registration), registration.requested(), secrets);
    members.insert("stored".to_owned(), json!(record.is_some()));
    members.insert("existing".to_owned(), json!(origin == Origin::Found));
    members.insert("state".to_owned(), json!(state.as_str()));
    members
}

/// One record whole: the members of `register`, then those of a listing, then what is kept beside them.
pub(crate) fn record_json(record: &Record, now: UnixTime, secrets: SecretsShown) -> Value {
    let content = &record.content;
    let registration = record.registration().ok().filter(|_| has_registration(record.state));
    let mut members = Map::new();
    members.insert("id".to_owned(), json!(record.id.as_str()));
    members.insert("base_url".to_owned(), json!(record.base_url));
    members.insert("registration_endpoint".to_owned(), json!(content.registration_endpoint));
    let status = content.answer.as_ref().and_then(|answer| answer.status);
    members.insert("status".to_owned(), json!(status));
    granted_members(&mut members, registration.as_ref(), &content.requested, secrets);
    members.insert("stored".to_owned(), json!(true));
    members.insert("existing".to_owned(), json!(true));
    members.insert("state".to_owned(), json!(record.state_at(now).as_str()));
    members.insert("protocol".to_owned(), json!(record.protocol.as_str()));
    members.insert("client_name".to_owned(), json!(record.client_name));
    members.insert("created_at".to_owned(), json!(record.created_at.as_seconds()));
    members.insert("updated_at".to_owned(), json!(record.updated_at.as_seconds()));
    let key = match &content.key {
        KeyMaterial::Pem(_) => json!("sealed"),
        KeyMaterial::Path(path) => json!(path.to_string_lossy()),
        KeyMaterial::None | _ => Value::Null,
    };
    members.insert("key".to_owned(), key);
    members.insert("settings".to_owned(), json!(content.settings));
    members.insert("note".to_owned(), json!(content.note));
    members.insert("pending".to_owned(), json!(content.pending.as_ref().map(pending_json)));
    let rotation = content.key_rotation.as_ref().map(|rotation| match rotation {
        KeyRotation::Proving { .. } => "proving",
        KeyRotation::Retiring { .. } => "retiring",
        _ => "unknown",
    });
    members.insert("key_rotation".to_owned(), json!(rotation));
    members.insert("replaces".to_owned(), json!(content.replaces.as_ref().map(RecordId::as_str)));
    members.insert("replaced_by".to_owned(), json!(content.replaced_by.as_ref().map(RecordId::as_str)));
    put_trouble(&mut members, record, now);
    Value::Object(members)
}

/// One line of `registrations`.
pub(crate) fn listing_json(record: &Record, now: UnixTime) -> Map<String, Value> {
    let mut members = Map::new();
    let mut put = |name: &str, value: Value| members.insert(name.to_owned(), value);
    put("id", json!(record.id.as_str()));
    put("base_url", json!(record.base_url));
    put("protocol", json!(record.protocol.as_str()));
    put("client_id", json!(record.client_id.as_ref().map(ToString::to_string)));
    put("client_name", json!(record.client_name));
    put("state", json!(record.state_at(now).as_str()));
    put("created_at", json!(record.created_at.as_seconds()));
    put("updated_at", json!(record.updated_at.as_seconds()));
    put_trouble(&mut members, record, now);
    members
}

/// What `registration read` and `update` answer: the record, and what the call has changed.
pub(crate) fn managed_json(managed: &Managed, now: UnixTime, secrets: SecretsShown) -> Value {
    let mut json = record_json(&managed.record, now, secrets);
    if let Some(members) = json.as_object_mut() {
        let rotated: Vec<&str> = managed.rotated.iter().map(|rotated| rotated.member()).collect();
        members.insert("rotated".to_owned(), json!(rotated));
        members.insert("changed".to_owned(), json!(managed.changed));
        let settled = managed.settled.map(|settled| match settled {
            Settled::Done => "done",
            Settled::NotDone => "not-done",
            Settled::Unknown => "unknown",
        });
        members.insert("settled".to_owned(), json!(settled));
    }
    json
}

fn put_trouble(members: &mut Map<String, Value>, record: &Record, now: UnixTime) {
    let trouble = trouble(record, now);
    let mut put = |name: &str, value: Value| members.insert(name.to_owned(), value);
    put("trouble", json!(trouble.as_ref().map(|trouble| trouble.matter.code())));
    put("trouble_at", json!(trouble.as_ref().map(|trouble| trouble.at.as_seconds())));
    put("hint", json!(trouble.map(|trouble| trouble.hint)));
}

fn pending_json(pending: &Pending) -> Value {
    json!({
        "operation": pending.operation.as_str(),
        "since": pending.since.as_seconds(),
        "requested": pending.requested.as_ref().map(|requested| masked(requested, SecretsShown::Masked)),
        "note": pending.note,
    })
}

/// A refused or doubtful answer is kept, but it is no registration.
const fn has_registration(state: State) -> bool {
    !matches!(state, State::InDoubt | State::Refused)
}

fn granted_members(
    members: &mut Map<String, Value>,
    registration: Option<&Registration>,
    requested: &Map<String, Value>,
    secrets: SecretsShown,
) {
    let secret = registration.and_then(Registration::client_secret);
    let shown_secret = secret.map(|secret| match secrets {
        SecretsShown::Shown => secret.expose_secret(),
        SecretsShown::Masked => "[redacted]",
    });
    let mut put = |name: &str, value: Value| members.insert(name.to_owned(), value);
    put("client_id", json!(registration.map(|r| r.client_id().as_str())));
    put("client_secret", json!(shown_secret));
    put("has_client_secret", json!(secret.is_some()));
    let issued_at = registration.and_then(Registration::client_id_issued_at);
    put("client_id_issued_at", json!(issued_at.map(UnixTime::as_seconds)));
    put("client_secret_expires_at", json!(registration.and_then(expiry)));
    put("registration_client_uri", json!(registration.and_then(Registration::registration_client_uri)));
    let token = registration.and_then(Registration::registration_access_token);
    put("has_registration_access_token", json!(token.is_some()));
    let method = registration.and_then(Registration::token_endpoint_auth_method);
    put("token_endpoint_auth_method", json!(method.map(|method| method.as_str())));
    put("requested", Value::Object(masked(requested, secrets)));
    put("registered", Value::Object(registration.map(|r| r.registered_json(secrets)).unwrap_or_default()));
    put("differences", json!(registration.map(Registration::differences).unwrap_or_default()));
    put("deviations", json!(registration.map(Registration::deviations).unwrap_or_default()));
}

/// "Never expires" is 0 as on the wire (RFC 7591 §3.2.1), unknown is null.
fn expiry(registration: &Registration) -> Option<i64> {
    match registration.client_secret_expires_at() {
        SecretExpiry::Never => Some(0),
        SecretExpiry::At(time) => Some(time.as_seconds()),
        SecretExpiry::Unknown => None,
    }
}

/// What was sent, in case the person put a secret into it.
fn masked(requested: &Map<String, Value>, secrets: SecretsShown) -> Map<String, Value> {
    let mut shown = requested.clone();
    if matches!(secrets, SecretsShown::Masked) {
        for name in ["client_secret", "registration_access_token"] {
            if let Some(value) = shown.get_mut(name) {
                *value = json!("[redacted]");
            }
        }
    }
    shown
}
