//! Registrations by software statement in a store: intent, answer, modification, replacement, and back to a client.

use std::sync::Arc;
use std::sync::Mutex;

use safire::Credentials;
use safire::Error;
use safire::protocol::credentials::AuthorizationExtensions;
use safire::protocol::fault::Diagnose;
use safire::protocol::secret::PrivateKeyPem;
use safire::protocol::udap::Certifications;
use safire::protocol::udap::CommunityUri;
use safire::protocol::udap::RegistrationOutcome;
use safire::server::Origin;
use safire::store::Content;
use safire::store::KeyMaterial;
use safire::store::MemoryStore;
use safire::store::Protocol;
use safire::store::Query;
use safire::store::Record;
use safire::store::State;
use safire::store::Store;
use safire::udap::UdapTrust;

use super::site::Site;
use super::site::backend;
use super::site::granted;
use super::world::CLIENT;
use crate::script::json;

async fn all(store: &dyn Store) -> Vec<Record> {
    store.load(Query::All).await.unwrap()
}

/// A server that answers one registration after the other by these.
async fn answering(answers: Vec<(u16, String)>) -> Site {
    let answers = Mutex::new(answers.into_iter());
    Site::start(move |_, _| {
        let (status, body) = answers.lock().unwrap().next().expect("one POST more than expected");
        json(status, &body)
    })
    .await
}

#[tokio::test]
async fn the_intent_is_there_when_the_statement_arrives_and_the_answer_takes_its_place() {
    let store = Arc::new(MemoryStore::new());
    let seen = Arc::new(Mutex::new(Vec::new()));
    let (looking, noting) = (Arc::clone(&store), Arc::clone(&seen));
    let site = Site::start(move |_, _| {
        let records = futures_util::FutureExt::now_or_never(looking.load(Query::All)).unwrap().unwrap();
        noting.lock().unwrap().extend(records.into_iter().map(|record| record.state));
        json(201, &granted("abc"))
    })
    .await;
    let (udap, client, metadata) = (site.udap(), site.client(), backend());
    let registered = udap.register_client(&client, &metadata).store(&*store).await.unwrap();
    assert_eq!(*seen.lock().unwrap(), [State::InDoubt]);
    let records = all(&*store).await;
    assert_eq!(
        (records.len(), records[0].state, records[0].protocol),
        (1, State::Registered, Protocol::Udap)
    );
    assert_eq!(Some(&records[0].id), registered.id());
    let bound = records[0].content.settings.udap.as_ref().unwrap();
    assert_eq!((bound.client_uri.as_str(), bound.exchange_purpose.as_deref()), (CLIENT, Some("T-TREAT")));
    assert_eq!((bound.chain.len(), bound.extensions_required.as_slice()), (2, &["hl7-b2b".to_owned()][..]));
    assert!(!records[0].content.requested.contains_key("software_statement"));
}

#[tokio::test]
async fn the_same_registration_is_found_and_nothing_is_sent() {
    let site = answering(vec![(201, granted("abc"))]).await;
    let (udap, client, metadata, store) = (site.udap(), site.client(), backend(), MemoryStore::new());
    udap.register_client(&client, &metadata).store(&store).await.unwrap();
    let again = udap.register_client(&client, &metadata).store(&store).await.unwrap();
    assert_eq!((again.origin, again.registration().client_id().as_str()), (Origin::Found, "abc"));
    assert_eq!(site.posted("/register").len(), 1);
}

#[tokio::test]
async fn a_renewed_certificate_is_kept_without_a_registration() {
    let site = answering(vec![(201, granted("abc"))]).await;
    let (udap, metadata, store) = (site.udap(), backend(), MemoryStore::new());
    let (first, renewed) = (site.client(), site.client());
    assert_ne!(first.identity().chain(), renewed.identity().chain(), "each call issues anew");
    udap.register_client(&first, &metadata).store(&store).await.unwrap();
    let found = udap.register_client(&renewed, &metadata).store(&store).await.unwrap();
    assert_eq!(found.origin, Origin::Found);
    let kept = all(&store).await.remove(0).content.settings.udap.unwrap().chain;
    assert_eq!(kept, renewed.identity().chain().to_x5c());
}

#[tokio::test]
async fn other_certifications_are_a_modification() {
    let site = answering(vec![(201, granted("abc")), (200, granted("abc"))]).await;
    let (udap, client, metadata, store) = (site.udap(), site.client(), backend(), MemoryStore::new());
    udap.register_client(&client, &metadata).store(&store).await.unwrap();
    let certifications = Certifications::of(["e30.e30.c2ln"]).unwrap();
    let second =
        udap.register_client(&client, &metadata).certifications(certifications).store(&store).await.unwrap();
    assert!(matches!(second.outcome, RegistrationOutcome::Modified(_)));
}

