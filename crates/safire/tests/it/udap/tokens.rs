//! Tokens by certificate, through the ordinary client.

use std::sync::Arc;

use safire::Error;
use safire::protocol::credentials::AuthorizationExtensions;
use safire::protocol::fault::Diagnose;
use safire::protocol::identifier::ClientId;
use safire::protocol::secret::RefreshToken;
use safire::protocol::udap::B2bAuthorization;
use safire::store::MemoryStore;
use safire::store::Store;
use safire::store::TokenQuery;
use safire::token_source::Obtain;
use serde_json::Value;
use serde_json::json;

use super::site::Site;
use super::site::backend;
use super::site::granted;
use super::world::CLIENT;
use super::world::parts;
use crate::script::TOKEN;
use crate::script::form;
use crate::script::json as json_answer;

pub(super) async fn site() -> Site {
    Site::start(|asked, _| match asked.path.as_str() {
        "/register" => json_answer(201, &granted("abc")),
        _ => json_answer(200, TOKEN),
    })
    .await
}

pub(super) fn treatment() -> AuthorizationExtensions {
    let who = B2bAuthorization::new("https://org.example.com", ["T-TREAT"]);
    AuthorizationExtensions::new().with_b2b(&who).unwrap()
}

/// Form and claims of each token request.
fn token_requests(site: &Site) -> Vec<(std::collections::BTreeMap<String, String>, Value)> {
    let asked = site.script.asked().into_iter().filter(|asked| asked.path == "/token");
    asked
        .map(|asked| {
            assert!(asked.header("authorization").is_none());
            let form = form(&asked.body);
            let claims = parts(&form["client_assertion"]).1;
            (form, claims)
        })
        .collect()
}

#[tokio::test]
async fn a_backend_token_carries_chain_extension_and_udap() {
    let site = site().await;
    let (udap, client) = (site.udap(), site.client());
    let registered = udap.register_client(&client, &backend()).await.unwrap();
    let credentials = registered.credentials(&client, treatment()).unwrap();
    let token = udap.client(credentials).request_backend_token(None).await.unwrap();
    assert_eq!(token.access_token.expose_secret(), "planted-access-token-0123456789");
    let (form, claims) = token_requests(&site).remove(0);
    assert_eq!((form["udap"].as_str(), form["grant_type"].as_str()), ("1", "client_credentials"));
    assert_eq!(form["scope"], "system/*.rs");
    assert_eq!(parts(&form["client_assertion"]).0["x5c"].as_array().unwrap().len(), 2);
    assert_eq!((claims["iss"].as_str(), claims["sub"].as_str()), (Some("abc"), Some("abc")));
    assert_eq!(claims["aud"], format!("{}/token", site.script.origin()));
    assert_eq!(claims["extensions"]["hl7-b2b"]["purpose_of_use"], json!(["T-TREAT"]));
}

#[tokio::test]
async fn each_token_is_for_the_circumstances_of_its_own_request() {
    let site = site().await;
    let udap = site.udap();
    let client = site.client_of("https://app.example.org/plain");
    let credentials = udap
        .credentials(&client, ClientId::parse("abc").unwrap(), AuthorizationExtensions::new())
        .await
        .unwrap();
    for purpose in ["TREAT", "HPAYMT"] {
        let who = B2bAuthorization::new("https://org.example.com", [purpose]);
        let extensions = AuthorizationExtensions::new().with_b2b(&who).unwrap();
        let credentials = credentials.clone().with_extensions(extensions).unwrap();
        udap.client(credentials).request_backend_token(Some("system/*.rs")).await.unwrap();
    }
    let purposes: Vec<Value> = token_requests(&site)
        .into_iter()
        .map(|(_, claims)| claims["extensions"]["hl7-b2b"]["purpose_of_use"][0].clone())
        .collect();
    assert_eq!(purposes, ["TREAT", "HPAYMT"]);
}

#[tokio::test]
async fn a_source_keeps_tokens_by_certificate_and_never_mixes_two_circumstances() {
    let site = site().await;
    let (udap, metadata, store) = (site.udap(), backend(), Arc::new(MemoryStore::new()));
    let client = site.client_of("https://app.example.org/plain");
    let registered = udap.register_client(&client, &metadata).store(&*store).await.unwrap();
    let source = |purpose: &str| {
        let who = B2bAuthorization::new("https://org.example.com", [purpose]);
        let extensions = AuthorizationExtensions::new().with_b2b(&who).unwrap();
        let client = udap.client(registered.credentials(&client, extensions).unwrap());
        let kept = client.token_source(Obtain::Backend { scope: None });
        kept.kept_in(Arc::clone(&store) as _, registered.id().unwrap().clone()).build().unwrap()
    };
    for purpose in ["TREAT", "HPAYMT", "TREAT", "HPAYMT"] {
        source(purpose).token().await.unwrap();
    }
    let purposes: Vec<Value> = token_requests(&site)
        .into_iter()
        .map(|(_, claims)| claims["extensions"]["hl7-b2b"]["purpose_of_use"][0].clone())
        .collect();
    assert_eq!(
        purposes,
        ["TREAT", "HPAYMT"],
        "one request for each, and the second of each is from the store"
    );
    let kept = store.load_tokens(TokenQuery::Of(registered.id().unwrap().clone())).await.unwrap();
    assert_eq!(kept.len(), 2);
}

#[tokio::test]
async fn a_required_extension_that_is_missing_ends_before_the_call() {
    let site = site().await;
    let (udap, client) = (site.udap(), site.client());
    let registered = udap.register_client(&client, &backend()).await.unwrap();
    let credentials = registered.credentials(&client, AuthorizationExtensions::new()).unwrap();
    let error = udap.client(credentials).request_backend_token(None).await.unwrap_err();
    assert!(matches!(error, Error::Token(_)), "{error:?}");
    assert_eq!(error.code(), "authorization-extension-missing");
    assert_eq!(site.script.count("/token"), 0);
}

#[tokio::test]
async fn a_refresh_is_proved_by_certificate_and_carries_no_extension() {
    let site = site().await;
    let (udap, client) = (site.udap(), site.client());
    let registered = udap.register_client(&client, &backend()).await.unwrap();
    let client = udap.client(registered.credentials(&client, treatment()).unwrap());
    client.refresh_token_alone(&RefreshToken::new("planted-refresh"), None).await.unwrap();
    let (form, claims) = token_requests(&site).remove(0);
    assert_eq!((form["grant_type"].as_str(), form["udap"].as_str()), ("refresh_token", "1"));
    assert!(claims.get("extensions").is_none(), "{claims}");
}

#[tokio::test]
async fn the_identity_of_another_client_gives_no_credentials() {
    let site = site().await;
    let (udap, client) = (site.udap(), site.client());
    let registered = udap.register_client(&client, &backend()).await.unwrap();
    let other = site.client_of("https://app.example.org/udap#T-IAS");
    let error = registered.credentials(&other, treatment()).unwrap_err();
    assert_eq!(error.code(), "udap-client-uri-not-in-certificate");
    assert!(error.to_string().contains(CLIENT), "{error}");
}

#[tokio::test]
async fn metadata_that_are_no_longer_trusted_end_before_a_token_is_asked_for() {
    let site = site().await;
    let (udap, client) = (site.udap(), site.client());
    let registered = udap.register_client(&client, &backend()).await.unwrap();
    let credentials = registered.credentials(&client, treatment()).unwrap();
    site.hands.forward(3601);
    let error = udap.client(credentials).request_backend_token(None).await.unwrap_err();
    assert_eq!(error.code(), "udap-expiry");
    assert_eq!(site.script.count("/token"), 0);
}
