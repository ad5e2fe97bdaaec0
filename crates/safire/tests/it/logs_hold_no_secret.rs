//! What is logged at the finest level, and what `Explained` tells, holds no secret.

use std::io;
use std::sync::Arc;
use std::sync::Mutex;

use safire::Server;
use safire::clock::SystemClock;
use safire::protocol::secret::InitialAccessToken;
use safire::protocol::url::LoopbackHttp;
use safire::transport::Exchange;
use safire::transport::Explained;
use safire::transport::HttpTransport;
use tracing_subscriber::fmt::MakeWriter;

use crate::script::REGISTERED;
use crate::script::Script;
use crate::script::TOKEN;
use crate::script::document;
use crate::script::json;
use crate::script::metadata;

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn tc_036_tc_037_td_09_nothing_planted_is_seen_anywhere() {
    let lines = Lines::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_writer(lines.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let script = Script::with_document(document, |asked, _| {
        if asked.path == "/register" { json(201, REGISTERED) } else { json(200, TOKEN) }
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
        .build()
        .unwrap();
    let token = InitialAccessToken::new("planted-initial-access-token-0123456789");
    let registered = server.register_client(&metadata()).initial_access_token(&token).await.unwrap();
    let client = server.client(registered.credentials(None).unwrap());
    let token = client.request_backend_token(None).await.unwrap();
    let debug = format!("{server:?} {registered:?} {client:?} {token:?}");
    let log = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    let told = told.lock().unwrap().clone();
    assert!(log.contains("registration"), "the log says what happens: {log}");
    assert!(told.contains("/register") && told.contains("/token"), "{told}");
    for text in [&debug, &log, &told] {
        assert!(!text.contains("planted-"), "{text}");
        // base64 of `abc:planted-client-…`
        assert!(!text.contains("YWJjOnBsYW50ZWQ"), "{text}");
    }
}
