//! athenahealth.

use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use super::kind::Admission;
use super::kind::Audience;
use super::kind::Profile;
use super::standard::BASE;

pub(super) static ATHENA: Profile = Profile {
    name: "athena",
    summary: "no registration: clients come from a portal; PKCE is done but not advertised; \
              `token_endpoint_auth_methods` beside the member of today; `aud` is the FHIR base letter by letter; errors \
              as `{\"status\":\"error\",\"statusmessage\":…,\"description\":…}`",
    source: "client-js #174, apiserver-athenaFlex #383, #313; T16, T20",
    discovery,
    admission: Admission::Nobody,
    audience: Audience::Exact,
    error: |error, description| json!({"status": "error", "statusmessage": error, "description": description}),
    ..BASE
};

fn discovery(members: &mut Map<String, Value>) {
    for name in ["registration_endpoint", "code_challenge_methods_supported"] {
        members.shift_remove(name);
    }
    if let Some(methods) = members.get("token_endpoint_auth_methods_supported").cloned() {
        members.insert("token_endpoint_auth_methods".to_owned(), methods);
    }
}
