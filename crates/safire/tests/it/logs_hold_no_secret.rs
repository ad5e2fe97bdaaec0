//! What is logged at the finest level, and what `Explained` tells, holds no secret.

use std::sync::Arc;
use std::sync::Mutex;

use safire::Server;
use safire::clock::SystemClock;
use safire::protocol::secret::InitialAccessToken;
use safire::protocol::token_endpoints::HeldToken;
use safire::protocol::url::LoopbackHttp;
use safire::transport::Exchange;
use safire::transport::Explained;
use safire::transport::HttpTransport;

use crate::log_lines;
use crate::login::LOGIN_TOKEN;
use crate::login::code;
use crate::script::REGISTERED;
use crate::script::Script;
use crate::script::TOKEN;
use crate::script::document;
use crate::script::json;
use crate::script::metadata;

#[tokio::test]
async fn tc_036_tc_037_td_09_nothing_planted_is_seen_anywhere() {
    let (lines, _guard) = log_lines::capture();
    let script = Script::with_document(document, |asked, _| match asked.path.as_str() {
        "/register" => json(201, REGISTERED),
        "/introspect" => json(200, r#"{"active":true,"username":"A. Person"}"#),
        "/revoke" => json(400, r#"{"error":"invalid_request"}"#),
        _ if asked.body.contains("authorization_code") => json(200, LOGIN_TOKEN),
        _ => json(200, TOKEN),
    })
    .await;
    let told = Arc::new(Mutex::new(String::new()));
    let telling = Arc::clone(&told);
    let listener = move |exchange: &Exchange| telling.lock().unwrap().push_str(&format!("{exchange:?}\n"));
    let inner = HttpTransport::builder().loopback(LoopbackHttp::Allowed).build();
    let explained = Explained::new(Arc::new(inner), Arc::new(SystemClock::new()), Arc::new(listener));
    let server = Server::builder(&script.base())
        .loopback(LoopbackHttp::Allowed)
        .transport(Arc::new(explained))
        .introspection_endpoint(format!("{}/introspect", script.origin()))
        .revocation_endpoint(format!("{}/revoke", script.origin()))
        .build()
        .unwrap();
    let token = InitialAccessToken::new("planted-initial-access-token-0123456789");
    let registered = server.register_client(&metadata()).initial_access_token(&token).await.unwrap();
    let client = server.client(registered.credentials(None).unwrap());
    let token = client.request_backend_token(None).await.unwrap();
    let code = code(&client).await;
    let login = client.request_access_token(&code).await.unwrap();
    let next = client.refresh_token(&login, None).await.unwrap();
    let known = client.introspect(HeldToken::Access(next.access_token.clone())).await.unwrap();
    let refused = client.revoke(HeldToken::Refresh(next.refresh_token.clone().unwrap())).await.unwrap_err();
    let debug = format!(
        "{server:?} {registered:?} {client:?} {token:?} {code:?} {login:?} {next:?} {known:?} {refused:?}"
    );
    let log = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    let told = told.lock().unwrap().clone();
    assert!(log.contains("registration"), "the log says what happens: {log}");
    assert!(
        ["/register", "/token", "/introspect", "/revoke"].iter().all(|path| told.contains(path)),
        "{told}"
    );
    // Who a token is of is no credential: a transcript shows it, a log does not.
    assert!(!debug.contains("A. Person") && !log.contains("A. Person"));
    for text in [&debug, &log, &told] {
        assert!(!text.contains("planted-"), "{text}");
        // base64 of `abc:planted-client-…`
        assert!(!text.contains("YWJjOnBsYW50ZWQ"), "{text}");
    }
}
