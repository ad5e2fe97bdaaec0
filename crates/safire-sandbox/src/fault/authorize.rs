//! Faults of the redirect back to the app.

use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use super::kind::Act;
use super::kind::Kind;
use super::kind::Scene;
use super::kind::Wants;
use crate::endpoint::Endpoint;

pub(super) const FAULTS: &[Kind] = &[
    Kind::new("error", Act::Refuse, "a redirect with the error code given, before anybody logs in")
        .at(HERE)
        .wants(Wants::Code),
    Kind::new("no-state", Act::Edit(|m, _| take(m, "state")), "a redirect without the `state`").at(HERE),
    Kind::new("wrong-state", Act::Edit(wrong_state), "a redirect with another `state` than was sent")
        .at(HERE),
    Kind::new(
        "no-iss",
        Act::Edit(|m, _| take(m, "iss")),
        "a redirect without `iss`, although discovery promises it",
    )
    .at(HERE),
    Kind::new(
        "wrong-iss",
        Act::Edit(wrong_iss),
        "`iss` is another issuer: in the redirect (RFC 9207 §2.4), in the id token, or in the signed metadata",
    )
    .at(&[Endpoint::Authorize, Endpoint::IdToken, Endpoint::Udap]),
    Kind::new("no-code", Act::Edit(|m, _| take(m, "code")), "a redirect with neither `code` nor `error`")
        .at(HERE),
];

const HERE: &[Endpoint] = &[Endpoint::Authorize];

fn take(members: &mut Map<String, Value>, name: &str) {
    members.shift_remove(name);
}

fn wrong_state(members: &mut Map<String, Value>, _: &Scene<'_>) {
    members.insert("state".to_owned(), json!("not-the-state-that-was-sent"));
}

fn wrong_iss(members: &mut Map<String, Value>, _: &Scene<'_>) {
    members.insert("iss".to_owned(), json!("https://other.invalid"));
}
