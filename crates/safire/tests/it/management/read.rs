//! A read shows what the server knows now, and what it replaces is stored before anybody sees it.

use safire::error::Stage;
use safire::management::Rotated;
use safire::management::Unmanaged;
use safire::protocol::fault::Diagnose;
use safire::protocol::registration::management::ManagementError;
use safire::protocol::url::LoopbackHttp;
use safire::store::State;
use serde_json::json;

use super::setting::Instead;
use super::setting::Place;
use super::setting::reason;

#[tokio::test]
async fn a_read_is_sent_to_the_address_with_its_query_and_its_token() {
    let place = Place::new().await;
    let read = place.managed().read().await.unwrap();
    assert_eq!(read.registration.client_id().as_str(), "c1");
    assert!(read.rotated.is_empty() && read.changed.is_empty() && read.settled.is_none(), "{read:?}");
    let asked = place.script.asked().pop().unwrap();
    assert_eq!((&*asked.method, &*asked.path), ("GET", "/clients/1?key=planted-query"));
    assert_eq!(asked.header("authorization"), Some(&*format!("Bearer {}", place.issued().1)));
    let record = place.record().await;
    assert_eq!(record.state, State::Registered);
    assert!(record.content.pending.is_none() && record.content.earlier.is_empty());
}

#[tokio::test]
async fn t11_a_token_that_a_read_replaces_is_stored() {
    let place = Place::new().await;
    place.set(|registry| registry.rotates_token = vec!["GET"]);
    for _ in 0..5 {
        let read = place.managed().read().await.unwrap();
        assert_eq!(read.rotated, [Rotated::RegistrationAccessToken]);
        assert_eq!(place.held().await, place.issued());
    }
    assert!(place.record().await.content.earlier.len() <= 2);
}

#[tokio::test]
async fn what_the_server_changed_is_told_and_stored() {
    let place = Place::new().await;
    place.set(|registry| {
        let client = registry.client.as_mut().unwrap();
        client.insert("client_name".to_owned(), json!("Renamed in the portal"));
        client.insert("vendor".to_owned(), json!({"tier": 2}));
    });
    let read = place.managed().read().await.unwrap();
    assert_eq!(read.changed, ["client_name", "vendor"]);
    let different: Vec<&str> = read.registration.differences().iter().map(|d| &*d.member).collect();
    assert_eq!(different, ["client_name"]);
    let stored = place.record().await.registration().unwrap();
    assert_eq!(stored.granted().client_name.as_deref(), Some("Renamed in the portal"));
}

#[tokio::test]
async fn t11_a_token_that_is_not_taken_is_one_error_and_changes_nothing() {
    for (status, body) in [(401, ""), (403, r#"{"error":"invalid_request"}"#), (400, "bad token")] {
        let place = Place::new().await;
        place.instead(Instead::Answer(status, body));
        let error = place.managed().read().await.unwrap_err();
        assert_eq!(error.code(), "management-token-refused", "{status}");
        assert_eq!((error.stage(), error.record_id()), (Stage::Management, Some(&place.id)));
        assert!(error.hint().unwrap().contains("revoked"), "{:?}", error.hint());
        let record = place.record().await;
        assert_eq!(record.state, State::Registered, "the client may well be there");
        assert!(record.content.pending.is_none());
    }
}

#[tokio::test]
async fn gone_is_said_where_it_is_certain() {
    let place = Place::new().await;
    place.instead(Instead::Answer(404, ""));
    let error = place.managed().read().await.unwrap_err();
    assert_eq!(error.code(), "management-not-found");
    assert_eq!(place.record().await.state, State::Registered);

    place.managed().read().await.unwrap();
    place.instead(Instead::Answer(404, ""));
    let error = place.managed().read().await.unwrap_err();
    assert_eq!(error.code(), "management-client-gone");
    assert_eq!(place.record().await.state, State::Gone);

    // The server was wrong, or restored a backup.
    let read = place.managed().read().await.unwrap();
    assert_eq!(read.record.state, State::Registered);
}

#[tokio::test]
async fn the_token_goes_nowhere_else() {
    let place = Place::new().await;
    place.instead(Instead::Answer(307, ""));
    let error = place.managed().read().await.unwrap_err();
    assert_eq!(error.code(), "management-redirected");
    assert_eq!(place.managing(), ["GET"]);

    let pinned = place.script.builder().auth_hosts(["auth.example.com".to_owned()]).build().unwrap();
    pinned.manage(&*place.store, &place.id).read().await.unwrap();
    let mut record = place.record().await;
    let answer = r#"{"client_id":"c1","registration_client_uri":"https://evil.example.org/c1",
        "registration_access_token":"planted-token"}"#;
    let now = record.updated_at;
    record.content.answer =
        Some(safire::protocol::registration::Answer::new(Some(201), None, answer.into(), now));
    let change = safire::store::Change::Replace(Box::new(record));
    safire::store::Store::commit(&*place.store, change).await.unwrap();
    let error = pinned.manage(&*place.store, &place.id).read().await.unwrap_err();
    assert!(matches!(reason(&error), Unmanaged::Step(ManagementError::Address(_))), "{error:?}");
    assert!(error.to_string().contains("evil.example.org"), "{error}");
}

#[tokio::test]
async fn what_cannot_be_managed_says_why() {
    let place = Place::new().await;
    let other = safire::Server::builder("https://other.example.com").build().unwrap();
    let error = other.manage(&*place.store, &place.id).read().await.unwrap_err();
    assert!(matches!(reason(&error), Unmanaged::OtherServer { .. }), "{error:?}");

    let strict =
        safire::Server::builder(&place.script.base()).loopback(LoopbackHttp::Allowed).build().unwrap();
    let mut record = place.record().await;
    record.state = State::InDoubt;
    let change = safire::store::Change::Replace(Box::new(record));
    safire::store::Store::commit(&*place.store, change).await.unwrap();
    let error = strict.manage(&*place.store, &place.id).read().await.unwrap_err();
    assert_eq!(error.code(), "management-no-client");
    assert!(place.managing().is_empty());
}
