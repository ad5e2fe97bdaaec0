use safire_jose::Algorithm;
use safire_jose::JwkSet;
use safire_jose::Limits;
use safire_jose::decode;
use safire_sandbox::Sandbox;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use crate::browser::NONCE;
use crate::browser::Request;
use crate::browser::app;
use crate::browser::app_id;
use crate::browser::code;
use crate::browser::redeem;
use crate::browser::refresh;
use crate::browser::tokens;
use crate::support::get;
use crate::support::now;
use crate::support::post_json;
use crate::support::register;

async fn approving() -> Sandbox {
    Sandbox::builder().auto_approve("clinician", "example").start().await.unwrap()
}

async fn keys(sandbox: &Sandbox) -> JwkSet {
    let set = JwkSet::parse(&get(&sandbox.jwks_uri()).await.json()).unwrap();
    assert!(set.skipped().is_empty());
    set
}

/// The claims, after the signature was verified with the published key.
fn verified(token: &Value, keys: &JwkSet, algorithm: Algorithm) -> Map<String, Value> {
    let jwt = decode(token.as_str().unwrap(), Limits::default()).unwrap();
    let key = keys.find(jwt.kid().unwrap()).unwrap();
    assert_eq!(key.algorithm(), Some(algorithm.as_str()));
    jwt.verify(&[algorithm], &key.verifying_key().unwrap()).unwrap().claims
}

#[tokio::test]
async fn an_id_token_verifies_and_says_who_logged_in() {
    let sandbox = approving().await;
    let id = app_id(&sandbox).await;
    let first = tokens(&sandbox, &id).await;
    let keys = keys(&sandbox).await;
    assert_eq!(keys.keys().len(), 2);
    let claims = verified(&first["id_token"], &keys, Algorithm::Rs256);
    let practitioner = json!(format!("{}/Practitioner/example", sandbox.fhir_base()));
    assert_eq!((&claims["iss"], &claims["aud"]), (&json!(sandbox.issuer()), &json!(id)));
    assert_eq!((&claims["nonce"], &claims["fhirUser"]), (&json!(NONCE), &practitioner));
    let (iat, exp) = (claims["iat"].as_i64().unwrap(), claims["exp"].as_i64().unwrap());
    assert!((now() - iat).abs() < 60 && exp > iat && claims["auth_time"].as_i64().unwrap() <= iat);
    assert!(claims.get("profile").is_none());

    let second = refresh(&sandbox, &id, &first["refresh_token"], &[]).await.json();
    let again = verified(&second["id_token"], &keys, Algorithm::Rs256);
    assert_eq!((&again["sub"], &again["auth_time"]), (&claims["sub"], &claims["auth_time"]));
    assert!(again.get("nonce").is_none());

    let request = Request::of(&sandbox, &id).with("scope", Some("openid profile")).with("nonce", None);
    let code = code(&sandbox, &request).await;
    let token = redeem(&sandbox, &id, &code).await.json()["id_token"].clone();
    let claims = verified(&token, &keys, Algorithm::Rs256);
    assert_eq!(claims["profile"], practitioner);
    assert!(claims.get("fhirUser").is_none() && claims.get("nonce").is_none());
}

#[tokio::test]
async fn the_algorithm_is_the_registered_one() {
    let sandbox = approving().await;
    let mut metadata = app();
    metadata["id_token_signed_response_alg"] = json!("ES384");
    let client = register(&sandbox, &metadata).await;
    assert_eq!(client["id_token_signed_response_alg"], "ES384");
    let answer = tokens(&sandbox, client["client_id"].as_str().unwrap()).await;
    verified(&answer["id_token"], &keys(&sandbox).await, Algorithm::Es384);
    metadata["id_token_signed_response_alg"] = json!("HS256");
    let refused = post_json(&sandbox.registration_endpoint(), &metadata).await;
    assert_eq!(refused.error(), "invalid_client_metadata");
}

#[tokio::test]
async fn rotated_keys_are_new_and_the_old_ones_gone() {
    let sandbox = approving().await;
    let id = app_id(&sandbox).await;
    let kids =
        |set: &JwkSet| set.keys().iter().filter_map(|key| key.kid().map(str::to_owned)).collect::<Vec<_>>();
    let before = keys(&sandbox).await;
    assert_eq!(kids(&before), kids(&keys(&sandbox).await), "the keys stay until they are rotated");
    sandbox.rotate_keys();
    let after = keys(&sandbox).await;
    assert!(kids(&after).iter().all(|kid| before.find(kid).is_none()));
    let token = tokens(&sandbox, &id).await["id_token"].clone();
    verified(&token, &after, Algorithm::Rs256);
    let url = format!("{}/_control/rotate-keys", sandbox.issuer());
    assert_eq!(post_json(&url, &json!({})).await.status, 204);
    assert!(keys(&sandbox).await.keys().iter().all(|key| after.find(key.kid().unwrap()).is_none()));
}

#[tokio::test]
async fn each_fault_shows_in_the_token() {
    let sandbox = approving().await;
    let id = app_id(&sandbox).await;
    let keys = keys(&sandbox).await;
    let strike = async |fault: &str| {
        sandbox.set_fault(&format!("id-token:{fault}")).unwrap();
        tokens(&sandbox, &id).await["id_token"].as_str().unwrap().to_owned()
    };
    let claims = |token: &str| verified(&json!(token), &keys, Algorithm::Rs256);
    let none = strike("alg-none").await;
    assert!(none.ends_with('.') && decode(&none, Limits::default()).is_err(), "{none}");
    let unknown = strike("unknown-kid").await;
    assert!(keys.find(decode(&unknown, Limits::default()).unwrap().kid().unwrap()).is_none());
    let jwt = decode(strike("bad-signature").await, Limits::default()).unwrap();
    let key = keys.find(jwt.kid().unwrap()).unwrap().verifying_key().unwrap();
    assert!(jwt.verify(&[Algorithm::Rs256], &key).is_err());
    assert_eq!(claims(&strike("wrong-iss").await)["iss"], "https://other.invalid");
    assert_ne!(claims(&strike("wrong-aud").await)["aud"], json!(id));
    assert_ne!(claims(&strike("wrong-nonce").await)["nonce"], json!(NONCE));
    assert!(claims(&strike("expired").await)["exp"].as_i64().unwrap() < now());
    sandbox.set_fault("jwks:down").unwrap();
    assert_eq!(get(&sandbox.jwks_uri()).await.status, 503);
    sandbox.clear_faults();
    let good = tokens(&sandbox, &id).await;
    assert_eq!(claims(good["id_token"].as_str().unwrap())["nonce"], NONCE);
}
