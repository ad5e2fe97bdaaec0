//! `registration rotate-key` is killed: two updates with a token request between them.

use std::collections::BTreeSet;

use safire::protocol::credentials::AuthMethod;
use safire::protocol::jose::Algorithm;
use safire::protocol::jose::PrivateKey;
use safire::protocol::registration::ClientMetadata;
use safire::protocol::secret::PrivateKeyPem;
use safire::store::KeyMaterial;
use safire::store::KeyRotation;
use safire::store::Record;
use serde_json::Map;
use serde_json::Value;

use super::place::Place;
use super::place::Tally;
use super::place::Whole;
use super::place::database_server;
use super::place::kill_at_random;
use super::place::kills;
use super::place::wait;

#[test]
fn done_when_3_killed_rotations_in_sqlite() {
    rotations(&Place::in_sqlite());
}

#[test]
fn done_when_3_killed_rotations_in_postgres() {
    let Some(server) = database_server() else { return };
    rotations(&Place::in_postgres(server));
}

fn rotations(place: &Place) {
    let rotate = |record: &Record| {
        place.command(&["registration", "rotate-key", record.id.as_str(), "--alg", "ES256"])
    };
    let mut whole = Whole::default();
    let mut tally = Tally::default();
    let kills = kills();
    for n in 0..kills {
        let length = whole.at(n, |number| rotate(&registered(place, number)));
        let made = registered(place, n);
        kill_at_random(rotate(&made), length, (n, kills));
        let record = place.record(&made.id);
        let theirs = at_the_server(place, &record);
        let known = kids(&record.content.requested);
        if let Some(pending) = &record.content.pending {
            let asked = kids(pending.requested.as_ref().unwrap());
            assert!(theirs == known || theirs == asked, "{n}: {theirs:?}, not {known:?} or {asked:?}");
            tally.in_doubt += 1;
        } else {
            assert_eq!(theirs, known, "{n}: the store knows the keys that are registered");
            assert!(place.takes_token(&record.registration().unwrap()), "{n}: the token held works");
            let is_begun = record.content.key_rotation.is_some() || key_of(&record) != key_of(&made);
            *(if is_begun { &mut tally.done } else { &mut tally.not_done }) += 1;
        }
        let held = held(&record);
        assert!(theirs.is_subset(&held), "{n}: the private half of each registered key is held");
        let token = wait(place.client(&record).request_backend_token(None));
        assert!(token.is_ok(), "{n}: the key in use works at every moment: {token:?}");
    }
    tally.end("rotate-key");
}

fn registered(place: &Place, n: u32) -> Record {
    let key = PrivateKey::generate(Algorithm::Es256).unwrap();
    let material = KeyMaterial::Pem(PrivateKeyPem::new(key.to_pem().as_str()));
    let metadata = ClientMetadata::new()
        .client_name(format!("made-{n}"))
        .grant_types(["client_credentials"])
        .token_endpoint_auth_method(AuthMethod::PrivateKeyJwt)
        .scope("system/*.rs");
    let server = place.server();
    let call = server.register_client(&metadata).store(&place.store).key(&key, material);
    *wait(async { call.await }).unwrap().record.unwrap()
}

fn kids(metadata: &Map<String, Value>) -> BTreeSet<String> {
    let keys = metadata["jwks"]["keys"].as_array().unwrap().iter();
    keys.map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

fn at_the_server(place: &Place, record: &Record) -> BTreeSet<String> {
    let id = record.client_id.as_ref().unwrap().as_str();
    let clients = place.live.sandbox.clients();
    kids(&clients.iter().find(|client| client.client_id == id).unwrap().metadata)
}

fn key_of(record: &Record) -> String {
    kid(&record.content.key)
}

fn kid(material: &KeyMaterial) -> String {
    let KeyMaterial::Pem(pem) = material else { panic!("a sealed key") };
    PrivateKey::parse(pem.expose_secret().as_bytes()).unwrap().kid().to_owned()
}

/// The keys that are held, and the old one that is only to be removed.
fn held(record: &Record) -> BTreeSet<String> {
    let other = match &record.content.key_rotation {
        Some(KeyRotation::Proving { next }) => Some(kid(next)),
        Some(KeyRotation::Retiring { kid }) => Some(kid.clone()),
        Some(_) | None => None,
    };
    std::iter::once(key_of(record)).chain(other).collect()
}
