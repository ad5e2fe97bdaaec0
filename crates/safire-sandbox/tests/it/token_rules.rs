use safire_sandbox::Sandbox;
use serde_json::json;

use crate::support::backend;
use crate::support::basic;
use crate::support::form;
use crate::support::post_form;
use crate::support::public;
use crate::support::read;
use crate::support::register;
use crate::support::token_by_secret;

const GRANT: (&str, &str) = ("grant_type", "client_credentials");

#[tokio::test]
async fn a_secret_in_the_header_gets_a_token() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = register(&sandbox, &backend("client_secret_basic")).await;
    let answer = token_by_secret(&sandbox, &client).await;
    assert_eq!((answer.status, answer.header("cache-control")), (200, Some("no-store")));
    let body = answer.json();
    assert_eq!((&body["token_type"], &body["scope"]), (&json!("Bearer"), &json!("system/Patient.rs")));
    assert!(
        body["expires_in"].is_u64() && body["access_token"].as_str().is_some_and(|token| token.len() >= 32)
    );
    assert_eq!(sandbox.counts().tokens_issued, 1);
}

#[tokio::test]
async fn a_secret_in_the_form_gets_a_token() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = register(&sandbox, &backend("client_secret_post")).await;
    let (id, secret) = (client["client_id"].as_str().unwrap(), client["client_secret"].as_str().unwrap());
    let answer =
        post_form(&sandbox.token_endpoint(), &[GRANT, ("client_id", id), ("client_secret", secret)]).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json()["scope"], "system/Patient.rs system/Observation.rs");
}

#[tokio::test]
async fn the_method_is_the_one_registered_and_the_secret_is_right() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = register(&sandbox, &backend("client_secret_basic")).await;
    let (id, secret) = (client["client_id"].as_str().unwrap(), client["client_secret"].as_str().unwrap());
    let url = sandbox.token_endpoint();
    let by_post = form(&url, &[GRANT, ("client_id", id), ("client_secret", secret)]);
    let wrong = form(&url, &[GRANT]).header("authorization", basic(id, "wrong"));
    let unknown = form(&url, &[GRANT]).header("authorization", basic("nobody", secret));
    let without = form(&url, &[GRANT, ("client_id", id)]);
    let nothing = form(&url, &[GRANT]);
    let not_basic = form(&url, &[GRANT]).header("authorization", "Bearer x");
    for request in [by_post, wrong, unknown, without, nothing, not_basic] {
        let answer = read(request).await.unwrap();
        assert_eq!((answer.status, answer.error().as_str()), (401, "invalid_client"));
        assert!(answer.header("www-authenticate").unwrap().starts_with("Basic"));
    }
}

#[tokio::test]
async fn malformed_requests_are_refused() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = register(&sandbox, &backend("client_secret_basic")).await;
    let (id, secret) = (client["client_id"].as_str().unwrap(), client["client_secret"].as_str().unwrap());
    let url = sandbox.token_endpoint();
    let header = basic(id, secret);
    let two_ways = form(&url, &[GRANT, ("client_id", id), ("client_secret", secret)]);
    let doubled = form(&url, &[GRANT, GRANT]);
    let other_client = form(&url, &[GRANT, ("client_id", "other")]);
    let no_grant = form(&url, &[("scope", "system/Patient.rs")]);
    let in_the_url = form(&format!("{url}?client_id={id}"), &[GRANT]);
    let json = form(&url, &[GRANT]).header("content-type", "application/json");
    for request in [two_ways, doubled, other_client, no_grant, in_the_url, json] {
        let answer = read(request.header("authorization", header.clone())).await.unwrap();
        assert_eq!((answer.status, answer.error().as_str()), (400, "invalid_request"));
    }
    let unknown = form(&url, &[("grant_type", "password")]).header("authorization", header);
    assert_eq!(read(unknown).await.unwrap().error(), "unsupported_grant_type");
}

#[tokio::test]
async fn scopes_beyond_the_registered_ones_are_refused() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = register(&sandbox, &backend("client_secret_basic")).await;
    let header = basic(client["client_id"].as_str().unwrap(), client["client_secret"].as_str().unwrap());
    for (scope, status) in [
        ("system/Patient.r", 200),
        ("system/Patient.read", 200),
        ("system/Patient.rs system/Observation.s", 200),
        ("system/Patient.cruds", 400),
        ("system/*.rs", 400),
        ("patient/Patient.rs", 400),
        ("openid", 400),
    ] {
        let request = form(&sandbox.token_endpoint(), &[GRANT, ("scope", scope)]);
        let answer = read(request.header("authorization", header.clone())).await.unwrap();
        assert_eq!(answer.status, status, "{scope}: {}", answer.text());
        if status == 400 {
            assert_eq!(answer.error(), "invalid_scope");
        }
    }
}

#[tokio::test]
async fn clients_without_the_grant_are_not_authorized() {
    let sandbox = Sandbox::start().await.unwrap();
    let app = register(&sandbox, &public()).await;
    let answer =
        post_form(&sandbox.token_endpoint(), &[GRANT, ("client_id", app["client_id"].as_str().unwrap())])
            .await;
    assert_eq!((answer.status, answer.error().as_str()), (400, "unauthorized_client"));
    let mut metadata = public();
    metadata["token_endpoint_auth_method"] = json!("client_secret_basic");
    let confidential = register(&sandbox, &metadata).await;
    assert_eq!(token_by_secret(&sandbox, &confidential).await.error(), "unauthorized_client");
}

#[tokio::test]
async fn t22_odd_identifiers_arrive_form_encoded() {
    let sandbox = Sandbox::builder().fault("odd-client-id").start().await.unwrap();
    let client = register(&sandbox, &backend("client_secret_basic")).await;
    assert_eq!(client["client_id"], "1PpG/Q 1");
    assert_eq!(token_by_secret(&sandbox, &client).await.status, 200);
}
