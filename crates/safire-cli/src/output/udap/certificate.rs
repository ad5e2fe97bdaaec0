//! A certificate, for people and for programs.

use safire::protocol::pki::Certificate;
use safire::protocol::pki::UriName;
use safire::protocol::time::UnixTime;
use serde_json::Value;
use serde_json::json;

use crate::output::clean;
use crate::output::date_time;

/// Subject and the start of the fingerprint, as subjects recur.
pub(super) fn label(certificate: &Certificate) -> String {
    let start: String = certificate.fingerprint().chars().take(8).collect();
    let subject = certificate.subject().to_string();
    let subject = if subject.is_empty() { "(no subject)" } else { &subject };
    format!("{} [{start}]", clean(subject))
}

/// Its names of the URI kind, by which UDAP knows it.
pub(super) fn uri_names(certificate: &Certificate) -> Option<String> {
    let names: Vec<String> = certificate.uri_names().iter().map(|name| clean(name.as_str())).collect();
    (!names.is_empty()).then(|| names.join(", "))
}

/// From when to when it is valid.
pub(super) fn validity(certificate: &Certificate) -> String {
    let (from, to) =
        (seconds(certificate.not_before().as_secs()), seconds(certificate.not_after().as_secs()));
    format!("valid {} to {}", date_time(from), date_time(to))
}

/// The certificate for programs.
pub(crate) fn certificate_json(certificate: &Certificate) -> Value {
    let names: Vec<&str> = certificate.uri_names().iter().map(UriName::as_str).collect();
    json!({
        "subject": certificate.subject().to_string(),
        "issuer": certificate.issuer().to_string(),
        "serial": hex(certificate.serial()),
        "sha256": certificate.fingerprint(),
        "uri_names": names,
        "not_before": seconds(certificate.not_before().as_secs()).as_seconds(),
        "not_after": seconds(certificate.not_after().as_secs()).as_seconds(),
    })
}

/// Seconds since 1970, as certificates count them.
pub(super) fn seconds(time: u64) -> UnixTime {
    UnixTime::from_seconds(i64::try_from(time).unwrap_or(i64::MAX))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
