//! The issuer's keys: fetched once, again for a new name, never more often than allowed, and never believed blindly.

use std::net::TcpListener;
use std::sync::Arc;
use std::sync::Mutex;
use std::time::Duration;

use bytes::Bytes;
use http::Request;
use http::Response;
use safire::error::Stage;
use safire::future::BoxFuture;
use safire::protocol::fault::Diagnose;
use safire::protocol::fault::Fault;
use safire::protocol::id_token::RefetchPolicy;
use safire::protocol::jose::Algorithm;
use safire::protocol::jose::PrivateKey;
use safire::protocol::url::LoopbackHttp;
use safire::transport::HttpTransport;
use safire::transport::ServerSupplied;
use safire::transport::Transport;
use safire::transport::TransportError;

use crate::identity::KEY;
use crate::identity::Provider;
use crate::identity::jwks;
use crate::identity::signed;
use crate::script::answer;
use crate::script::document;
use crate::script::json;
use crate::script::redirect;

fn another_key() -> PrivateKey {
    PrivateKey::generate(Algorithm::Es384).unwrap()
}

#[tokio::test]
async fn a_rotated_key_is_fetched_once_and_clones_share_it() {
    let provider = Provider::start().await;
    provider.verified(|claims| signed(&KEY, &claims)).await.unwrap();
    let next = another_key();
    provider.publish(jwks(&[&KEY, &next]));
    provider.clock.advance(60);
    provider.verified(|claims| signed(&next, &claims)).await.unwrap();
    assert_eq!(provider.key_requests(), 2);
    let (token, login) = provider.login(|claims| Some(signed(&next, &claims))).await;
    let clone = provider.client.server().clone().client(crate::login::public_credentials());
    clone.verify_id_token(&token, &login).await.unwrap();
    provider.verified(|claims| signed(&KEY, &claims)).await.unwrap();
    assert_eq!(provider.key_requests(), 2);
}

#[tokio::test]
async fn invented_names_are_no_hammer() {
    let provider = Provider::start().await;
    for _ in 0..10 {
        let error = provider.verified(|claims| signed(&another_key(), &claims)).await.unwrap_err();
        assert_eq!(error.code(), "id-token-unknown-key");
    }
    assert_eq!(provider.key_requests(), 1);
    provider.clock.advance(60);
    for _ in 0..10 {
        provider.verified(|claims| signed(&another_key(), &claims)).await.unwrap_err();
    }
    assert_eq!(provider.key_requests(), 2);
}

#[tokio::test]
async fn a_failed_fetch_counts_and_the_old_keys_serve_on() {
    let provider = Provider::start().await;
    provider.verified(|claims| signed(&KEY, &claims)).await.unwrap();
    provider.publish(answer(500, &[], ""));
    provider.clock.advance(60);
    let error = provider.verified(|claims| signed(&another_key(), &claims)).await.unwrap_err();
    assert_eq!((error.code(), error.is_retryable()), ("key-set-refused", true));
    let error = provider.verified(|claims| signed(&another_key(), &claims)).await.unwrap_err();
    assert_eq!(error.code(), "id-token-unknown-key");
    provider.verified(|claims| signed(&KEY, &claims)).await.unwrap();
    assert_eq!(provider.key_requests(), 2);
}

