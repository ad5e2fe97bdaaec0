use safire_jose::Algorithm;
use safire_sandbox::Community;
use serde_json::Value;
use serde_json::json;

use super::world::CLIENT;
use super::world::World;
use super::world::assert_refused;
use super::world::jti;
use super::world::jws;
use super::world::request;
use super::world::set;
use super::world::signed;
use crate::support::now;
use crate::support::read;

#[tokio::test]
async fn a_new_client_gets_201_its_statement_and_what_was_registered() {
    let world = World::start().await;
    let statement = signed(&world.client, &world.claims());
    let answer = world.submit(&statement).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let body = answer.json();
    assert_eq!(body["software_statement"], statement);
    assert_eq!(body["client_name"], "Acme B2B App");
    assert_eq!(body["scope"], "system/Patient.read system/Observation.rs");
    for absent in ["iss", "sub", "aud", "exp", "iat", "jti", "client_secret", "redirect_uris"] {
        assert!(body.get(absent).is_none(), "{absent}");
    }
    let clients = world.sandbox.clients();
    assert_eq!(clients.len(), 1);
    assert_eq!(clients[0].client_id, body["client_id"].as_str().unwrap());
    assert_eq!(clients[0].token_endpoint_auth_method, "private_key_jwt");
}

#[tokio::test]
async fn each_algorithm_of_the_guide_is_taken() {
    let world = World::start().await;
    for algorithm in [Algorithm::Rs256, Algorithm::Rs384, Algorithm::Es256, Algorithm::Es384] {
        let member = world.community.issue_as(&request(CLIENT).algorithm(algorithm)).unwrap();
        let header = json!({"alg": algorithm.as_str(), "x5c": member.x5c()});
        let answer = world.submit(&jws(&member, algorithm, &header, &world.claims())).await;
        assert!(matches!(answer.status, 200 | 201), "{algorithm:?}: {}", answer.text());
    }
}

#[tokio::test]
async fn a_leaf_alone_is_enough_where_the_issuer_is_known() {
    let world = World::start().await;
    let header = json!({"alg": "ES256", "x5c": &world.client.x5c()[..1]});
    let answer = world.submit(&jws(&world.client, Algorithm::Es256, &header, &world.claims())).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
}

#[tokio::test]
async fn a_statement_that_is_not_well_signed_is_invalid() {
    let world = World::start().await;
    let claims = world.claims();
    let x5c = world.client.x5c();
    let by = |header: Value| jws(&world.client, Algorithm::Es256, &header, &claims);
    let other = world.community.issue_as(&request(CLIENT)).unwrap();
    let good = signed(&world.client, &claims);
    for (statement, says) in [
        (by(json!({"alg": "ES256"})), "no `x5c`"),
        (by(json!({"alg": "ES256", "x5c": []})), "`x5c`"),
        (by(json!({"alg": "ES256", "x5c": "text"})), "array of strings"),
        (by(json!({"alg": "ES256", "x5c": ["!"]})), "base64"),
        (by(json!({"alg": "ES256", "x5c": vec![x5c[0].clone(); 17]})), "17"),
        (by(json!({"alg": "ES256", "x5c": other.x5c()})), "signature"),
        (by(json!({"alg": "none", "x5c": x5c})), "none"),
        (by(json!({"alg": "HS256", "x5c": x5c})), "HS256"),
        (by(json!({"alg": "PS256", "x5c": x5c})), "PS256"),
        (by(json!({"alg": "ES256", "x5c": x5c, "crit": ["x"], "x": 1})), "x"),
        (good[..good.len() - 8].to_owned(), "signature"),
        ("no.jwt".to_owned(), ""),
        (String::new(), ""),
    ] {
        assert_refused(&world.submit(&statement).await, "invalid_software_statement", says);
    }
    assert!(world.sandbox.clients().is_empty());
}

#[tokio::test]
async fn a_certificate_that_nobody_here_trusts_is_unapproved() {
    let world = World::start().await;
    let stranger = Community::builder(world.community.uri()).make().unwrap();
    let revoked = world.community.issue_as(&request(CLIENT)).unwrap();
    world.community.revoke(revoked.serial());
    let expired = world.community.issue_as(&request(CLIENT).expired()).unwrap();
    let early = world.community.issue_as(&request(CLIENT).not_yet_valid()).unwrap();
    for (member, says) in [
        (stranger.issue_as(&request(CLIENT)).unwrap(), "no path"),
        (revoked, "revoked"),
        (expired, "expired"),
        (early, "valid only from"),
    ] {
        let answer = world.submit(&signed(&member, &world.claims())).await;
        assert_refused(&answer, "unapproved_software_statement", says);
    }
}

