//! The client says who logged in, and refuses every id token that does not hold.

use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use safire::Credentials;
use safire::error::Stage;
use safire::protocol::credentials::Credentials as Proof;
use safire::protocol::fault::Diagnose;
use safire::protocol::fault::Fault;
use safire::protocol::identifier::ClientId;
use safire::protocol::jose::Algorithm;
use safire::protocol::jose::Header;
use safire::protocol::jose::PrivateKey;
use safire::protocol::jose::sign;
use serde_json::Value;
use serde_json::json;

use crate::identity::KEY;
use crate::identity::NOW;
use crate::identity::Provider;
use crate::identity::but;
use crate::identity::signed;

/// Signs a header and claims as they are written.
fn as_written(header: &Value, claims: &str) -> String {
    let input = format!("{}.{}", URL_SAFE_NO_PAD.encode(header.to_string()), URL_SAFE_NO_PAD.encode(claims));
    let signature = KEY.sign(KEY.algorithm(), input.as_bytes()).unwrap();
    format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature))
}

#[tokio::test]
async fn a_good_one_says_who_logged_in() {
    let provider = Provider::start().await;
    let user = provider.verified(|claims| signed(&KEY, &claims)).await.unwrap();
    assert_eq!((user.subject(), user.issuer()), ("alice", &*provider.script.origin()));
    assert_eq!(user.fhir_user().unwrap().resource_type(), "Practitioner");
    assert!(user.deviations().is_empty());
    let asked = provider.script.asked().into_iter().find(|asked| asked.path == "/jwks").unwrap();
    assert_eq!((asked.method.as_str(), asked.header("authorization")), ("GET", None));
}

type Forge = fn(Value) -> String;

