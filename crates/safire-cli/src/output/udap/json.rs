//! The JSON of paths and registrations.

use safire::protocol::pki::Certificate;
use safire::protocol::pki::RevocationStatus;
use safire::protocol::pki::TrustedPath;
use safire::protocol::registration::SecretsShown;
use safire::protocol::udap::ChainTrust;
use safire::protocol::udap::RegistrationOutcome;
use safire::server::Origin;
use safire::udap::UdapRegistered;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use super::certificate::certificate_json;
use super::certificate::seconds;
use crate::output::json::registration_members;

/// `path`, `anchor` and `trusted_until`.
pub(crate) fn path_json(trust: &ChainTrust) -> Map<String, Value> {
    let mut members = Map::new();
    let (path, anchor, until) = match trust {
        ChainTrust::Anchored(path) => {
            let until = seconds(path.fresh_until().as_secs()).as_seconds();
            (anchored(path), certificate_json(path.anchor()), json!(until))
        }
        ChainTrust::Unanchored(path) => {
            (path.certificates().iter().map(certificate_json).collect(), Value::Null, Value::Null)
        }
        _ => (Vec::new(), Value::Null, Value::Null),
    };
    members.insert("path".to_owned(), Value::Array(path));
    members.insert("anchor".to_owned(), anchor);
    members.insert("trusted_until".to_owned(), until);
    members
}

fn anchored(path: &TrustedPath) -> Vec<Value> {
    let statuses = path.revocation().iter().map(Some).chain(std::iter::repeat(None));
    path.certificates().iter().zip(statuses).map(|(certificate, status)| one(certificate, status)).collect()
}

fn one(certificate: &Certificate, status: Option<&RevocationStatus>) -> Value {
    let mut json = certificate_json(certificate);
    let told = match status {
        Some(RevocationStatus::NotRevoked { source, until }) => {
            json!({ "status": "good", "source": source, "until": seconds(until.as_secs()).as_seconds() })
        }
        Some(RevocationStatus::Unknown { .. }) => {
            json!({ "status": "unknown", "source": null, "until": null })
        }
        Some(RevocationStatus::NotChecked) => {
            json!({ "status": "not-checked", "source": null, "until": null })
        }
        Some(_) | None => Value::Null,
    };
    if let Some(members) = json.as_object_mut() {
        members.insert("revocation".to_owned(), told);
    }
    json
}

/// What `udap register` and `udap modify` answer: the members of `register`, and what became of it.
pub(crate) fn udap_registration_json(
    base: &str,
    registered: &UdapRegistered,
    secrets: SecretsShown,
) -> Value {
    let record = registered.record.as_deref();
    let mut members =
        registration_members(base, registered.registration(), registered.origin, record, secrets);
    members.insert("outcome".to_owned(), json!(outcome_of(registered)));
    let previous = if let RegistrationOutcome::Replaced { previous, .. } = &registered.outcome {
        Some(previous.as_str())
    } else {
        None
    };
    members.insert("previous_client_id".to_owned(), json!(previous));
    // UDAP Security 2.0 §3.4: 200 is how a server says that it knew the client, unlike RFC 7591.
    if let Some(Value::Array(deviations)) = members.get_mut("deviations") {
        deviations.retain(|deviation| deviation.get("code").is_none_or(|code| code != "status-200"));
    }
    members.insert("community".to_owned(), json!(registered.bound.community));
    members.insert("client_uri".to_owned(), json!(registered.bound.client_uri));
    members.insert("exchange_purpose".to_owned(), json!(registered.bound.exchange_purpose));
    members.insert("extensions_required".to_owned(), json!(registered.bound.extensions_required));
    Value::Object(members)
}

fn outcome_of(registered: &UdapRegistered) -> &'static str {
    match (&registered.outcome, registered.origin) {
        (RegistrationOutcome::Modified(_), _) => "modified",
        (RegistrationOutcome::Replaced { .. }, _) => "replaced",
        (RegistrationOutcome::Cancelled(_), _) => "cancelled",
        (RegistrationOutcome::Registered(_), Origin::Sent | Origin::Found) => "registered",
        _ => "unknown",
    }
}
