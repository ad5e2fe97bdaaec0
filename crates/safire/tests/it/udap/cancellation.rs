//! Cancellation by the client: of the one that was meant, confirmed, and never by way of a redirect.

use safire::Error;
use safire::protocol::fault::Diagnose;
use safire::protocol::identifier::ClientId;
use safire::protocol::registration::ClientMetadata;
use safire::protocol::udap::RegistrationOutcome;
use safire::store::MemoryStore;
use safire::store::Query;
use safire::store::State;
use safire::store::Store;
use serde_json::Value;
use serde_json::json;

use super::site::Site;
use super::site::backend;
use super::site::granted;
use super::world::parts;
use crate::script::Script;
use crate::script::json as json_answer;
use crate::script::redirect;

fn metadata() -> ClientMetadata {
    let mut metadata = backend();
    metadata.grant_types = None;
    metadata
}

fn confirmed(client_id: &str) -> String {
    json!({"client_id": client_id, "grant_types": []}).to_string()
}

async fn answering(status: u16, body: String) -> Site {
    Site::start(move |_, _| json_answer(status, &body)).await
}

async fn cancel(site: &Site, expected: Option<&str>) -> Result<RegistrationOutcome, Error> {
    let (udap, client, metadata) = (site.udap(), site.client(), metadata());
    let cancellation = udap.cancel_registration(&client, &metadata);
    match expected {
        Some(id) => cancellation.of_client(ClientId::parse(id).unwrap()).await,
        None => cancellation.await,
    }
}

#[tokio::test]
async fn n_13_tc_140_t25_vi_a_confirmation_is_empty_grants_and_the_statement_has_them_too() {
    let site = answering(202, confirmed("abc")).await;
    for _ in 0..2 {
        assert!(matches!(cancel(&site, None).await.unwrap(), RegistrationOutcome::Cancelled(_)));
    }
    let claims: Vec<Value> = site
        .posted("/register")
        .iter()
        .map(|body| parts(body["software_statement"].as_str().unwrap()).1)
        .collect();
    assert_eq!(claims[0]["grant_types"], json!([]));
    assert_ne!(claims[0]["jti"], claims[1]["jti"]);
}

#[tokio::test]
async fn n_13_n_15_n_16_tc_140_t25_vi_anything_else_cancels_nothing() {
    for (status, body, code) in [
        (200, granted("abc"), "udap-cancellation-not-confirmed"),
        (200, r#"{"client_id":"abc"}"#.to_owned(), "udap-cancellation-not-confirmed"),
        (200, r#"{"client_id":"abc","grant_types":"none"}"#.to_owned(), "udap-cancellation-not-confirmed"),
        (200, r#"{"grant_types":[]}"#.to_owned(), "registration-without-client-id"),
        (400, r#"{"error":"invalid_request"}"#.to_owned(), "registration-refused"),
    ] {
        assert_eq!(cancel(&answering(status, body).await, None).await.unwrap_err().code(), code);
    }
}

#[tokio::test]
async fn r_19_tc_140_grants_of_the_caller_are_refused_before_any_request() {
    let site = answering(200, confirmed("abc")).await;
    let (udap, client, with_grants) = (site.udap(), site.client(), backend());
    let error = udap.cancel_registration(&client, &with_grants).await.unwrap_err();
    assert_eq!(error.code(), "udap-client-metadata");
    assert!(site.script.asked().is_empty());
}

#[tokio::test]
async fn td_04_a_302_to_a_confirmation_is_an_error_and_its_target_is_never_asked() {
    let evil = Script::start(|_, _| json_answer(200, &confirmed("abc"))).await;
    let target = format!("{}/cancelled", evil.origin());
    let site = Site::start(move |_, _| redirect(302, &target)).await;
    let error = cancel(&site, Some("abc")).await.unwrap_err();
    assert_eq!(error.code(), "registration-redirected");
    assert!(evil.asked().is_empty());
}

#[tokio::test]
async fn n_14_td_23_a_confirmation_for_another_client_is_an_error() {
    let site = answering(200, confirmed("other")).await;
    assert_eq!(cancel(&site, Some("abc")).await.unwrap_err().code(), "udap-cancelled-another-client");
    assert!(cancel(&site, Some("other")).await.is_ok());
}

#[tokio::test]
async fn the_store_says_which_client_is_meant_and_keeps_that_it_is_gone() {
    let site = Site::start(|asked, _| {
        let statement = serde_json::from_str::<Value>(&asked.body).unwrap()["software_statement"].clone();
        let grants = parts(statement.as_str().unwrap()).1["grant_types"].clone();
        if grants == json!([]) {
            json_answer(200, &confirmed("abc"))
        } else {
            json_answer(201, &granted("abc"))
        }
    })
    .await;
    let (udap, client, store) = (site.udap(), site.client(), MemoryStore::new());
    udap.register_client(&client, &backend()).store(&store).await.unwrap();
    udap.cancel_registration(&client, &metadata()).store(&store).await.unwrap();
    let records = store.load(Query::All).await.unwrap();
    assert_eq!((records.len(), records[0].state), (1, State::Deleted));
}

#[tokio::test]
async fn td_23_with_a_store_another_client_in_the_answer_leaves_the_record_in_doubt() {
    let site = Site::start(|asked, _| {
        let statement = serde_json::from_str::<Value>(&asked.body).unwrap()["software_statement"].clone();
        let grants = parts(statement.as_str().unwrap()).1["grant_types"].clone();
        if grants == json!([]) {
            json_answer(200, &confirmed("other"))
        } else {
            json_answer(201, &granted("abc"))
        }
    })
    .await;
    let (udap, client, store) = (site.udap(), site.client(), MemoryStore::new());
    udap.register_client(&client, &backend()).store(&store).await.unwrap();
    let error = udap.cancel_registration(&client, &metadata()).store(&store).await.unwrap_err();
    assert_eq!(error.code(), "udap-cancelled-another-client");
    let record = store.load(Query::All).await.unwrap().remove(0);
    assert_eq!(record.state, State::Registered);
    assert!(record.content.note.unwrap().contains("in doubt"));
}
