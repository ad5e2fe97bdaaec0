//! A dynamic client of Epic, from the login of the app to its own tokens.

use std::sync::Arc;
use std::sync::Mutex;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use safire::Client;
use safire::Credentials;
use safire::Error;
use safire::error::Stage;
use safire::protocol::client_profile::ClientProfile;
use safire::protocol::fault::Diagnose;
use safire::protocol::jose::Algorithm;
use safire::protocol::jose::JwkSet;
use safire::protocol::jose::PrivateKey;
use safire::protocol::registration::ClientMetadata;
use safire::protocol::secret::AccessToken;
use safire::protocol::secret::PrivateKeyPem;
use safire::store::Content;
use safire::store::KeyMaterial;
use safire::store::MemoryStore;
use safire::store::Query;
use safire::store::State;
use safire::store::Store;
use safire::token_source::Obtain;
use serde_json::Value;

use crate::login::LOGIN_TOKEN;
use crate::login::code;
use crate::login::public_credentials;
use crate::script::Asked;
use crate::script::Script;
use crate::script::document;
use crate::script::form;
use crate::script::json;
use crate::tokens::key_credentials;

const DYNAMIC: &str = r#"{"redirect_uris":["https://app.example.com/callback"],"software_id":"abc",
    "token_endpoint_auth_method":"none","grant_types":["urn:ietf:params:oauth:grant-type:jwt-bearer"],
    "client_id":"G65DA2AF4-1C91-11EC-9280-0050568B7514","client_id_issued_at":1790000000}"#;
/// Epic sends no refresh token; one that comes all the same must not be kept.
const TOKEN: &str = r#"{"access_token":"planted-dynamic-token-0123456789","token_type":"bearer","expires_in":3600,
    "scope":"patient/Patient.read","refresh_token":"planted-stray-refresh-token"}"#;
