//! A discovery GET follows at most three redirects, never to a weaker scheme, never to a stranger.

use safire::Error;
use safire::error::Stage;
use safire::protocol::fault::Diagnose;
use safire::transport::RedirectError;

use crate::script::Script;
use crate::script::answer;
use crate::script::document;
use crate::script::json;
use crate::script::redirect;

const SMART: &str = "/fhir/.well-known/smart-configuration";

async fn redirecting_to(location: &'static str) -> Error {
    let script = Script::start(move |_, _| redirect(302, location)).await;
    let error = script.server().metadata().await.unwrap_err();
    assert_eq!(script.asked().len(), 1, "nothing else was asked");
    assert_eq!(error.stage(), Stage::Discovery);
    error
}

fn redirected(error: &Error) -> &RedirectError {
    let Error::Redirect(redirect) = error else { panic!("{error:?}") };
    redirect
}

#[tokio::test]
async fn tc_029_a_redirect_within_the_origin_is_followed() {
    let script = Script::start(|asked, address| match &*asked.path {
        SMART => redirect(301, "/moved/smart-configuration"),
        "/moved/smart-configuration" => json(200, &document(address)),
        _ => answer(404, &[], ""),
    })
    .await;
    let profile = script.server().metadata().await.unwrap();
    assert_eq!(profile.source_url, format!("{}/moved/smart-configuration", script.origin()));
}

#[tokio::test]
async fn tc_030_a_redirect_to_remote_http_is_refused() {
    let error = redirecting_to("http://example.com/x").await;
    assert!(matches!(redirected(&error), RedirectError::Weaker { .. }), "{error:?}");
    assert!(error.hint().is_some());
}

#[tokio::test]
async fn tc_032_loopback_to_loopback_counts_as_the_same() {
    let target = Script::start(|_, address| json(200, &document(address))).await;
    let location = format!("{}/smart", target.origin());
    let script = Script::start(move |_, _| redirect(302, &location)).await;
    script.server().metadata().await.unwrap();
    assert_eq!(target.count("/smart"), 1);
}

#[tokio::test]
async fn another_origin_is_refused_unless_it_is_named() {
    let error = redirecting_to("https://elsewhere.example.com/smart").await;
    assert!(matches!(redirected(&error), RedirectError::OtherOrigin { .. }), "{error:?}");
}

#[tokio::test]
async fn td_06_a_redirect_loop_ends() {
    let script = Script::start(|_, _| redirect(302, SMART)).await;
    let error = script.server().metadata().await.unwrap_err();
    assert!(matches!(redirected(&error), RedirectError::TooMany { .. }), "{error:?}");
    assert_eq!(script.asked().len(), 4, "the first request and three redirects");
}

#[tokio::test]
async fn td_06_a_redirect_without_a_usable_location_is_an_error() {
    for headers in [&[] as &'static [&'static str], &["location: http://[bad"]] {
        let script = Script::start(move |_, _| answer(302, headers, "")).await;
        let error = script.server().metadata().await.unwrap_err();
        assert!(matches!(redirected(&error), RedirectError::NoTarget { .. }), "{error:?}");
    }
}

#[tokio::test]
async fn td_06_a_relative_location_is_resolved() {
    let script = Script::start(|asked, address| match &*asked.path {
        SMART => redirect(307, "other"),
        "/fhir/.well-known/other" => json(200, &document(address)),
        _ => answer(404, &[], ""),
    })
    .await;
    script.server().metadata().await.unwrap();
}

#[tokio::test]
async fn custom_headers_stay_with_the_first_origin() {
    let target = Script::start(|_, address| json(200, &document(address))).await;
    let location = format!("{}/smart", target.origin());
    let script = Script::start(move |_, _| redirect(302, &location)).await;
    let mut headers = http::HeaderMap::new();
    headers.insert("x-api-key", "planted-api-key".parse().unwrap());
    script.builder().discovery_headers(headers).build().unwrap().metadata().await.unwrap();
    assert_eq!(script.asked()[0].header("x-api-key"), Some("planted-api-key"));
    assert_eq!(target.asked()[0].header("x-api-key"), None);
}
