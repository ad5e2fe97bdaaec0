//! What became of a registration, for people.

use std::fmt::Write as _;

use safire::protocol::deviation::Deviation;
use safire::protocol::registration::Registration;
use safire::protocol::udap::RegistrationOutcome;
use safire::server::Origin;
use safire::udap::UdapRegistered;

use crate::output::Sheet;
use crate::output::clean;
use crate::output::deviation_lines;

/// A sheet, what departs from what was asked, and what to do next.
pub(super) fn for_people(base: &str, registered: &UdapRegistered) -> String {
    let (registration, bound) = (registered.registration(), &registered.bound);
    let mut text = Sheet::new()
        .row("state", state(registered))
        .maybe("id", registered.id().map(ToString::to_string))
        .row("client", registration.client_id().as_str())
        .row("known as", bound.client_uri.as_str())
        .row("FHIR base", base)
        .maybe("community", bound.community.as_deref())
        .maybe("scope", registration.granted().scope.as_deref())
        .maybe("purpose", bound.exchange_purpose.as_deref())
        .to_string();
    text.push_str(&deviation_lines(&deviations(registration)));
    if !registration.differences().is_empty() {
        text.push_str("\ndifferences from what was asked:\n");
    }
    for difference in registration.differences() {
        let _ = writeln!(
            text,
            "  {}: `{}`: asked {}, registered {}",
            difference.severity,
            clean(&difference.member),
            clean(&difference.requested.to_string()),
            clean(&difference.registered.to_string())
        );
    }
    if let (Some(id), Some(_)) = (registered.id(), registered.outcome.usable()) {
        let _ = writeln!(text, "\nnext: {}", next(id.as_str(), registered));
    }
    text
}

/// UDAP Security 2.0 §3.4: 200 is how a server says that it knew the client, unlike RFC 7591.
pub(super) fn deviations(registration: &Registration) -> Vec<Deviation> {
    let mut all = registration.deviations().to_vec();
    all.retain(|deviation| deviation.code != "status-200");
    all
}

fn state(registered: &UdapRegistered) -> String {
    match (&registered.outcome, registered.origin) {
        (RegistrationOutcome::Registered(_), Origin::Found) => {
            "registered before; nothing was sent".to_owned()
        }
        (RegistrationOutcome::Registered(_), Origin::Sent) => "registered".to_owned(),
        (RegistrationOutcome::Modified(_), _) => "modified; the client id is the same".to_owned(),
        (RegistrationOutcome::Replaced { previous, .. }, _) => {
            format!("replaced; client `{}` is no longer good", clean(previous.as_str()))
        }
        (RegistrationOutcome::Cancelled(_), _) => "cancelled by the server".to_owned(),
        _ => "answered in a way that is not known here".to_owned(),
    }
}

fn next(id: &str, registered: &UdapRegistered) -> String {
    let asked = registered.registration().requested().get("grant_types");
    let has_users = asked
        .and_then(serde_json::Value::as_array)
        .is_some_and(|grants| grants.iter().any(|grant| grant == "authorization_code"));
    if has_users {
        return format!("`safire udap login {id}` when a user is there to log in");
    }
    let kept = registered.record.as_ref().map(|record| &record.content.settings.authorization_extensions);
    let is_kept = |name: &String| kept.is_some_and(|kept| kept.contains_key(name));
    if registered.bound.extensions_required.iter().all(is_kept) {
        return format!("`safire token {id}` for a token");
    }
    let required = registered.bound.extensions_required.join(", ");
    format!(
        "`safire udap token {id} --organization-id URI --purpose-of-use CODE` for a token (the server wants {})",
        clean(&required)
    )
}
