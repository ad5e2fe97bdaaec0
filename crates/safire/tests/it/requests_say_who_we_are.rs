//! Every request names the client and what it reads.

use std::sync::Arc;

use safire::protocol::url::LoopbackHttp;
use safire::transport::HttpTransport;

use crate::script::Script;
use crate::script::answer;
use crate::script::document;

#[tokio::test]
async fn tc_034_the_default_user_agent_and_accept() {
    let script = Script::with_document(document, |_, _| answer(404, &[], "")).await;
    script.server().metadata().await.unwrap();
    let asked = script.asked().remove(0);
    assert_eq!(asked.header("accept"), Some("application/json"));
    assert!(asked.header("user-agent").unwrap().starts_with("Safire/"));
}

#[tokio::test]
async fn tc_035_a_configured_user_agent() {
    let script = Script::with_document(document, |_, _| answer(404, &[], "")).await;
    let transport = HttpTransport::builder().loopback(LoopbackHttp::Allowed).user_agent("Ward/1").build();
    script.builder().transport(Arc::new(transport)).build().unwrap().metadata().await.unwrap();
    assert_eq!(script.asked()[0].header("user-agent"), Some("Ward/1"));
}
