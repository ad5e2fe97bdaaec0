//! Keycloak.

use http::StatusCode;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use super::kind::Admission;
use super::kind::Profile;
use super::standard::BASE;
use crate::management::Management;
use crate::token;

pub(super) static KEYCLOAK: Profile = Profile {
    name: "keycloak",
    summary: "registration only with the initial access token, others get 403 and the text of a policy; many members \
              that nobody asked for; the registration access token changes at each read and update; a refresh without \
              `client_id` gets 400",
    source: "keycloak #39629, #8863, client-js #175; T11",
    admission: Admission::Invited(
        "Policy 'Trusted Hosts' rejected request to client-registration service. Details: Host not trusted.",
    ),
    registered: Some(registered),
    no_client: || token::Refusal::client("Missing client_id parameter").with_status(StatusCode::BAD_REQUEST),
    management: Management::new().rotating_token(),
    ..BASE
};

/// What a Keycloak adds to the answer.
fn registered(members: &mut Map<String, Value>) {
    for (name, value) in [
        ("subject_type", json!("public")),
        ("request_uris", json!([])),
        ("default_acr_values", json!([])),
        ("post_logout_redirect_uris", json!([])),
        ("tls_client_certificate_bound_access_tokens", json!(false)),
        ("dpop_bound_access_tokens", json!(false)),
        ("require_pushed_authorization_requests", json!(false)),
        ("backchannel_logout_session_required", json!(false)),
        ("frontchannel_logout_session_required", json!(false)),
    ] {
        members.insert(name.to_owned(), value);
    }
}
