use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use safire_jose::Algorithm;
use safire_jose::Header;
use safire_jose::PrivateKey;
use safire_sandbox::Sandbox;
use serde_json::Value;
use serde_json::json;

use crate::browser::app;
use crate::browser::fhir;
use crate::browser::refresh;
use crate::browser::tokens;
use crate::support::Answer;
use crate::support::claims;
use crate::support::client;
use crate::support::form;
use crate::support::get;
use crate::support::now;
use crate::support::post_form;
use crate::support::read;
use crate::support::sign;

const GRANT: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

async fn epic() -> Sandbox {
    Sandbox::builder().profile("epic").auto_approve("patient", "example").start().await.unwrap()
}

fn key() -> PrivateKey {
    PrivateKey::generate(Algorithm::Es384).unwrap()
}

/// The app, as entered in the portal.
fn app_id(sandbox: &Sandbox) -> String {
    sandbox.add_client(&app()).unwrap()["client_id"].as_str().unwrap().to_owned()
}

async fn register(sandbox: &Sandbox, token: Option<&str>, metadata: &Value) -> Answer {
    let mut request =
        client().post(sandbox.registration_endpoint()).header("content-type", "application/json");
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    read(request.body(metadata.to_string())).await.unwrap()
}

fn instance(software_id: &str, key: &PrivateKey) -> Value {
    json!({"software_id": software_id, "jwks": {"keys": [key.public_jwk().to_json()]}})
}

/// An instance of the app, registered after a login of it.
async fn registered(sandbox: &Sandbox, key: &PrivateKey) -> (String, Value) {
    let app = app_id(sandbox);
    let login = tokens(sandbox, &app).await;
    let answer = register(sandbox, login["access_token"].as_str(), &instance(&app, key)).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    (app, answer.json())
}

async fn token(sandbox: &Sandbox, client_id: &str, assertion: &str) -> Answer {
    let fields = [("grant_type", GRANT), ("client_id", client_id), ("assertion", assertion)];
    post_form(&sandbox.token_endpoint(), &fields).await
}

#[tokio::test]
async fn t14_an_instance_registers_with_the_token_of_a_login_and_signs_for_its_tokens() {
    let (sandbox, key) = (epic().await, key());
    let (app, instance) = registered(&sandbox, &key).await;
    let members: Vec<&str> = instance.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(
        members,
        [
            "client_id",
            "client_id_issued_at",
            "redirect_uris",
            "token_endpoint_auth_method",
            "grant_types",
            "software_id",
            "jwks"
        ]
    );
    assert_eq!((&instance["software_id"], &instance["grant_types"]), (&json!(app), &json!([GRANT])));
    let id = instance["client_id"].as_str().unwrap();
    assert_ne!(id, app);
    for jti in ["1", "2"] {
        let answer = token(&sandbox, id, &sign(&key, Algorithm::Es384, &claims(&sandbox, id, jti))).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        let body = answer.json();
        assert!(body.get("refresh_token").is_none());
        assert_eq!(body["patient"], "example");
        assert_eq!(fhir(&sandbox, &body["access_token"], "Patient/example").await.status, 200);
    }
    assert_eq!(sandbox.counts().tokens_by_assertion, 2);
}

#[tokio::test]
async fn an_instance_may_use_no_other_grant_and_an_app_not_this_one() {
    let (sandbox, key) = (epic().await, key());
    let (app, instance) = registered(&sandbox, &key).await;
    let id = instance["client_id"].as_str().unwrap();
    for grant in ["client_credentials", "refresh_token", "authorization_code"] {
        let fields = [("grant_type", grant), ("client_id", id), ("code", "x"), ("refresh_token", "x")];
        let fields = [&fields[..], &[("redirect_uri", "x"), ("code_verifier", "x")]].concat();
        let answer = post_form(&sandbox.token_endpoint(), &fields).await;
        assert_eq!(answer.status, 400, "{grant}: {}", answer.text());
    }
    let assertion = sign(&key, Algorithm::Es384, &claims(&sandbox, &app, "1"));
    assert_eq!(token(&sandbox, &app, &assertion).await.error(), "unauthorized_client");
}

#[tokio::test]
async fn each_wrong_assertion_is_an_invalid_grant_without_a_description() {
    let (sandbox, key) = (epic().await, key());
    let (_, instance) = registered(&sandbox, &key).await;
    let id = instance["client_id"].as_str().unwrap();
    let good = claims(&sandbox, id, "once");
    let mut far = good.clone();
    far["exp"] = json!(now() + 600);
    let no_kid = Header { kid: None, ..Header::jwt(Algorithm::Es384, key.kid()) };
    let used = sign(&key, Algorithm::Es384, &good);
    assert_eq!(token(&sandbox, id, &used).await.status, 200);
    let other = PrivateKey::generate(Algorithm::Es384).unwrap();
    for assertion in [
        used,
        sign(&key, Algorithm::Es384, &far),
        sign(&other, Algorithm::Es384, &claims(&sandbox, id, "2")),
        safire_jose::sign(&key, &no_kid, &claims(&sandbox, id, "3")).unwrap(),
    ] {
        let answer = token(&sandbox, id, &assertion).await;
        assert_eq!(answer.status, 400);
        assert_eq!(answer.json(), json!({"error": "invalid_grant", "error_description": null}));
    }
}

