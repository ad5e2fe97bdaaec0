//! The layer for HTTP clients that are tower services keeps the same rules.

use std::convert::Infallible;
use std::sync::Arc;
use std::task::Context;
use std::task::Poll;

use bytes::Bytes;
use http::Request;
use http::Response;
use http::header::AUTHORIZATION;
use safire::TokenSource;
use safire::future::BoxFuture;
use safire::protocol::fault::Diagnose;
use safire::token_source::LayerError;
use safire::token_source::TokenLayer;
use safire::token_source::TokenService;
use safire::transport::Transport;
use tower_layer::Layer;
use tower_service::Service;

use crate::token_source::setting::BASE;
use crate::token_source::setting::Instead;
use crate::token_source::setting::Rotating;
use crate::token_source::setting::Setting;
use crate::token_source::setting::access_text;

/// The client below the layer. It is not ready at first, and takes one request each time that it is.
#[derive(Debug)]
struct Below {
    server: Arc<Rotating>,
    is_ready: bool,
}

impl Clone for Below {
    fn clone(&self) -> Self {
        Self { server: Arc::clone(&self.server), is_ready: false }
    }
}

impl Service<Request<Bytes>> for Below {
    type Response = Response<Bytes>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response<Bytes>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.is_ready = true;
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Bytes>) -> Self::Future {
        assert!(self.is_ready, "called before it was ready");
        self.is_ready = false;
        let server = Arc::clone(&self.server);
        Box::pin(async move { Ok(server.send(request).await.unwrap()) })
    }
}

fn layered(setting: &Setting, source: &TokenSource) -> TokenService<Below> {
    TokenLayer::new(source.clone()).layer(Below { server: Arc::clone(&setting.server), is_ready: false })
}

async fn call(
    service: &mut TokenService<Below>,
    url: &str,
    own: Option<&str>,
) -> Result<u16, LayerError<Infallible>> {
    std::future::poll_fn(|context| service.poll_ready(context)).await.unwrap();
    let mut request = Request::get(url);
    if let Some(own) = own {
        request = request.header(AUTHORIZATION, own);
    }
    Ok(service.call(request.body(Bytes::from_static(b"{}")).unwrap()).await?.status().as_u16())
}

fn sent(setting: &Setting) -> Vec<Option<String>> {
    let requests = setting.server.fhir_requests();
    let header = |request: &Request<Bytes>| {
        request.headers().get(AUTHORIZATION).map(|value| value.to_str().unwrap().to_owned())
    };
    requests.iter().map(header).collect()
}

fn bearer(number: u64) -> Option<String> {
    Some(format!("Bearer {}", access_text(number)))
}

#[tokio::test]
async fn a_request_below_the_base_has_the_token() {
    let setting = Setting::new("300").await;
    let mut service = layered(&setting, &setting.logged_in(None).await);
    assert_eq!(call(&mut service, &format!("{BASE}/Patient/1"), None).await.unwrap(), 200);
    assert_eq!(sent(&setting), [bearer(0)]);
    assert!(setting.server.fhir_requests()[0].headers()[AUTHORIZATION].is_sensitive());
}

#[tokio::test]
async fn other_requests_pass_as_they_are() {
    let setting = Setting::new("300").await;
    // Nobody has logged in: a request that wanted a token would fail.
    let mut service = layered(&setting, &setting.source());
    for url in [
        "https://evil.example/r4/Patient",
        "https://fhir.example.com/r4x/Patient",
        "https://fhir.example.com/r4/../admin",
        "https://fhir.example.com/r4/%2E%2e/admin",
        "http://fhir.example.com/r4/Patient",
        "/r4/Patient",
    ] {
        assert_eq!(call(&mut service, url, None).await.unwrap(), 401, "{url}");
    }
    assert_eq!(call(&mut service, &format!("{BASE}/Patient"), Some("Basic abc")).await.unwrap(), 401);
    let mut expected = vec![None; 6];
    expected.push(Some("Basic abc".to_owned()));
    assert_eq!(sent(&setting), expected);
    assert_eq!(setting.server.asked(), 0);
}

#[tokio::test]
async fn after_a_401_it_is_sent_once_more_and_never_a_third_time() {
    let setting = Setting::new("300").await;
    let mut service = layered(&setting, &setting.logged_in(None).await);
    setting.server.revoke_access_token();
    let new = r#"{"access_token":"planted-access-token-1","token_type":"Bearer"}"#;
    setting.server.next(Instead::Answer(200, new));
    assert_eq!(call(&mut service, &format!("{BASE}/Patient/1"), None).await.unwrap(), 200);
    assert_eq!(sent(&setting), [bearer(0), bearer(1)]);
    assert_eq!(setting.server.fhir_requests()[1].body(), "{}");

    setting.server.revoke_access_token();
    setting.server.next(Instead::Answer(200, r#"{"access_token":"useless","token_type":"Bearer"}"#));
    assert_eq!(call(&mut service, &format!("{BASE}/Patient/1"), None).await.unwrap(), 401);
    assert_eq!(sent(&setting).len(), 4);

    // The same again: it would be refused again.
    setting.server.next(Instead::Answer(200, r#"{"access_token":"useless","token_type":"Bearer"}"#));
    assert_eq!(call(&mut service, &format!("{BASE}/Patient/1"), None).await.unwrap(), 401);
    assert_eq!((sent(&setting).len(), setting.server.asked()), (5, 3));
}

#[tokio::test]
async fn without_a_token_nothing_is_sent() {
    let setting = Setting::new("300").await;
    let mut service = layered(&setting, &setting.source());
    let error = call(&mut service, &format!("{BASE}/Patient/1"), None).await.unwrap_err();
    let LayerError::Token(error) = error else { panic!("{error:?}") };
    assert_eq!(error.code(), "login-needed-first");
    assert!(sent(&setting).is_empty());
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let setting = Setting::new("300").await;
    let mut service = layered(&setting, &setting.logged_in(None).await);
    assert_eq!(call(&mut service, &format!("{BASE}/moved"), None).await.unwrap(), 302);
    assert_eq!(sent(&setting).len(), 1);
}
