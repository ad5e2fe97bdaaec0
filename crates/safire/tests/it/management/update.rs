//! An update replaces everything; what its answer rotates is stored before the call returns.

use safire::Credentials;
use safire::TokenSource;
use safire::future::BoxFuture;
use safire::management::Rotated;
use safire::management::Unmanaged;
use safire::protocol::fault::Diagnose;
use safire::server::Origin;
use safire::store::Change;
use safire::store::Claim;
use safire::store::Claimed;
use safire::store::MemoryStore;
use safire::store::Query;
use safire::store::Record;
use safire::store::State;
use safire::store::Store;
use safire::store::StoreError;
use safire::store::TokenQuery;
use safire::store::TokenRecord;
use safire::token_source::Obtain;
use serde_json::Value;

use super::setting::Instead;
use super::setting::Place;
use super::setting::reason;
use crate::script;

#[tokio::test]
async fn an_update_is_sent_whole_and_its_differences_are_told() {
    let place = Place::new().await;
    let read = place.managed().read().await.unwrap();
    let metadata = read.registration.to_metadata().client_name("Renamed").scope("system/*.rs system/*.cud");
    let updated = place.managed().update(&metadata).await.unwrap();
    assert!(updated.registration.differences().is_empty(), "{:?}", updated.registration.differences());
    assert_eq!(
        updated.changed,
        ["scope", "client_name"].map(str::to_owned).into_iter().rev().collect::<Vec<_>>()
    );
    let asked = place.script.asked().pop().unwrap();
    let sent: Value = serde_json::from_str(&asked.body).unwrap();
    assert_eq!((&sent["client_id"], &sent["client_name"]), (&"c1".into(), &"Renamed".into()));
    assert_eq!(sent["client_secret"], Value::from(place.issued().0));
    let names: Vec<&String> = sent.as_object().unwrap().keys().collect();
    for name in [
        "registration_access_token",
        "registration_client_uri",
        "client_secret_expires_at",
        "client_id_issued_at",
    ] {
        assert!(!names.iter().any(|sent| *sent == name), "{names:?}");
    }
    let record = place.record().await;
    assert_eq!(record.client_name.as_deref(), Some("Renamed"));
    assert_eq!(record.content.requested["client_name"], "Renamed");
    assert!(!record.content.requested.contains_key("client_secret"));
}

#[tokio::test]
async fn t11_a_token_and_a_secret_that_an_update_replaces_are_stored() {
    let place = Place::new().await;
    place.set(|registry| {
        registry.rotates_token = vec!["GET", "PUT"];
        registry.rotates_secret = true;
    });
    let first = place.issued();
    let metadata = script::metadata().client_name("Renamed");
    for _ in 0..3 {
        let updated = place.managed().update(&metadata).await.unwrap();
        assert_eq!(updated.rotated, [Rotated::ClientSecret, Rotated::RegistrationAccessToken]);
        assert_eq!(place.held().await, place.issued());
    }
    assert_ne!(place.held().await, first);
    let registration = place.record().await.registration().unwrap();
    assert!(registration.superseded_secret().is_some(), "until the new one is seen to work");
    place.managed().prove().await.unwrap();
    let registration = place.record().await.registration().unwrap();
    assert!(registration.superseded_secret().is_none());
    assert_eq!(place.held().await, place.issued());
}

/// A source of tokens with the credentials that the store has now.
async fn source(place: &Place) -> TokenSource {
    let record = place.record().await;
    let credentials = Credentials::of_record(&record, &record.registration().unwrap(), None).unwrap();
    let client = place.server.client(credentials);
    client
        .token_source(Obtain::Backend { scope: None })
        .kept_in(place.store.clone(), record.id)
        .build()
        .unwrap()
}

/// Whoever gets tokens need not know that the secret was replaced.
#[tokio::test]
async fn the_first_token_of_a_source_settles_a_secret_that_was_replaced() {
    let place = Place::new().await;
    place.set(|registry| registry.rotates_secret = true);
    let old = source(&place).await;
    let (secret, _) = place.issued();
    place.managed().update(&script::metadata().client_name("Renamed")).await.unwrap();
    place.set(|registry| registry.older_secret = Some(secret));
    old.token().await.unwrap();
    let registration = place.record().await.registration().unwrap();
    assert!(registration.superseded_secret().is_some(), "the older secret shows nothing of the new one");

    source(&place).await.renew_after(&old.token().await.unwrap().access_token).await.unwrap();
    let record = place.record().await;
    let registration = record.registration().unwrap();
    assert!(registration.superseded_secret().is_none());
    assert_eq!(
        (record.state, registration.client_secret().unwrap().expose_secret()),
        (State::Active, &*place.issued().0)
    );
}

#[tokio::test]
async fn t12_an_updated_registration_is_found_by_its_new_metadata() {
    let place = Place::new().await;
    let metadata = script::metadata().client_name("Renamed");
    place.managed().update(&metadata).await.unwrap();
    let found = place.server.register_client(&metadata).store(&*place.store).await.unwrap();
    assert_eq!((found.origin, found.id()), (Origin::Found, Some(&place.id)));
    assert_eq!(place.script.count("/register"), 1);
}

