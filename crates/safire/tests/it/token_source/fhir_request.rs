//! A request to the FHIR server gets the token; no other one does.

use bytes::Bytes;
use http::Request;
use http::header::AUTHORIZATION;
use safire::Error;
use safire::error::ConfigError;
use safire::error::Stage;
use safire::protocol::fault::Diagnose;

use crate::token_source::setting::BASE;
use crate::token_source::setting::Instead;
use crate::token_source::setting::Setting;
use crate::token_source::setting::access_text;
use crate::token_source::setting::token;

fn to(url: &str) -> Request<Bytes> {
    Request::post(url).body(Bytes::from_static(b"{}")).unwrap()
}

#[tokio::test]
async fn a_request_has_the_token_and_its_header_is_sensitive() {
    let setting = Setting::new("300").await;
    let source = setting.logged_in(None).await;
    let response = source.authorized(to(&format!("{BASE}/Patient/1?x=y"))).await.unwrap();
    assert_eq!(response.status(), 200);
    let sent = setting.server.fhir_requests().pop().unwrap();
    let header = &sent.headers()[AUTHORIZATION];
    assert_eq!(header, &format!("Bearer {}", access_text(0)));
    assert!(header.is_sensitive());
    assert_eq!(sent.body(), "{}");
}

#[tokio::test]
async fn after_a_401_it_is_sent_once_more_with_another_token_and_never_a_third_time() {
    let setting = Setting::new("300").await;
    let source = setting.logged_in(None).await;
    source.token().await.unwrap();
    // A refresh makes number 2, whatever the refresh token says: the server takes number 1's no more.
    setting
        .server
        .next(Instead::Answer(200, r#"{"access_token":"planted-access-token-1","token_type":"Bearer"}"#));
    setting.server.revoke_access_token();
    let response = source.authorized(to(&format!("{BASE}/Patient/1"))).await.unwrap();
    assert_eq!((response.status().as_u16(), setting.server.fhir_requests().len()), (200, 2));
    assert_eq!(setting.server.fhir_requests()[1].body(), "{}");

    setting.server.revoke_access_token();
    setting.server.next(Instead::Answer(200, r#"{"access_token":"useless","token_type":"Bearer"}"#));
    let response = source.authorized(to(&format!("{BASE}/Patient/1"))).await.unwrap();
    assert_eq!((response.status().as_u16(), setting.server.fhir_requests().len()), (401, 4));
}

#[tokio::test]
async fn the_same_token_again_is_not_tried_again() {
    let setting = Setting::new("300").await;
    let source = setting.logged_in(None).await;
    setting.server.revoke_access_token();
    setting
        .server
        .next(Instead::Answer(200, r#"{"access_token":"planted-access-token-0","token_type":"Bearer"}"#));
    let response = source.authorized(to(&format!("{BASE}/Patient/1"))).await.unwrap();
    assert_eq!((response.status().as_u16(), setting.server.fhir_requests().len()), (401, 1));
}

#[tokio::test]
async fn a_url_elsewhere_is_refused_before_anything_is_sent() {
    let setting = Setting::new("300").await;
    let source = setting.logged_in(None).await;
    for url in [
        "https://evil.example/r4/Patient/1?planted-query",
        "https://fhir.example.com/other",
        "https://fhir.example.com/r4/%2e%2e/other",
        "https://planted-user@fhir.example.com/r4/Patient",
        "/r4/Patient",
    ] {
        let error = source.authorized(to(url)).await.unwrap_err();
        assert!(matches!(error, Error::Config(ConfigError::OutsideBase { .. })), "{error:?}");
        assert_eq!((error.code(), error.stage()), ("outside-fhir-base", Stage::Setup));
        assert!(!format!("{error} {error:?}").contains("planted"), "{error}");
        assert!(error.hint().is_some());
    }
    assert_eq!(setting.server.fhir_requests().len(), 0);
}

#[tokio::test]
async fn its_own_authorization_is_left_alone() {
    let setting = Setting::new("300").await;
    let source = setting.source();
    let mut request = to(&format!("{BASE}/Patient/1"));
    request.headers_mut().insert(AUTHORIZATION, "Basic abc".parse().unwrap());
    assert_eq!(source.authorized(request).await.unwrap().status(), 401);
    assert_eq!(setting.server.fhir_requests().pop().unwrap().headers()[AUTHORIZATION], "Basic abc");
    assert_eq!(setting.server.asked(), 0);
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let setting = Setting::new("300").await;
    let source = setting.logged_in(None).await;
    let response = source.authorized(to(&format!("{BASE}/moved"))).await.unwrap();
    assert_eq!((response.status().as_u16(), setting.server.fhir_requests().len()), (302, 1));
}

#[tokio::test]
async fn a_token_that_no_header_can_carry_is_sent_nowhere() {
    let setting = Setting::new("300").await;
    let source = setting.source();
    let mut odd = token(0, None);
    odd.access_token = safire::protocol::secret::AccessToken::new("planted\r\nx: y");
    source.logged_in(odd).await.unwrap();
    let error = source.authorized(to(&format!("{BASE}/Patient/1"))).await.unwrap_err();
    assert_eq!(error.code(), "bearer-unusable");
    assert_eq!(setting.server.fhir_requests().len(), 0);
}
