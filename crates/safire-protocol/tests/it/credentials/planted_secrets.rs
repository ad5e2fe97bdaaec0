//! TD-09: no secret of a client shows in the `Debug` text of anything public here.

use safire_protocol::credentials::BasicEncoding;
use safire_protocol::credentials::Choice;
use safire_protocol::credentials::Credentials;
use safire_protocol::credentials::SecretPlacement;
use safire_protocol::identifier::ClientId;
use safire_protocol::registration::Answer;
use safire_protocol::registration::Registration;
use safire_protocol::secret::ClientAssertion;
use safire_protocol::secret::ClientSecret;
use safire_protocol::time::UnixTime;
use safire_protocol::token::Grant;
use safire_protocol::token::TokenRequest;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;
use url::Url;

const PLANTED: &str = "PLANTED-9f2c41";

fn credentials(placement: SecretPlacement) -> Credentials {
    let client_id = ClientId::parse("c").unwrap();
    Credentials::Secret { client_id, secret: ClientSecret::new(PLANTED), placement }
}

#[test]
fn td_09_credentials_and_their_request_show_no_secret() {
    for placement in [SecretPlacement::Post, SecretPlacement::Basic(BasicEncoding::Form)] {
        let credentials = credentials(placement);
        let endpoint = Url::parse("https://auth.example.com/token").unwrap();
        let grant = Grant::ClientCredentials { scope: None };
        let step = TokenRequest::new(endpoint, grant, credentials.clone()).unwrap();
        for text in [format!("{credentials:?}"), format!("{step:#?}")] {
            assert!(text.contains("[redacted]"), "{text}");
            assert!(!text.contains(PLANTED), "{text}");
        }
        let error = step.request(Some(ClientAssertion::new(PLANTED))).unwrap_err();
        assert!(!format!("{error:?} {error}").contains(PLANTED));
    }
}

#[test]
fn td_09_the_choice_of_a_registration_shows_no_secret() {
    let map = |value: Value| -> Map<String, Value> { serde_json::from_value(value).unwrap() };
    let answer = map(json!({"client_id": "c", "client_secret": PLANTED}));
    let answer = Answer::by_hand(answer, UnixTime::from_seconds(0));
    let registration = Registration::read("https://auth.example.com/register", Map::new(), answer).unwrap();
    let chosen = Credentials::choose(&registration, None, &Choice::default()).unwrap();
    let text = format!("{chosen:?}");
    assert!(text.contains("[redacted]"), "{text}");
    assert!(!text.contains(PLANTED), "{text}");
}
