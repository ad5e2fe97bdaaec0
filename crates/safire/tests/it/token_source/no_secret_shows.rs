//! Neither `Debug` nor a log shows a token, whatever happens to it.

use bytes::Bytes;
use http::Request;
use safire::token_source::TokenLayer;
use tower_layer::Layer;

use crate::log_lines;
use crate::token_source::setting::BASE;
use crate::token_source::setting::Instead;
use crate::token_source::setting::Setting;

#[tokio::test]
async fn tc_036_tc_037_nothing_planted_is_seen_anywhere() {
    let (lines, _guard) = log_lines::capture();
    let setting = Setting::new("3600").await;
    let source = setting.logged_in(Some(3600)).await;
    let mut seen = format!("{source:?}");
    // An early renewal that fails, one that is not stored, one that is, and a refusal.
    setting.clock.advance(3600 - 20);
    setting.server.next(Instead::Answer(503, "{}"));
    seen += &format!("{:?}", source.token().await.unwrap());
    setting.clock.advance(20);
    setting.store.fail(1);
    seen += &format!("{:?} {source:?}", source.token().await.unwrap_err());
    seen += &format!("{:?}", source.token().await.unwrap());
    seen += &format!("{:?}", source.held().await.unwrap());
    let request = Request::get(format!("{BASE}/Patient/1")).body(Bytes::new()).unwrap();
    seen += &format!("{:?}", source.authorized(request).await.unwrap());
    seen += &format!("{:?} {source:?}", setting.server.fhir_requests());
    setting.clock.advance(3600);
    setting.server.next(Instead::Answer(400, r#"{"error":"invalid_grant"}"#));
    seen += &format!("{:?} {source:?}", source.token().await.unwrap_err());
    seen += &format!("{:?}", TokenLayer::new(source.clone()).layer(()));
    let log = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    assert!(log.contains("an early renewal failed"), "the log says what happens: {log}");
    for text in [&seen, &log] {
        assert!(!text.contains("planted-"), "{text}");
    }
}