const FLAKE: &str = r#"{"error":"invalid_grant","error_description":null}"#;
const GRANT: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/// A site that answers these token requests of dynamic clients, in this order, the last one for ever.
async fn site(answers: &[(u16, &'static str)]) -> Script {
    let answers = Arc::new(Mutex::new(answers.to_vec()));
    Script::with_document(document, move |asked: &Asked, _| match asked.path.as_str() {
        "/register" => json(201, DYNAMIC),
        _ if asked.body.contains("jwt-bearer") => {
            let mut answers = answers.lock().unwrap();
            let (status, body) = answers[0];
            if answers.len() > 1 {
                answers.remove(0);
            }
            json(status, body)
        }
        _ => json(200, LOGIN_TOKEN),
    })
    .await
}

fn key() -> PrivateKey {
    PrivateKey::generate(Algorithm::Rs384).unwrap()
}

fn metadata(key: &PrivateKey) -> ClientMetadata {
    ClientMetadata::epic_dynamic_client("abc", &JwkSet::from_keys([key.public_jwk().clone()]))
}

async fn dynamic(script: &Script) -> Client {
    let (server, key, token) = (script.server(), key(), AccessToken::new("planted-user-token"));
    let registered = server.register_client(&metadata(&key)).user_token(&token).await.unwrap();
    server.client(registered.credentials(Some(key)).unwrap())
}

fn posts(script: &Script, path: &str) -> Vec<Asked> {
    script.asked().into_iter().filter(|asked| asked.path == path).collect()
}

fn part(token: &str, index: usize) -> Value {
    let part = token.split('.').nth(index).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

#[tokio::test]
async fn t14_login_then_registration_then_the_grant() {
    let script = site(&[(200, TOKEN)]).await;
    let app = script.server().client(public_credentials());
    let user = app.request_access_token(&code(&app).await).await.unwrap();

    let (key, store) = (key(), MemoryStore::new());
    let material = KeyMaterial::Pem(PrivateKeyPem::new(key.to_pem().as_str()));
    let metadata = metadata(&key);
    let server = script.server();
    let registration = server.register_client(&metadata).key(&key, material).store(&store);
    registration.user_token(&user.access_token).await.unwrap();
    let asked = posts(&script, "/register").pop().unwrap();
    assert_eq!(asked.header("authorization"), Some("Bearer planted-access-token-0123456789"));
    let jwk = key.public_jwk().to_json();
    let (kid, n) = (key.kid(), jwk["n"].as_str().unwrap());
    let expected = format!(
        r#"{{"jwks":{{"keys":[{{"kty":"RSA","e":"AQAB","n":"{n}","kid":"{kid}"}}]}},"software_id":"abc"}}"#
    );
    assert_eq!(asked.body, expected);

    // Later, from the store alone.
    let mut record = store.load(Query::All).await.unwrap().pop().unwrap();
    record.content = Content::from_bytes(&record.content.to_bytes()).unwrap();
    assert_eq!(record.content.settings.profile, ClientProfile::EpicDynamic);
    let credentials = Credentials::of_record(&record, &record.registration().unwrap(), None).unwrap();
    let client = script.server().client(credentials);
    let token = client.request_jwt_bearer_token().await.unwrap();
    assert!(token.refresh_token.is_none());
    client.request_jwt_bearer_token().await.unwrap();
    let sent: Vec<_> = posts(&script, "/token").iter().map(|asked| form(&asked.body)).collect();
    assert_eq!(sent.len(), 3, "the login's code and two grants");
    for form in &sent[1..] {
        let names: Vec<&str> = form.keys().map(String::as_str).collect();
        assert_eq!(names, ["assertion", "client_id", "grant_type"]);
        assert_eq!(form["grant_type"], GRANT);
        assert_eq!(form["client_id"], "G65DA2AF4-1C91-11EC-9280-0050568B7514");
        let (header, claims) = (part(&form["assertion"], 0), part(&form["assertion"], 1));
        assert_eq!((header["alg"].as_str(), header["kid"].as_str()), (Some("RS384"), Some(key.kid())));
        assert_eq!(claims["iss"], form["client_id"].as_str());
        assert_eq!(claims["sub"], form["client_id"].as_str());
        assert_eq!(claims["aud"], format!("{}/token", script.origin()));
        assert!(claims.get("kid").is_none());
        let life = claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap();
        assert!(life > 0 && life <= 300, "{life}");
    }
    let jti = |index: usize| part(&sent[index]["assertion"], 1)["jti"].clone();
    assert_ne!(jti(1), jti(2));
    assert!(script.asked().iter().all(|asked| !asked.body.contains("refresh_token")));
}

#[tokio::test]
async fn t14_404_is_not_supported_and_any_other_status_is_the_real_error() {
    for (status, expected) in
        [(404, "registration-not-offered"), (403, "registration-refused"), (500, "registration-refused")]
    {
        let script = Script::with_document(document, move |_, _| json(status, "{}")).await;
        let (store, token) = (MemoryStore::new(), AccessToken::new("planted-user-token"));
        let (server, metadata) = (script.server(), metadata(&key()));
        let error = server.register_client(&metadata).user_token(&token).store(&store).await.unwrap_err();
        assert_eq!((error.code(), error.stage()), (expected, Stage::Registration), "{status}");
        assert_eq!(error.server_answer().unwrap().status, status);
        let record = store.load(Query::All).await.unwrap().pop().unwrap();
        let known = if status < 500 { State::Refused } else { State::InDoubt };
        assert_eq!(record.state, known, "{status}");
    }
}

#[tokio::test]
async fn without_the_token_of_a_login_nothing_is_sent() {
    let script = site(&[(200, TOKEN)]).await;
    let error = script.server().register_client(&metadata(&key())).await.unwrap_err();
    assert_eq!(error.code(), "registration-user-token-needed");
    assert_eq!(script.count("/register"), 0);
}

#[tokio::test]
async fn t15_a_refusal_without_a_cause_is_asked_once_more_with_a_new_assertion() {
    let script = site(&[(400, FLAKE), (200, TOKEN)]).await;
    let client = dynamic(&script).await;
    client.request_jwt_bearer_token().await.unwrap();
    let sent: Vec<_> = posts(&script, "/token").iter().map(|asked| form(&asked.body)).collect();
    assert_eq!(sent.len(), 2);
    assert_ne!(sent[0]["assertion"], sent[1]["assertion"]);
    assert_ne!(part(&sent[0]["assertion"], 1)["jti"], part(&sent[1]["assertion"], 1)["jti"]);
}

#[tokio::test]
async fn t15_a_token_source_signs_anew_and_asks_once_more() {
    let script = site(&[(200, TOKEN), (400, FLAKE), (200, TOKEN)]).await;
    let source = dynamic(&script).await.token_source(Obtain::JwtBearer).build().unwrap();
    let first = source.token().await.unwrap();
    source.renew_after(&first.access_token).await.unwrap();
    assert_eq!(posts(&script, "/token").len(), 3, "one token, and a renewal that was asked for twice");
}

#[tokio::test]
async fn t15_the_second_refusal_stands_and_says_what_was_sent() {
    let script = site(&[(400, FLAKE)]).await;
    let client = dynamic(&script).await;
    let error = client.request_jwt_bearer_token().await.unwrap_err();
    assert_eq!(posts(&script, "/token").len(), 2);
    let hint = error.hint().unwrap();
    let audience = format!("`aud` {}/token", script.origin());
    for part in ["`kid` `", &audience, "lifetime 240 s", "method `private_key_jwt`", "`Date`"] {
        assert!(hint.contains(part), "{part} in {hint}");
    }
}

#[tokio::test]
async fn t15_a_refusal_with_a_cause_is_not_asked_again() {
    for answer in [
        (400, r#"{"error":"invalid_grant","error_description":"unknown kid"}"#),
        (400, r#"{"error":"invalid_client"}"#),
        (503, "{}"),
    ] {
        let script = site(&[answer, (200, TOKEN)]).await;
        dynamic(&script).await.request_jwt_bearer_token().await.unwrap_err();
        assert_eq!(posts(&script, "/token").len(), 1, "{answer:?}");
    }
}

#[tokio::test]
async fn t15_the_first_authorization_and_other_profiles_fail_fast() {
    let script = Script::with_document(document, |_, _| json(400, FLAKE)).await;
    let app = script.server().client(public_credentials());
    app.request_access_token(&code(&app).await).await.unwrap_err();
    assert_eq!(script.count("/token"), 1);
    let client = script.server().client(key_credentials());
    client.request_jwt_bearer_token().await.unwrap_err();
    assert_eq!(script.count("/token"), 2);
    let epic = key_credentials().with_profile(ClientProfile::EpicDynamic);
    let client = script.server().client(epic);
    client.request_access_token(&code(&client).await).await.unwrap_err();
    assert_eq!(script.count("/token"), 3, "a code works once, whatever the profile");
}

#[tokio::test]
async fn the_next_token_is_asked_for_in_the_way_of_the_profile() {
    let script = site(&[(200, TOKEN)]).await;
    let app = script.server().client(public_credentials());
    let user = app.request_access_token(&code(&app).await).await.unwrap();
    assert!(app.renew_token(&user).await.unwrap().refresh_token.is_some());
    assert!(posts(&script, "/token").pop().unwrap().body.contains("grant_type=refresh_token"));

    let client = dynamic(&script).await;
    let next = client.renew_token(&user).await.unwrap();
    assert!(next.refresh_token.is_none());
    assert_eq!(next.extra["patient"], "p-1", "the launch context goes on");
    assert!(posts(&script, "/token").pop().unwrap().body.contains("jwt-bearer"));
    let before = script.asked().len();
    let error = client.refresh_token(&user, None).await.unwrap_err();
    assert_eq!((error.code(), script.asked().len()), ("profile-without-refresh", before));
}

#[tokio::test]
async fn a_client_without_a_key_has_no_assertion_to_give() {
    let script = site(&[(200, TOKEN)]).await;
    let error = script.server().client(public_credentials()).request_jwt_bearer_token().await.unwrap_err();
    assert!(matches!(&error, Error::Credentials(_)), "{error:?}");
    assert_eq!((error.code(), script.count("/token")), ("private-key-missing", 0));
}
