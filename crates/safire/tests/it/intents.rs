//! The intent before the POST, the answer after it, and nothing in between that loses a credential.

use std::sync::Arc;
use std::sync::Mutex;

use safire::Error;
use safire::future::BoxFuture;
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

use crate::script::REGISTERED;
use crate::script::Script;
use crate::script::answer;
use crate::script::document;
use crate::script::json;
use crate::script::metadata;

async fn all(store: &dyn Store) -> Vec<Record> {
    store.load(Query::All).await.unwrap()
}

#[tokio::test]
async fn the_intent_is_there_when_the_request_arrives() {
    let store = Arc::new(MemoryStore::new());
    let seen = Arc::new(Mutex::new(Vec::new()));
    let (looking, noting) = (Arc::clone(&store), Arc::clone(&seen));
    let script = Script::with_document(document, move |_, _| {
        // A ready future: the memory store never waits.
        let records = futures_util::FutureExt::now_or_never(looking.load(Query::All)).unwrap().unwrap();
        noting.lock().unwrap().extend(records.into_iter().map(|record| record.state));
        json(201, REGISTERED)
    })
    .await;
    let registered = script.server().register_client(&metadata()).store(&*store).await.unwrap();
    assert_eq!(*seen.lock().unwrap(), [State::InDoubt]);
    let records = all(&*store).await;
    assert_eq!(records.len(), 1);
    assert_eq!(records[0].state, State::Registered);
    assert_eq!(Some(&records[0].id), registered.id());
    assert_eq!(records[0].client_id.as_ref().unwrap().as_str(), "abc");
    assert_eq!(
        records[0].registration().unwrap().client_secret().unwrap().expose_secret(),
        "planted-client-secret-0123456789"
    );
}

#[tokio::test]
async fn t12_a_second_registration_finds_the_first() {
    let store = MemoryStore::new();
    let script = Script::with_document(document, |_, _| json(201, REGISTERED)).await;
    let server = script.server();
    let first = server.register_client(&metadata()).store(&store).await.unwrap();
    let second = server.register_client(&metadata()).store(&store).await.unwrap();
    assert_eq!((first.origin, second.origin), (Origin::Sent, Origin::Found));
    assert_eq!(first.id(), second.id());
    assert_eq!(script.count("/register"), 1);

    server.register_client(&metadata()).store(&store).again().await.unwrap();
    assert_eq!(script.count("/register"), 2);
    assert_eq!(all(&store).await.len(), 2);

    let other = metadata().client_name("Another");
    server.register_client(&other).store(&store).await.unwrap();
    assert_eq!(script.count("/register"), 3);
}

#[tokio::test]
async fn a_refusal_closes_the_intent() {
    for (status, body) in [
        (400, r#"{"error":"invalid_client_metadata"}"#),
        (403, "Forbidden"),
        (307, ""),
        (200, r#"{"error":"x"}"#),
    ] {
        let store = MemoryStore::new();
        let script = Script::with_document(document, move |_, _| json(status, body)).await;
        let error = script.server().register_client(&metadata()).store(&store).await.unwrap_err();
        let records = all(&store).await;
        assert_eq!(records.len(), 1);
        assert_eq!(records[0].state, State::Refused, "{status} {body}: {error}");
        assert_eq!(error.record_id(), Some(&records[0].id));
        // What was refused does not stand in the way of the next try.
        script.server().register_client(&metadata()).store(&store).await.unwrap_err();
        assert_eq!(script.count("/register"), 2);
    }
}

#[tokio::test]
async fn anything_unclear_stays_in_doubt_with_its_answer() {
    for (status, body) in
        [(500, ""), (502, "<html>"), (201, "{oops"), (201, r#"{"client_secret":"kept-secret"}"#)]
    {
        let store = MemoryStore::new();
        let script = Script::with_document(document, move |_, _| json(status, body)).await;
        let error = script.server().register_client(&metadata()).store(&store).await.unwrap_err();
        let records = all(&store).await;
        assert_eq!(records.len(), 1);
        assert_eq!(records[0].state, State::InDoubt, "{status} {body}");
        assert_eq!(records[0].content.answer.as_ref().unwrap().expose_body(), body.as_bytes());
        assert!(error.hint().unwrap().contains(records[0].id.as_str()), "{:?}", error.hint());

        let error = script.server().register_client(&metadata()).store(&store).await.unwrap_err();
        assert_eq!(error.code(), "registration-in-doubt");
        assert_eq!(script.count("/register"), 1);
    }
}

#[tokio::test]
async fn a_dropped_call_leaves_its_intent() {
    let store = Arc::new(MemoryStore::new());
    let script = Script::with_document(document, |asked, _| {
        if asked.path == "/register" { Vec::new() } else { answer(404, &[], "") }
    })
    .await;
    let server = script.server();
    let registering = Arc::clone(&store);
    let call = tokio::spawn(async move {
        let metadata = metadata();
        server.register_client(&metadata).store(&*registering).await.map(drop)
    });
    while script.count("/register") == 0 {
        tokio::task::yield_now().await;
    }
    call.abort();
    call.await.unwrap_err();
    let records = all(&*store).await;
    assert_eq!(records.len(), 1);
    assert_eq!(records[0].state, State::InDoubt);
}

/// A store that takes intents and then fails.
#[derive(Debug, Default)]
struct FailsAfterTheIntent(MemoryStore);

impl Store for FailsAfterTheIntent {
    fn commit(&self, change: Change) -> BoxFuture<'_, Result<(), StoreError>> {
        if !matches!(change, Change::Replace(_)) {
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
async fn a_registration_that_cannot_be_stored_comes_with_the_error() {
    let store = FailsAfterTheIntent::default();
    let script = Script::with_document(document, |_, _| json(201, REGISTERED)).await;
    let error = script.server().register_client(&metadata()).store(&store).await.unwrap_err();
    let Error::NotStored { registered, .. } = &error else { panic!("{error:?}") };
    let secret = registered.registration.client_secret().unwrap();
    assert_eq!(secret.expose_secret(), "planted-client-secret-0123456789");
    assert!(!format!("{error} {error:?}").contains("planted-client-secret"), "{error:?}");
    assert_eq!(all(&store).await[0].state, State::InDoubt);
}

/// A store that takes nothing.
#[derive(Debug)]
struct Full;

impl Store for Full {
    fn commit(&self, _: Change) -> BoxFuture<'_, Result<(), StoreError>> {
        Box::pin(std::future::ready(Err(StoreError::Failed {
            store: "test".to_owned(),
            doing: "writing the intent",
            detail: "disk full".to_owned(),
        })))
    }

    fn load(&self, _: Query) -> BoxFuture<'_, Result<Vec<Record>, StoreError>> {
        Box::pin(std::future::ready(Ok(Vec::new())))
    }

    fn load_tokens(&self, _: TokenQuery) -> BoxFuture<'_, Result<Vec<TokenRecord>, StoreError>> {
        Box::pin(std::future::ready(Ok(Vec::new())))
    }

    fn claim(&self, _: Claim) -> BoxFuture<'_, Result<Claimed, StoreError>> {
        Box::pin(std::future::ready(Ok(Claimed::Ours)))
    }
}

#[tokio::test]
async fn without_an_intent_nothing_is_sent() {
    let script = Script::with_document(document, |_, _| json(201, REGISTERED)).await;
    let error = script.server().register_client(&metadata()).store(&Full).await.unwrap_err();
    assert!(matches!(error, Error::Store(_)), "{error:?}");
    assert_eq!(script.count("/register"), 0);
}
