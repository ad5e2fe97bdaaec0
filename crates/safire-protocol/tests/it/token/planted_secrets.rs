//! TD-09: no token shows in the `Debug` text of an answer or of an error.

use safire_protocol::credentials::Credentials;
use serde_json::json;

use super::NOW;
use super::accept;
use super::answer;
use super::profile;
use super::step_with;

const PLANTED: &str = "eyJPLANTED9f2c41";

#[test]
fn td_09_a_token_answer_shows_no_token() {
    let body = json!({
        "access_token": PLANTED, "refresh_token": PLANTED, "id_token": PLANTED, "token_type": "Bearer",
        "scope": "a", "expires_in": 300, "proxy_token": PLANTED, "nested": {"deep": [PLANTED]},
    });
    let token = accept(200, "application/json", body.to_string()).unwrap();
    for text in [format!("{token:?}"), format!("{token:#?}")] {
        assert!(text.contains("[redacted]"), "{text}");
        assert!(text.contains("proxy_token"), "{text}");
        assert!(!text.contains(PLANTED), "{text}");
    }
}

#[test]
fn td_09_a_token_in_the_wrong_member_shows_nowhere_in_the_error() {
    for body in [
        json!({"accessToken": PLANTED}),
        json!({"access_token": {"value": PLANTED}}),
        json!({"access_token": "", "refresh_token": PLANTED}),
        json!([PLANTED]),
    ] {
        let error = accept(200, "application/json", body.to_string()).unwrap_err();
        let text = format!("{error} {error:?} {error:#?}");
        assert!(!text.contains(PLANTED), "{text}");
    }
}

#[test]
fn td_09_a_key_client_shows_no_assertion() {
    use safire_protocol::secret::ClientAssertion;
    let step = step_with(None, Credentials::PrivateKeyJwt(profile()));
    let request = step.request(Some(ClientAssertion::new(PLANTED))).unwrap();
    assert!(std::str::from_utf8(request.body()).unwrap().contains(PLANTED));
    assert!(!format!("{step:?}").contains(PLANTED));
    let error =
        step.accept(&answer(400, "application/json", r#"{"error":"invalid_client"}"#), NOW).unwrap_err();
    assert!(!format!("{error:?}").contains(PLANTED));
}
