//! A GET is repeated where that may help; a POST never is.

use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;

use crate::script::Script;
use crate::script::answer;
use crate::script::document;
use crate::script::json;
use crate::script::metadata;
use crate::tokens::secret_credentials;

#[tokio::test]
async fn retry_after_is_honoured_for_a_get() {
    let tried = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&tried);
    let script = Script::start(move |_, address| {
        if counter.fetch_add(1, Ordering::Relaxed) == 0 {
            answer(429, &["retry-after: 0"], "")
        } else {
            json(200, &document(address))
        }
    })
    .await;
    script.server().metadata().await.unwrap();
    assert_eq!(tried.load(Ordering::Relaxed), 2);
}

#[tokio::test]
async fn a_long_retry_after_is_told_not_waited_for() {
    let script = Script::start(|_, _| answer(503, &["retry-after: 3600"], "")).await;
    let error = script.server().metadata().await.unwrap_err();
    assert_eq!(script.asked().len(), 1);
    let answer = safire::protocol::fault::Diagnose::server_answer(&error).unwrap();
    assert_eq!(answer.retry_after, Some(3600));
}

#[tokio::test]
async fn a_post_is_never_repeated() {
    let script = Script::with_document(document, |_, _| answer(503, &["retry-after: 0"], "")).await;
    let server = script.server();
    server.register_client(&metadata()).await.unwrap_err();
    server.client(secret_credentials()).request_backend_token(None).await.unwrap_err();
    assert_eq!(script.count("/register"), 1);
    assert_eq!(script.count("/token"), 1);
}