const FORGED: [(&str, Forge); 12] = [
    ("token-unsigned", |claims| {
        let encode = |text: &str| URL_SAFE_NO_PAD.encode(text);
        format!("{}.{}.", encode(r#"{"alg":"none"}"#), encode(&claims.to_string()))
    }),
    ("token-symmetric", |claims| as_written(&json!({"alg": "HS256", "kid": KEY.kid()}), &claims.to_string())),
    ("claim-wrong-audience", |claims| signed(&KEY, &but(claims, "aud", "someone-else"))),
    ("claim-wrong-issuer", |claims| {
        let issuer = format!("{}/", claims["iss"].as_str().unwrap());
        signed(&KEY, &but(claims, "iss", issuer))
    }),
    ("claim-expired", |claims| signed(&KEY, &but(claims, "exp", NOW - 61))),
    ("claim-not-yet-valid", |claims| signed(&KEY, &but(claims, "nbf", NOW + 61))),
    ("token-critical", |claims| {
        let header = json!({"alg": "ES384", "kid": KEY.kid(), "crit": ["x"], "x": 1});
        as_written(&header, &claims.to_string())
    }),
    ("id-token-nonce", |claims| signed(&KEY, &but(claims, "nonce", "of-another-login"))),
    ("verify-bad-signature", |claims| {
        let other = PrivateKey::generate(Algorithm::Es384).unwrap();
        sign(&other, &Header::jwt(Algorithm::Es384, KEY.kid()), &claims).unwrap()
    }),
    ("token-duplicate-member", |claims| {
        let doubled = claims.to_string().replacen('{', r#"{"sub":"mallory","#, 1);
        as_written(&json!({"alg": "ES384", "kid": KEY.kid()}), &doubled)
    }),
    ("id-token-unknown-key", |claims| signed(&PrivateKey::generate(Algorithm::Es384).unwrap(), &claims)),
    ("id-token-at-hash", |claims| signed(&KEY, &but(claims, "at_hash", "AAAAAAAAAAAAAAAAAAAAAA"))),
];

#[tokio::test]
async fn td_13_each_forged_one_has_an_error_of_its_own() {
    let provider = Provider::start().await;
    let mut texts = BTreeSet::new();
    for (expected, forge) in FORGED {
        let error = provider.verified(forge).await.unwrap_err();
        assert_eq!((error.code(), error.stage()), (expected, Stage::IdToken), "{error}");
        assert!(!error.is_retryable() && matches!(error.fault(), Fault::Server | Fault::Trust));
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains("of-another-login") && !shown.contains("planted"), "{shown}");
        texts.insert(error.to_string());
    }
    assert_eq!(texts.len(), FORGED.len());
    assert_eq!(provider.key_requests(), 1);
}

#[tokio::test]
async fn a_nonce_must_be_there_where_one_was_sent() {
    let provider = Provider::start().await;
    let error = provider.verified(|claims| signed(&KEY, &but(claims, "nonce", Value::Null))).await;
    assert_eq!(error.unwrap_err().code(), "claim-missing");
}

#[tokio::test]
async fn a_login_that_brings_no_id_token_says_why() {
    let provider = Provider::start().await;
    let (mut token, login) = provider.login(|_| None).await;
    for (granted, code, fault) in [
        (Some("openid fhirUser"), "id-token-absent", Fault::Server),
        // Without a scope in the answer it is the one asked for (RFC 6749 §5.1), and that had `openid`.
        (None, "id-token-absent", Fault::Server),
        (Some("patient/*.rs"), "id-token-not-granted", Fault::Caller),
    ] {
        token.scope = granted.map(str::to_owned);
        let error = provider.client.verify_id_token(&token, &login).await.unwrap_err();
        assert_eq!((error.code(), error.fault(), error.stage()), (code, fault, Stage::IdToken));
        assert!(error.hint().is_some());
    }
    assert_eq!(provider.key_requests(), 0);
}

#[tokio::test]
async fn a_login_of_another_client_is_not_looked_at() {
    let provider = Provider::start().await;
    let (token, login) = provider.login(|claims| Some(signed(&KEY, &claims))).await;
    let id = ClientId::parse("someone-else").unwrap();
    let server = provider.client.server().clone();
    let stranger = server.client(Credentials::unsigned(Proof::Public { client_id: id }));
    let error = stranger.verify_id_token(&token, &login).await.unwrap_err();
    assert_eq!(error.code(), "code-of-another-client");
}

#[tokio::test]
async fn a_login_that_is_older_than_asked_is_refused() {
    let provider = Provider::start().await;
    let (token, mut login) =
        provider.login(|claims| Some(signed(&KEY, &but(claims, "auth_time", NOW - 1000)))).await;
    login.max_age = Some(1000);
    provider.client.verify_id_token(&token, &login).await.unwrap();
    login.max_age = Some(900);
    let error = provider.client.verify_id_token(&token, &login).await.unwrap_err();
    assert_eq!(error.code(), "id-token-login-too-old");
}

/// A refresh answered with the id token that `make` writes of the login's claims.
async fn refreshed(make: impl FnOnce(Value) -> Option<String>) -> Result<Option<String>, &'static str> {
    let provider = Provider::start().await;
    let (first, login) = provider.login(|claims| Some(signed(&KEY, &claims))).await;
    let user = provider.client.verify_id_token(&first, &login).await.unwrap();
    provider.clock.advance(400);
    let claims = but(provider.claims(&login), "nonce", Value::Null);
    provider.answer_with(make(claims).as_deref(), "openid fhirUser");
    let next = provider.client.refresh_token(&first, None).await.unwrap();
    let outcome = provider.client.verify_refreshed_id_token(&next, &first, &user).await;
    outcome.map(|user| user.map(|user| user.subject().to_owned())).map_err(|error| error.code())
}

#[tokio::test]
async fn a_refreshed_one_needs_no_nonce_and_none_need_come() {
    assert_eq!(refreshed(|claims| Some(signed(&KEY, &claims))).await, Ok(Some("alice".to_owned())));
    // The old one, which is carried over, has expired by now; it is not taken for a new one.
    assert_eq!(refreshed(|_| None).await, Ok(None));
}

#[tokio::test]
async fn a_refreshed_one_is_of_the_same_login() {
    let cases: [(&str, Value, &str); 6] = [
        ("sub", json!("mallory"), "claim-wrong-subject"),
        ("iss", json!("https://other.example.com"), "claim-wrong-issuer"),
        ("aud", json!("someone-else"), "claim-wrong-audience"),
        ("nonce", json!("of-another-login"), "id-token-other-login"),
        ("azp", json!("abc"), "id-token-other-login"),
        ("exp", json!(NOW), "claim-expired"),
    ];
    for (claim, value, expected) in cases {
        let outcome = refreshed(|claims| Some(signed(&KEY, &but(claims, claim, value)))).await;
        assert_eq!(outcome, Err(expected), "{claim}");
    }
}
