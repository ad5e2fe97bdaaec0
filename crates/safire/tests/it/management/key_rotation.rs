//! A new key is registered beside the old one, seen to work, and only then is the old one dropped.

use safire::management::KeyStage;
use safire::management::Unmanaged;
use safire::protocol::credentials::AuthMethod;
use safire::protocol::fault::Diagnose;
use safire::protocol::jose::PrivateKey;
use safire::protocol::registration::ClientMetadata;
use safire::store::KeyMaterial;
use safire::store::KeyRotation;
use safire::store::Record;
use safire::store::State;

use super::setting::Instead;
use super::setting::Place;
use super::setting::material;
use super::setting::new_key;
use super::setting::reason;

fn backend() -> ClientMetadata {
    ClientMetadata::new()
        .client_name("Keyed")
        .grant_types(["client_credentials"])
        .token_endpoint_auth_method(AuthMethod::PrivateKeyJwt)
        .scope("system/*.rs")
}

fn kid_kept(record: &Record) -> String {
    let KeyMaterial::Pem(pem) = &record.content.key else { panic!("{record:?}") };
    PrivateKey::parse(pem.expose_secret().as_bytes()).unwrap().kid().to_owned()
}

async fn place() -> (Place, PrivateKey, PrivateKey) {
    let (old, new) = (new_key(), new_key());
    (Place::with_key(&backend(), &old).await, old, new)
}

#[tokio::test]
async fn a_key_is_replaced_with_overlap() {
    let (place, old, new) = place().await;
    let stage = place.managed().rotate_key(&new, material(&new)).await.unwrap();
    assert_eq!(stage, KeyStage::Replaced);
    assert_eq!(place.registry.lock().unwrap().kids(), [new.kid()]);
    let record = place.record().await;
    assert_eq!(kid_kept(&record), new.kid());
    assert_eq!(record.state, State::Active);
    assert!(record.content.key_rotation.is_none());
    assert_eq!(place.managing(), ["PUT", "PUT"]);
    let puts = place.script.asked().into_iter().filter(|asked| asked.method == "PUT");
    let both: Vec<bool> =
        puts.map(|put| put.body.contains(old.kid()) && put.body.contains(new.kid())).collect();
    assert_eq!(both, [true, false]);
    assert_eq!(place.script.count("/token"), 1);
    // Done is done.
    assert_eq!(place.managed().resume_key_rotation().await.unwrap(), KeyStage::Replaced);
    assert_eq!(place.managing().len(), 2);
}

