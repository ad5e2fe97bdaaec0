//! Medplum, before its answers were completed.

use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use super::kind::Profile;
use super::standard::BASE;
use crate::management::Management;
use crate::management::Served;
use crate::random;

pub(super) static MEDPLUM: Profile = Profile {
    name: "medplum",
    summary: "the answer to a registration has `client_id`, `client_secret` and `client_id_issued_at` only; a redirect \
              URI that is refused gets `invalid_request`; no management; a refresh token only with `offline_access`",
    source: "packages/server/src/oauth/register.ts at 05b1fcb, medplum #8837, #9183",
    redirect_error: "invalid_request",
    registered: Some(registered),
    refresh_scopes: &["offline_access"],
    management: Management::new().served(Served::Absent),
    ..BASE
};

fn registered(members: &mut Map<String, Value>) {
    if !members.contains_key("client_secret") {
        // Without random numbers there is no answer at all: the caller made the client's id before.
        members.insert("client_secret".to_owned(), json!(random::token().unwrap_or_default()));
    }
    members.retain(|name, _| ["client_id", "client_secret", "client_id_issued_at"].contains(&name.as_str()));
}
