//! States that follow from an answer, or from the time.

use safire::protocol::registration::Answer;
use safire::protocol::time::UnixTime;
use safire::store::Content;
use safire::store::MemoryStore;
use safire::store::Record;
use safire::store::RecordId;
use safire::store::State;

use crate::script::Script;
use crate::script::document;
use crate::script::json;
use crate::script::metadata;

const NOW: UnixTime = UnixTime::from_seconds(1_790_000_000);

fn ending(expires_at: i64, method: &str, state: State) -> Record {
    let body = format!(
        r#"{{"client_id":"c1","client_secret":"planted","client_secret_expires_at":{expires_at},
            "token_endpoint_auth_method":"{method}"}}"#
    );
    let mut content = Content::default();
    content.answer = Some(Answer::new(Some(201), None, body.into_bytes(), NOW));
    let base = "https://fhir.example.com".to_owned();
    Record::new(RecordId::from_random([0; 15]), base.clone(), base, state, NOW, content)
}

#[test]
fn a_secret_that_ends_within_thirty_days_makes_its_registration_expiring() {
    let days = |days: i64| NOW.as_seconds() + days * 24 * 3600;
    for (expires_at, method, state, expected) in [
        (days(29), "client_secret_basic", State::Registered, State::Expiring),
        (days(30), "client_secret_post", State::Active, State::Expiring),
        (days(31), "client_secret_basic", State::Active, State::Active),
        (days(-1), "client_secret_basic", State::Active, State::Expiring),
        (0, "client_secret_basic", State::Active, State::Active),
        (days(1), "private_key_jwt", State::Active, State::Active),
        (days(1), "client_secret_basic", State::Deleted, State::Deleted),
        (days(1), "client_secret_basic", State::AwaitingApproval, State::AwaitingApproval),
    ] {
        assert_eq!(ending(expires_at, method, state).state_at(NOW), expected, "{expires_at} {method}");
    }
}

#[tokio::test]
async fn a_client_that_a_person_has_to_approve_awaits_approval() {
    let openemr = r#"{"client_id":"abc","client_secret":"planted-secret","client_secret_expires_at":0,
        "client_role":"users","application_type":"private","scope":"system/*.rs"}"#;
    for (status, body, state) in [
        (200, openemr, State::AwaitingApproval),
        (202, r#"{"client_id":"abc"}"#, State::AwaitingApproval),
        (201, r#"{"client_id":"abc"}"#, State::Registered),
    ] {
        let store = MemoryStore::new();
        let script = Script::with_document(document, move |_, _| json(status, body)).await;
        let registered = script.server().register_client(&metadata()).store(&store).await.unwrap();
        assert_eq!(registered.record.unwrap().state, state, "{status}");
    }
}