#[tokio::test]
async fn old_keys_are_fetched_anew_though_nothing_is_wrong() {
    let provider =
        Provider::with(document, |builder| builder.key_refetch(RefetchPolicy::new(10, 3600))).await;
    provider.verified(|claims| signed(&KEY, &claims)).await.unwrap();
    provider.clock.advance(3600);
    provider.publish(jwks(&[&another_key()]));
    let error = provider.verified(|claims| signed(&KEY, &claims)).await.unwrap_err();
    assert_eq!(error.code(), "id-token-unknown-key", "the withdrawn key is gone");
    assert_eq!(provider.key_requests(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_checks_at_once_make_one_request() {
    let provider = Provider::start().await;
    let (token, login) = provider.login(|claims| Some(signed(&KEY, &claims))).await;
    let tasks: Vec<_> = (0..50)
        .map(|_| {
            let (client, token, login) = (provider.client.clone(), token.clone(), login.clone());
            tokio::spawn(async move { client.verify_id_token(&token, &login).await })
        })
        .collect();
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    assert_eq!(provider.key_requests(), 1);
}

#[tokio::test]
async fn hostile_answers_are_errors_of_their_own() {
    let huge = "x".repeat(2 << 20);
    let cases = [
        (redirect(302, "https://evil.example.com/jwks"), "key-set-redirected"),
        (answer(404, &[], "gone"), "key-set-refused"),
        (answer(200, &[], "<html>keys</html>"), "key-set-unusable"),
        (json(200, r#"{"keys":7}"#), "key-set-malformed"),
        (answer(200, &[], &huge), "answer-too-large"),
    ];
    for (publication, expected) in cases {
        let provider = Provider::start().await;
        provider.publish(publication);
        let error = provider.verified(|claims| signed(&KEY, &claims)).await.unwrap_err();
        assert_eq!((error.code(), error.stage()), (expected, Stage::IdToken), "{error}");
        assert_eq!(error.fault(), Fault::Server);
        assert!(error.hint().is_some());
        assert_eq!(provider.key_requests(), 1);
        // A failure is not kept: the next login asks again.
        provider.publish(jwks(&[&KEY]));
        provider.verified(|claims| signed(&KEY, &claims)).await.unwrap();
    }
}

#[tokio::test]
async fn a_silent_endpoint_ends_in_a_timeout() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let uri = format!("http://{}/jwks", silent.local_addr().unwrap());
    let transport =
        HttpTransport::builder().loopback(LoopbackHttp::Allowed).timeout(Duration::from_millis(300)).build();
    let provider = Provider::with(
        move |address| document(address).replace(&format!("http://{address}/jwks"), &uri),
        |builder| builder.transport(Arc::new(transport)),
    )
    .await;
    let error = provider.verified(|claims| signed(&KEY, &claims)).await.unwrap_err();
    assert_eq!((error.code(), error.stage()), ("timeout", Stage::IdToken));
}

#[tokio::test]
async fn keys_over_http_are_not_fetched() {
    let provider = Provider::with(
        |address| document(address).replace(&format!("http://{address}/jwks"), "http://keys.example.com/"),
        |builder| builder,
    )
    .await;
    let error = provider.verified(|claims| signed(&KEY, &claims)).await.unwrap_err();
    assert_eq!(error.code(), "endpoint-refused");
}

/// Notes which requests are for URLs that the server supplied.
#[derive(Debug)]
struct Marked {
    inner: HttpTransport,
    supplied: Arc<Mutex<Vec<String>>>,
}

impl Transport for Marked {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>, TransportError>> {
        if request.extensions().get::<ServerSupplied>().is_some() {
            self.supplied.lock().unwrap().push(request.uri().path().to_owned());
        }
        self.inner.send(request)
    }
}

fn without_keys(address: std::net::SocketAddr) -> String {
    document(address).replace(&format!(r#""jwks_uri":"http://{address}/jwks","#), "")
}

#[tokio::test]
async fn a_document_without_keys_leads_to_the_issuers_own_and_the_guard_sees_both() {
    let supplied = Arc::new(Mutex::new(Vec::new()));
    let inner = HttpTransport::builder().loopback(LoopbackHttp::Allowed).build();
    let transport = Marked { inner, supplied: Arc::clone(&supplied) };
    let provider = Provider::with(without_keys, |builder| builder.transport(Arc::new(transport))).await;
    provider.verified(|claims| signed(&KEY, &claims)).await.unwrap();
    provider.verified(|claims| signed(&KEY, &claims)).await.unwrap();
    assert_eq!(provider.script.count("/.well-known/openid-configuration"), 1);
    assert_eq!(provider.key_requests(), 1);
    let paths = supplied.lock().unwrap().clone();
    assert!(paths.iter().any(|path| path == "/jwks"), "{paths:?}");
    assert!(paths.iter().any(|path| path == "/.well-known/openid-configuration"), "{paths:?}");
}

#[tokio::test]
async fn the_issuers_own_document_must_be_of_that_issuer() {
    let other = |address: std::net::SocketAddr| {
        without_keys(address)
            .replace(&format!(r#""issuer":"http://{address}""#), &format!(r#""issuer":"http://{address}/""#))
    };
    let provider = Provider::with(other, |builder| builder).await;
    let error = provider.verified(|claims| signed(&KEY, &claims)).await.unwrap_err();
    assert_eq!((error.code(), error.fault()), ("discovery-other-issuer", Fault::Trust));
    assert_eq!(provider.key_requests(), 0);
}

#[tokio::test]
async fn without_an_issuer_nobody_can_have_signed() {
    let nameless = |address: std::net::SocketAddr| {
        document(address).replace(&format!(r#""issuer":"http://{address}","#), "")
    };
    let provider = Provider::with(nameless, |builder| builder).await;
    let error = provider.verified(|claims| signed(&KEY, &claims)).await.unwrap_err();
    assert_eq!((error.code(), error.stage()), ("id-token-no-issuer", Stage::IdToken));
}