#[tokio::test]
async fn registration_wants_the_access_token_of_a_login_of_that_app() {
    let (sandbox, key) = (epic().await, key());
    let (app, other) = (app_id(&sandbox), app_id(&sandbox));
    let login = tokens(&sandbox, &app).await;
    let token = login["access_token"].as_str();
    for wrong in [None, Some("unknown"), login["refresh_token"].as_str()] {
        let answer = register(&sandbox, wrong, &instance(&app, &key)).await;
        assert_eq!((answer.status, answer.error().as_str()), (401, "invalid_token"));
    }
    let no_keys = json!({"software_id": app, "jwks": {"keys": []}});
    let without = json!({"software_id": app});
    for wrong in [instance(&other, &key), no_keys, without, crate::browser::app()] {
        let answer = register(&sandbox, token, &wrong).await;
        assert_eq!((answer.status, answer.error().as_str()), (400, "invalid_client_metadata"), "{wrong}");
    }
    assert_eq!(sandbox.counts().registrations_issued, 0);
}

#[tokio::test]
async fn a_site_without_dynamic_clients_answers_404() {
    let sandbox = epic().await;
    sandbox.set_fault("register:not-found").unwrap();
    let app = app_id(&sandbox);
    let login = tokens(&sandbox, &app).await;
    assert_eq!(register(&sandbox, login["access_token"].as_str(), &instance(&app, &key())).await.status, 404);
}

#[tokio::test]
async fn the_login_shows_epics_ways() {
    let sandbox = epic().await;
    let document = get(&format!("{}/.well-known/smart-configuration", sandbox.fhir_base())).await.json();
    for absent in ["registration_endpoint", "token_endpoint_auth_signing_alg_values_supported"] {
        assert!(document.get(absent).is_none(), "{absent}");
    }
    assert!(document["grant_types_supported"].as_array().unwrap().contains(&json!(GRANT)));
    let app = app_id(&sandbox);
    let login = tokens(&sandbox, &app).await;
    assert!(login["refresh_token"].is_string());
    assert!(!login["scope"].as_str().unwrap().contains("offline_access"));
    assert_eq!(
        (&login["need_patient_banner"], &login["__epic.dstu2.patient"]),
        (&json!("true"), &json!("example"))
    );
    assert_eq!(refresh(&sandbox, &app, &login["refresh_token"], &[]).await.status, 200);
}

#[tokio::test]
async fn introspection_wants_an_access_token_as_the_bearer() {
    let sandbox = epic().await;
    let app = app_id(&sandbox);
    let login = tokens(&sandbox, &app).await;
    let token = login["access_token"].as_str().unwrap();
    let url = sandbox.introspection_endpoint();
    let by_client = post_form(&url, &[("token", token), ("client_id", &app)]).await;
    assert_eq!((by_client.status, by_client.error().as_str()), (401, "invalid_token"));
    let by_token = form(&url, &[("token", token)]).header("authorization", format!("Bearer {token}"));
    assert_eq!(read(by_token).await.unwrap().json()["active"], true);
}

#[tokio::test]
async fn t15_a_bare_400_comes_once() {
    let (sandbox, key) = (epic().await, key());
    let (_, instance) = registered(&sandbox, &key).await;
    let id = instance["client_id"].as_str().unwrap();
    sandbox.set_fault("token:bare-400-once").unwrap();
    let first = token(&sandbox, id, &sign(&key, Algorithm::Es384, &claims(&sandbox, id, "1"))).await;
    assert_eq!((first.status, first.body.len()), (400, 0));
    let again = token(&sandbox, id, &sign(&key, Algorithm::Es384, &claims(&sandbox, id, "2"))).await;
    assert_eq!(again.status, 200);
}

#[tokio::test]
async fn t14_kid_is_a_string_in_the_header() {
    let (sandbox, key) = (epic().await, key().with_kid("1"));
    let (_, instance) = registered(&sandbox, &key).await;
    let id = instance["client_id"].as_str().unwrap();
    let signed = |header: Value, claims: Value| {
        let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let input = format!("{}.{}", part(header), part(claims));
        let signature = key.sign(Algorithm::Es384, input.as_bytes()).unwrap();
        format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature))
    };
    let mut in_the_claims = claims(&sandbox, id, "1");
    in_the_claims["kid"] = json!("1");
    for (header, claims, status) in [
        (json!({"alg": "ES384", "typ": "JWT"}), in_the_claims, 400),
        (json!({"alg": "ES384", "typ": "JWT", "kid": 1}), claims(&sandbox, id, "2"), 400),
        (json!({"alg": "ES384", "typ": "JWT", "kid": "1"}), claims(&sandbox, id, "3"), 200),
    ] {
        assert_eq!(token(&sandbox, id, &signed(header.clone(), claims)).await.status, status, "{header}");
    }
}
