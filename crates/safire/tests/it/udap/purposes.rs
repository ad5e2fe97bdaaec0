//! TEFCA: one registration for each exchange purpose, each with a client id of its own.

use safire::protocol::fault::Diagnose;
use safire::store::MemoryStore;
use safire::store::Query;
use safire::store::Store;
use serde_json::Value;

use super::site::Site;
use super::site::backend;
use super::site::granted;
use super::tokens::treatment;
use super::world::parts;
use crate::script::json;

/// A server that registers a client by its URI.
async fn site() -> Site {
    Site::start(|asked, _| {
        let body: Value = serde_json::from_str(&asked.body).unwrap();
        let claims = parts(body["software_statement"].as_str().unwrap()).1;
        let purpose = claims["iss"].as_str().unwrap().rsplit('#').next().unwrap().to_owned();
        json(201, &granted(&format!("client-{purpose}")))
    })
    .await
}

#[tokio::test]
async fn each_exchange_purpose_has_its_own_registration_and_record() {
    let site = site().await;
    let (udap, metadata, store) = (site.udap(), backend(), MemoryStore::new());
    for purpose in ["T-TREAT", "T-IAS"] {
        let client = site.client_of(&format!("https://app.example.org/fhir#{purpose}"));
        let registered = udap.register_client(&client, &metadata).store(&store).await.unwrap();
        assert_eq!(registered.registration().client_id().as_str(), format!("client-{purpose}"));
        assert_eq!(registered.bound.exchange_purpose.as_deref(), Some(purpose));
    }
    assert_eq!(store.load(Query::All).await.unwrap().len(), 2);
    let again = site.client_of("https://app.example.org/fhir#T-IAS");
    udap.register_client(&again, &metadata).store(&store).await.unwrap();
    assert_eq!(site.posted("/register").len(), 2, "found, not registered again");
}

#[tokio::test]
async fn the_purpose_of_use_has_to_be_that_of_the_registration() {
    let site = site().await;
    let (udap, metadata) = (site.udap(), backend());
    let client = site.client_of("https://app.example.org/fhir#T-IAS");
    let registered = udap.register_client(&client, &metadata).await.unwrap();
    let error = registered.credentials(&client, treatment()).unwrap_err();
    assert_eq!(error.code(), "exchange-purpose-differs");
}