#[tokio::test]
async fn each_claim_about_the_statement_itself_is_checked() {
    let world = World::start().await;
    let wrong: [(&str, Value, &str); 11] = [
        ("iss", json!("https://other.example"), "no URI name"),
        ("iss", json!("https://app.example.org/udap/"), "no URI name"),
        ("iss", Value::Null, "`iss`"),
        ("sub", json!("https://other.example"), "subject"),
        ("aud", json!(world.sandbox.registration_endpoint()), "audience"),
        ("aud", Value::Null, "aud"),
        ("exp", json!(now() + 360), "lives"),
        ("exp", json!(now() - 120), "expired"),
        ("iat", Value::Null, "iat"),
        ("iat", json!(now() + 120), "future"),
        ("jti", json!(""), "jti"),
    ];
    for (claim, value, says) in wrong {
        let mut claims = world.claims();
        set(&mut claims, claim, value);
        let answer = world.register(&claims).await;
        assert_refused(&answer, "invalid_software_statement", says);
    }
}

#[tokio::test]
async fn a_statement_is_taken_once() {
    let world = World::start().await;
    let statement = signed(&world.client, &world.claims());
    assert_eq!(world.submit(&statement).await.status, 201);
    assert_refused(&world.submit(&statement).await, "invalid_software_statement", "used before");
    let mut claims = world.claims();
    claims["jti"] = json!(jti());
    assert_eq!(world.register(&claims).await.status, 200);
}

#[tokio::test]
async fn each_rule_of_the_metadata_is_held() {
    let world = World::start().await;
    let app = "https://app.example.org/callback";
    let (service, user) = (world.claims(), world.user_claims(app));
    for (of, claim, value, says) in [
        (&service, "client_name", Value::Null, "client_name"),
        (&service, "client_name", json!(" "), "client_name"),
        (&service, "contacts", json!([]), "mailto"),
        (&service, "contacts", json!(["https://example.com"]), "mailto"),
        (&service, "contacts", json!(["mailto:a@b.example", "no uri"]), "no URI"),
        (&service, "grant_types", Value::Null, "grant_types"),
        (&service, "grant_types", json!(["implicit"]), "implicit"),
        (&service, "grant_types", json!(["refresh_token"]), "neither"),
        (&service, "grant_types", json!(["client_credentials", "refresh_token"]), "refresh_token"),
        (&user, "grant_types", json!(["authorization_code", "client_credentials"]), "and"),
        (&service, "response_types", json!(["code"]), "response_types"),
        (&service, "redirect_uris", json!([app]), "redirect_uris"),
        (&service, "token_endpoint_auth_method", json!("client_secret_basic"), "private_key_jwt"),
        (&service, "token_endpoint_auth_method", Value::Null, "token_endpoint_auth_method"),
        (&service, "scope", Value::Null, "scope"),
        (&service, "scope", json!("patient/*.rs"), "scopes"),
        (&user, "scope", json!("system/*.rs nothing"), "scopes"),
        (&user, "redirect_uris", Value::Null, "redirect_uris"),
        (&user, "redirect_uris", json!([]), "empty"),
        (&user, "redirect_uris", json!(["http://app.example.org/"]), "https"),
        (&user, "redirect_uris", json!(["org.example.app:/callback"]), "https"),
        (&user, "logo_uri", Value::Null, "logo_uri"),
        (&user, "logo_uri", json!("http://app.example.org/logo.png"), "https"),
        (&user, "logo_uri", json!("https://app.example.org/logo.svg?x=.png"), "PNG"),
        (&user, "response_types", Value::Null, "response_types"),
        (&user, "response_types", json!(["token"]), "response_types"),
    ] {
        let mut claims = of.clone();
        claims["jti"] = json!(jti());
        set(&mut claims, claim, value);
        assert_refused(&world.register(&claims).await, "invalid_client_metadata", says);
    }
    assert!(world.sandbox.clients().is_empty());
}

#[tokio::test]
async fn what_cannot_be_granted_is_left_out() {
    let world = World::start().await;
    let mut claims = world.claims();
    claims["scope"] = json!("system/Patient.rs patient/*.rs system/*.cruds vendor");
    claims["jku"] = json!("https://app.example.org/jwks");
    let body = world.register(&claims).await.json();
    assert_eq!(body["scope"], "system/Patient.rs");
    assert!(body.get("jku").is_none());
}

#[tokio::test]
async fn the_body_has_its_form() {
    let world = World::start().await;
    let statement = signed(&world.client, &world.claims());
    for (body, says) in [
        (json!({"software_statement": statement}), "udap"),
        (json!({"software_statement": statement, "udap": 1}), "udap"),
        (json!({"software_statement": statement, "udap": "1", "certifications": "x"}), "certifications"),
    ] {
        assert_refused(&world.post(&body).await, "invalid_client_metadata", says);
    }
    let request = crate::support::client().post(world.sandbox.udap_registration_endpoint()).body("{}");
    assert_refused(&read(request).await.unwrap(), "invalid_client_metadata", "application/json");
    let request = crate::support::client().get(world.sandbox.udap_registration_endpoint());
    assert_eq!(read(request).await.unwrap().status, 405);
}

#[tokio::test]
async fn the_faults_of_registration_strike_here_too() {
    let world = World::start().await;
    world.sandbox.set_fault("register:numeric-client-id").unwrap();
    assert!(world.register(&world.claims()).await.json()["client_id"].is_number());
    world.sandbox.set_fault("register:html-error").unwrap();
    assert_eq!(world.register(&world.claims()).await.status, 502);
}