#[tokio::test]
async fn a_change_modifies_the_record_and_its_id_stays() {
    let site = answering(vec![(201, granted("abc")), (200, granted("abc"))]).await;
    let (udap, client, store) = (site.udap(), site.client(), MemoryStore::new());
    let metadata = backend();
    let first = udap.register_client(&client, &metadata).store(&store).await.unwrap();
    let changed = metadata.clone().client_name("Renamed");
    let second = udap.register_client(&client, &changed).store(&store).await.unwrap();
    assert!(matches!(second.outcome, RegistrationOutcome::Modified(_)));
    assert_eq!(second.id(), first.id());
    let records = all(&store).await;
    assert_eq!((records.len(), records[0].client_name.as_deref()), (1, Some("Renamed")));
}

#[tokio::test]
async fn t25_v_a_new_client_id_ends_the_old_record() {
    let site = answering(vec![(201, granted("old")), (201, granted("new"))]).await;
    let (udap, client, store) = (site.udap(), site.client(), MemoryStore::new());
    let metadata = backend();
    udap.register_client(&client, &metadata).store(&store).await.unwrap();
    let changed = metadata.clone().client_name("Renamed");
    let second = udap.register_client(&client, &changed).store(&store).await.unwrap();
    let RegistrationOutcome::Replaced { previous, .. } = &second.outcome else {
        panic!("{:?}", second.outcome)
    };
    assert_eq!(previous.as_str(), "old");
    let states: Vec<(String, State)> = all(&store)
        .await
        .into_iter()
        .map(|record| (record.client_id.unwrap().as_str().to_owned(), record.state))
        .collect();
    assert_eq!(states, [("old".to_owned(), State::Gone), ("new".to_owned(), State::Registered)]);
}

#[tokio::test]
async fn a_refusal_is_written_down_and_a_lost_answer_stays_in_doubt() {
    let refusing = answering(vec![(400, r#"{"error":"invalid_software_statement"}"#.to_owned())]).await;
    let store = MemoryStore::new();
    let (udap, client, metadata) = (refusing.udap(), refusing.client(), backend());
    let error = udap.register_client(&client, &metadata).store(&store).await.unwrap_err();
    assert!(error.record_id().is_some());
    assert_eq!(all(&store).await[0].state, State::Refused);

    let failing = answering(vec![(500, "{}".to_owned())]).await;
    let store = MemoryStore::new();
    let (udap, client) = (failing.udap(), failing.client());
    udap.register_client(&client, &metadata).store(&store).await.unwrap_err();
    let records = all(&store).await;
    assert_eq!(records[0].state, State::InDoubt);
    assert!(records[0].content.note.is_some() && records[0].content.answer.is_some());
    let error = udap.register_client(&client, &metadata).store(&store).await.unwrap_err();
    assert!(matches!(error, Error::InDoubt { .. }), "{error:?}");
}

#[tokio::test]
async fn communities_are_kept_apart() {
    let site = answering(vec![(201, granted("one")), (201, granted("two"))]).await;
    let (client, metadata, store) = (site.client(), backend(), MemoryStore::new());
    let trust = UdapTrust::new(site.world().community());
    let named = trust.clone().community_uri(CommunityUri::parse("urn:c:2").unwrap());
    for trust in [trust, named] {
        let udap = site.server().udap(trust);
        udap.register_client(&client, &metadata).store(&store).await.unwrap();
    }
    let records = all(&store).await;
    let communities: Vec<Option<String>> = records
        .iter()
        .map(|record| record.content.settings.udap.as_ref().unwrap().community.clone())
        .collect();
    assert_eq!(communities, [None, Some("urn:c:2".to_owned())]);
}

#[tokio::test]
async fn a_stored_registration_becomes_credentials_again() {
    let site = answering(vec![(201, granted("abc"))]).await;
    let (udap, client, metadata, store) = (site.udap(), site.client(), backend(), MemoryStore::new());
    let pem = PrivateKeyPem::new(site.world().client_key.to_pem().as_str());
    udap.register_client(&client, &metadata).key(KeyMaterial::Pem(pem)).store(&store).await.unwrap();
    let mut record = all(&store).await.remove(0);
    record.content = Content::from_bytes(&record.content.to_bytes()).unwrap();
    let registration = record.registration().unwrap();
    let credentials = Credentials::of_record(&record, &registration, None).unwrap();
    assert_eq!(
        (credentials.proof.client_id().as_str(), credentials.scope.as_deref()),
        ("abc", Some("system/*.rs"))
    );
    assert!(credentials.signer.is_some() && credentials.proof.is_signed());
    assert!(credentials.with_extensions(AuthorizationExtensions::new()).is_ok());
    let other =
        safire::protocol::jose::PrivateKey::generate(safire::protocol::jose::Algorithm::Es384).unwrap();
    let error = Credentials::of_record(&record, &registration, Some(other)).unwrap_err();
    assert_eq!(error.code(), "udap-key-of-another-certificate");
}

#[test]
fn an_old_record_without_udap_reads_as_before() {
    let old = br#"{"form":1,"requested":{},"settings":{"scope":"a"}}"#;
    assert_eq!(Content::from_bytes(old).unwrap().settings.udap, None);
}