#[tokio::test]
async fn a_refused_update_leaves_everything_as_it_was() {
    let place = Place::new().await;
    let before = place.record().await;
    for (status, body, code) in [
        (400, r#"{"error":"invalid_client_metadata"}"#, "management-refused"),
        (405, "", "management-not-supported"),
        (401, "", "management-token-refused"),
    ] {
        place.instead(Instead::Answer(status, body));
        let metadata = script::metadata().client_name("Renamed");
        let error = place.managed().update(&metadata).await.unwrap_err();
        assert_eq!(error.code(), code);
        assert_eq!(place.record().await.content.to_bytes(), before.content.to_bytes());
    }
    let broken = script::metadata().redirect_uris(["http://app.example.com/cb"]);
    let error = place.managed().update(&broken).await.unwrap_err();
    assert_eq!(error.code(), "metadata-redirect-uri");
    assert_eq!(place.managing(), ["PUT"; 3], "a local rule is told before anything is sent");
}

#[tokio::test]
async fn what_a_server_refuses_of_the_rfc_can_be_left_out() {
    let place = Place::new().await;
    place.instead(Instead::Answer(400, r#"{"error":"invalid_request"}"#));
    let metadata = script::metadata();
    let error = place.managed().update(&metadata).await.unwrap_err();
    assert!(error.hint().unwrap().contains("client_id"), "{:?}", error.hint());
    place.instead(Instead::Answer(200, r#"{"client_id":"c1"}"#));
    place.managed().update(&metadata).without_client_id().without_client_secret().await.unwrap();
    let sent: Value = serde_json::from_str(&place.script.asked().pop().unwrap().body).unwrap();
    assert!(sent.get("client_id").is_none() && sent.get("client_secret").is_none(), "{sent}");
}

/// A store that takes intents, and answers no longer.
#[derive(Debug)]
struct NoAnswers(std::sync::Arc<MemoryStore>);

impl Store for NoAnswers {
    fn commit(&self, change: Change) -> BoxFuture<'_, Result<(), StoreError>> {
        if !matches!(&change, Change::Replace(record) if !record.awaits_answer()) {
            return self.0.commit(change);
        }
        Box::pin(std::future::ready(Err(StoreError::Failed {
            store: "test".to_owned(),
            doing: "committing",
            detail: "disk full".to_owned(),
        })))
    }

    fn load(&self, query: Query) -> BoxFuture<'_, Result<Vec<Record>, StoreError>> {
        self.0.load(query)
    }

    fn load_tokens(&self, query: TokenQuery) -> BoxFuture<'_, Result<Vec<TokenRecord>, StoreError>> {
        self.0.load_tokens(query)
    }

    fn claim(&self, claim: Claim) -> BoxFuture<'_, Result<Claimed, StoreError>> {
        self.0.claim(claim)
    }
}

#[tokio::test]
async fn a_rotated_token_that_cannot_be_stored_comes_with_the_error() {
    let place = Place::new().await;
    place.set(|registry| registry.rotates_token = vec!["PUT"]);
    let store = NoAnswers(std::sync::Arc::clone(&place.store));
    let metadata = script::metadata().client_name("Renamed");
    let error = place.server.manage(&store, &place.id).update(&metadata).await.unwrap_err();
    let Unmanaged::NotStored { managed, .. } = reason(&error) else { panic!("{error:?}") };
    let token = managed.registration.registration_access_token().unwrap();
    assert_eq!(token.expose_secret(), place.issued().1);
    assert!(error.to_string().contains("registration_access_token"), "{error}");
    assert!(!format!("{error} {error:?}").contains("planted"), "{error:?}");
    assert!(place.record().await.awaits_answer(), "the store still says that an update is under way");
}

/// A store without room.
#[derive(Debug)]
struct Full(std::sync::Arc<MemoryStore>);

impl Store for Full {
    fn commit(&self, change: Change) -> BoxFuture<'_, Result<(), StoreError>> {
        if !matches!(change, Change::Replace(_)) {
            return self.0.commit(change);
        }
        let (store, detail) = ("test".to_owned(), "disk full".to_owned());
        Box::pin(std::future::ready(Err(StoreError::Failed { store, doing: "reserving room", detail })))
    }

    fn load(&self, query: Query) -> BoxFuture<'_, Result<Vec<Record>, StoreError>> {
        self.0.load(query)
    }

    fn load_tokens(&self, query: TokenQuery) -> BoxFuture<'_, Result<Vec<TokenRecord>, StoreError>> {
        self.0.load_tokens(query)
    }

    fn claim(&self, claim: Claim) -> BoxFuture<'_, Result<Claimed, StoreError>> {
        self.0.claim(claim)
    }
}

#[tokio::test]
async fn without_room_nothing_is_sent() {
    let place = Place::new().await;
    let store = Full(std::sync::Arc::clone(&place.store));
    let managed = place.server.manage(&store, &place.id);
    let metadata = script::metadata();
    assert_eq!(managed.update(&metadata).await.unwrap_err().code(), "store-failed");
    assert_eq!(managed.read().await.unwrap_err().code(), "store-failed");
    assert_eq!(managed.delete().await.unwrap_err().code(), "store-failed");
    assert!(place.managing().is_empty());
    // The turn was ended, too.
    place.managed().read().await.unwrap();
}