#[tokio::test]
async fn a_key_that_the_server_does_not_take_leaves_the_old_one_in_use() {
    let (place, old, new) = place().await;
    place.set(|registry| registry.no_token = Some((401, r#"{"error":"invalid_client"}"#)));
    let error = place.managed().rotate_key(&new, material(&new)).await.unwrap_err();
    assert_eq!(error.code(), "token-refused");
    assert_eq!(kid_kept(&place.record().await), old.kid());
    assert_eq!(place.registry.lock().unwrap().kids(), [old.kid(), new.kid()]);

    // The server's cache of keys has caught up.
    place.set(|registry| registry.no_token = None);
    let stage = place.managed().rotate_key(&new, material(&new)).await.unwrap();
    assert_eq!(stage, KeyStage::Replaced);
    assert_eq!(place.managing(), ["PUT", "PUT"], "the new key was not registered twice");
    assert_eq!(kid_kept(&place.record().await), new.kid());
}

#[tokio::test]
async fn whatever_step_it_stops_at_the_store_alone_leads_on() {
    for stop in 0..2 {
        let (place, old, new) = place().await;
        for _ in 0..stop {
            place.instead(Instead::DoneBut(200, r#"{"client_id":"c1"}"#));
        }
        // Nobody knows whether this update was made.
        place.instead(if stop == 0 { Instead::Cut } else { Instead::DoneAndCut });
        place.managed().rotate_key(&new, material(&new)).await.unwrap_err();
        let record = place.record().await;
        assert!(record.content.key_rotation.is_some() && record.content.pending.is_some());
        let in_use = if stop == 0 { old.kid() } else { new.kid() };
        assert_eq!(kid_kept(&record), in_use);

        let stage = place.managed().resume_key_rotation().await.unwrap();
        assert_eq!(stage, KeyStage::Replaced, "{stop}");
        assert_eq!(kid_kept(&place.record().await), new.kid());
        assert_eq!(place.registry.lock().unwrap().kids(), [new.kid()]);
    }
}

#[tokio::test]
async fn without_a_token_of_its_own_a_client_waits_for_a_login() {
    let (old, new) = (new_key(), new_key());
    let metadata = ClientMetadata::new()
        .client_name("Login")
        .redirect_uris(["https://app.example.com/cb"])
        .grant_types(["authorization_code"])
        .token_endpoint_auth_method(AuthMethod::PrivateKeyJwt);
    let place = Place::with_key(&metadata, &old).await;
    let stage = place.managed().rotate_key(&new, material(&new)).await.unwrap();
    assert_eq!(stage, KeyStage::Unproven);
    assert_eq!(place.script.count("/token"), 0);
    let record = place.record().await;
    assert_eq!(kid_kept(&record), old.kid());
    assert!(matches!(record.content.key_rotation, Some(KeyRotation::Proving { .. })));
    assert_eq!(place.registry.lock().unwrap().kids(), [old.kid(), new.kid()]);

    assert_eq!(place.managed().trust_new_key().await.unwrap(), KeyStage::Replaced);
    assert_eq!(kid_kept(&place.record().await), new.kid());
    assert_eq!(place.registry.lock().unwrap().kids(), [new.kid()]);
}

#[tokio::test]
async fn what_an_update_cannot_replace_is_refused_before_anything_is_sent() {
    let (place, old, new) = place().await;
    for (key, kept) in [(&old, &old), (&new, &old)] {
        let error = place.managed().rotate_key(key, material(kept)).await.unwrap_err();
        assert!(matches!(reason(&error), Unmanaged::KeyNotReplaceable { .. }), "{error:?}");
    }
    let by_reference = ClientMetadata::new()
        .client_name("Keyed")
        .grant_types(["client_credentials"])
        .token_endpoint_auth_method(AuthMethod::PrivateKeyJwt)
        .jwks_uri("https://app.example.com/jwks");
    let referring = Place::with_key(&by_reference, &old).await;
    let secret = Place::new().await;
    for place in [&referring, &secret] {
        let error = place.managed().rotate_key(&new, material(&new)).await.unwrap_err();
        assert_eq!(error.code(), "key-not-replaceable");
        assert!(place.managing().is_empty() && place.record().await.content.key_rotation.is_none());
    }
}

#[tokio::test]
async fn a_second_replacement_waits_for_the_first() {
    let (place, _, new) = place().await;
    place.set(|registry| registry.no_token = Some((401, r#"{"error":"invalid_client"}"#)));
    place.managed().rotate_key(&new, material(&new)).await.unwrap_err();
    let third = new_key();
    let error = place.managed().rotate_key(&third, material(&third)).await.unwrap_err();
    assert!(error.to_string().contains("not finished"), "{error}");
}

#[tokio::test]
async fn a_server_that_keeps_its_keys_says_so() {
    let (place, old, new) = place().await;
    let jwks = serde_json::json!({"client_id": "c1", "jwks": {"keys": [old.public_jwk().to_json()]}});
    let body: &'static str = jwks.to_string().leak();
    place.instead(Instead::Answer(200, body));
    let error = place.managed().rotate_key(&new, material(&new)).await.unwrap_err();
    assert_eq!(error.code(), "key-not-registered");
    assert_eq!(kid_kept(&place.record().await), old.kid());
}
