//! Settings are checked at once, before any network.

use safire::Server;
use safire::error::ConfigError;
use safire::error::Stage;
use safire::protocol::fault::Diagnose;
use safire::protocol::fault::Fault;
use safire::protocol::registration::ClientMetadata;
use safire::protocol::url::LoopbackHttp;

use crate::script::REGISTERED;
use crate::script::Script;
use crate::script::answer;
use crate::script::document;
use crate::script::json;
use crate::script::redirect;

fn members(error: &ConfigError) -> Vec<&str> {
    let ConfigError::Urls(errors) = error else { panic!("{error:?}") };
    errors.iter().map(|error| error.member()).collect()
}

#[test]
fn tc_001_a_base_alone_is_enough() {
    let server = Server::new("https://fhir.example.com/").unwrap();
    assert_eq!(server.base().as_str(), "https://fhir.example.com/");
}

#[test]
fn tc_006_every_bad_url_is_named_in_one_error() {
    let error = Server::builder("http://fhir.example.com")
        .token_endpoint("http://auth.example.com/token")
        .registration_endpoint("nope")
        .build()
        .unwrap_err();
    assert_eq!(members(&error), ["base_url", "token_endpoint", "registration_endpoint"]);
    assert_eq!(error.fault(), Fault::Caller);
}

#[test]
fn tc_007_each_given_endpoint_must_be_https() {
    let base = "https://fhir.example.com";
    let error = Server::builder(base).token_endpoint("http://a.example.com/t").build().unwrap_err();
    assert_eq!(members(&error), ["token_endpoint"]);
    let error = Server::builder(base).authorization_endpoint("http://a.example.com/a").build().unwrap_err();
    assert_eq!(members(&error), ["authorization_endpoint"]);
}

#[tokio::test]
async fn tc_004_a_redirect_uri_that_is_no_url_is_refused_before_anything_is_sent() {
    let script = Script::with_document(document, |_, _| json(201, REGISTERED)).await;
    let metadata = ClientMetadata::new().redirect_uris(["justpath"]);
    let error = script.server().register_client(&metadata).await.unwrap_err();
    assert_eq!(error.stage(), Stage::Setup);
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert!(cause.contains("redirect URI") && cause.contains("justpath"), "{cause}");
    assert!(script.asked().is_empty());
}

#[tokio::test]
async fn tc_031_without_the_opt_in_a_redirect_to_loopback_http_is_refused() {
    let script = Script::start(|_, _| redirect(302, "http://localhost:1/x")).await;
    // The scripted server itself is on loopback http, so the rule is seen at another scheme: https to http.
    let error = script.server().metadata().await.unwrap_err();
    assert_eq!(error.stage(), Stage::Discovery);

    let strict = Server::builder("https://127.0.0.1:1/fhir").loopback(LoopbackHttp::Refused).build().unwrap();
    assert!(strict.metadata().await.unwrap_err().is_retryable());
}

#[tokio::test]
async fn tc_033_an_answer_that_is_no_redirect_is_left_alone() {
    let script = Script::with_document(document, |_, _| answer(404, &[], "")).await;
    script.server().metadata().await.unwrap();
    let script = Script::start(|_, _| answer(404, &["location: http://example.com/"], "")).await;
    let error = script.server().metadata().await.unwrap_err();
    assert_eq!(error.server_answer().unwrap().status, 404);
}

#[tokio::test]
async fn tc_046_no_connection_is_a_network_error() {
    let server = Server::builder("http://127.0.0.1:1/fhir").loopback(LoopbackHttp::Allowed).build().unwrap();
    let error = server.metadata().await.unwrap_err();
    assert_eq!((error.fault(), error.stage()), (Fault::Network, Stage::Discovery));
    assert_eq!(error.code(), "connect-failed");
}
