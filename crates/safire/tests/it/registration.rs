//! Registering: where it is sent, with what, and what comes of the answer.

use safire::Error;
use safire::error::Stage;
use safire::protocol::credentials::AuthMethod;
use safire::protocol::fault::Diagnose;
use safire::protocol::registration::ClientMetadata;
use safire::protocol::secret::AuthorizationHeader;
use safire_sandbox::Sandbox;

use crate::script::REGISTERED;
use crate::script::Script;
use crate::script::answer;
use crate::script::document;
use crate::script::json;
use crate::script::metadata;

async fn answering(status: u16, body: &'static str) -> Script {
    Script::with_document(document, move |_, _| json(status, body)).await
}

async fn failing(status: u16, body: &'static str) -> Error {
    let script = answering(status, body).await;
    let error = script.server().register_client(&metadata()).await.unwrap_err();
    assert_eq!(error.stage(), Stage::Registration, "{error:?}");
    error
}

#[tokio::test]
async fn tc_109_tc_110_a_given_endpoint_needs_no_discovery() {
    let script = answering(201, REGISTERED).await;
    let server = script.server();
    let registered = server
        .register_client(&metadata())
        .registration_endpoint(format!("{}/elsewhere", script.origin()))
        .await
        .unwrap();
    assert_eq!(registered.registration.client_id().as_str(), "abc");
    let asked = script.asked();
    assert_eq!(asked.len(), 1);
    assert_eq!((&*asked[0].method, &*asked[0].path), ("POST", "/elsewhere"));
    assert_eq!(asked[0].header("content-type"), Some("application/json"));
    let sent: serde_json::Value = serde_json::from_str(&asked[0].body).unwrap();
    assert_eq!(sent, serde_json::Value::Object(metadata().to_json()));
}

#[tokio::test]
async fn tc_111_the_endpoint_comes_from_the_document() {
    let script = answering(201, REGISTERED).await;
    script.server().register_client(&metadata()).await.unwrap();
    assert_eq!(script.count("/register"), 1);
}

#[tokio::test]
async fn tc_112_no_endpoint_anywhere_says_what_to_do() {
    let script = Script::with_document(
        |address| document(address).replace("registration_endpoint", "no_endpoint"),
        |_, _| json(201, REGISTERED),
    )
    .await;
    let error = script.server().register_client(&metadata()).await.unwrap_err();
    assert_eq!(error.stage(), Stage::Discovery);
    assert!(error.to_string().contains("registration_endpoint"), "{error}");
    assert!(error.hint().is_some());
    assert_eq!(script.asked().len(), 1);
}

#[tokio::test]
async fn tc_113_the_authorization_value_is_sent_verbatim_or_not_at_all() {
    let script = answering(201, REGISTERED).await;
    let server = script.server();
    let value = AuthorizationHeader::new("Custom planted-value==");
    server.register_client(&metadata()).authorization(value).await.unwrap();
    server.register_client(&metadata()).await.unwrap();
    let sent: Vec<Option<String>> =
        script.asked().iter().map(|asked| asked.header("authorization").map(str::to_owned)).collect();
    assert_eq!(sent, [None, Some("Custom planted-value==".to_owned()), None]);
}

#[tokio::test]
async fn h_24_a_line_break_in_the_authorization_value_is_an_error_before_anything_is_sent() {
    let script = answering(201, REGISTERED).await;
    let value = AuthorizationHeader::new("Bearer a\r\nx-evil: planted");
    let error = script
        .server()
        .register_client(&metadata())
        .registration_endpoint(format!("{}/register", script.origin()))
        .authorization(value)
        .await
        .unwrap_err();
    assert!(!format!("{error} {error:?}").contains("planted"), "{error:?}");
    assert!(script.asked().is_empty());
}

#[tokio::test]
async fn tc_114_an_endpoint_that_is_not_https_gets_nothing() {
    let script = answering(201, REGISTERED).await;
    for endpoint in ["http://auth.example.com/register", "not-a-uri"] {
        let server = script.server();
        let error = server.register_client(&metadata()).registration_endpoint(endpoint).await.unwrap_err();
        assert_eq!(error.stage(), Stage::Setup, "{error:?}");
        assert!(error.to_string().contains("registration_endpoint"), "{error}");
    }
    assert!(script.asked().is_empty());
    let script = Script::with_document(
        |address| {
            document(address)
                .replace(&format!("http://{address}/register"), "http://auth.example.com/register")
        },
        |_, _| json(201, REGISTERED),
    )
    .await;
    let error = script.server().register_client(&metadata()).await.unwrap_err();
    assert_eq!(error.stage(), Stage::Discovery, "{error:?}");
    assert_eq!(script.asked().len(), 1, "only the document was asked for");
}

#[tokio::test]
async fn tc_115_loopback_http_needs_the_opt_in() {
    let script = answering(201, REGISTERED).await;
    let endpoint = format!("{}/register", script.origin());
    let strict = safire::Server::new("https://fhir.example.com").unwrap();
    let error = strict.register_client(&metadata()).registration_endpoint(&endpoint).await.unwrap_err();
    assert_eq!(error.stage(), Stage::Setup, "{error:?}");
    assert!(script.asked().is_empty());
    script.server().register_client(&metadata()).registration_endpoint(&endpoint).await.unwrap();
}

#[tokio::test]
async fn tc_116_a_refusal_carries_status_code_and_description() {
    let error = failing(400, r#"{"error":"invalid_redirect_uri","error_description":"not that one"}"#).await;
    let answer = error.server_answer().unwrap();
    assert_eq!(answer.status, 400);
    assert_eq!(answer.error.as_deref(), Some("invalid_redirect_uri"));
    assert_eq!(answer.error_description.as_deref(), Some("not that one"));
}

#[tokio::test]
async fn tc_117_an_answer_without_client_id_names_its_members_only() {
    let error = failing(201, r#"{"client_secret":"planted-secret-value","other":1}"#).await;
    let text = format!("{error} {error:?}");
    assert!(error.to_string().contains("client_secret"), "{error}");
    assert!(!text.contains("planted-secret-value"), "{text}");
}

#[tokio::test]
async fn tc_118_an_unusable_client_id_is_described() {
    for body in
        [r#"{"client_id":null}"#, r#"{"client_id":"  "}"#, r#"{"client_id":["a"]}"#, r#"{"client_id":{}}"#]
    {
        let error = failing(201, body).await;
        assert!(error.to_string().contains("client_id"), "{body}: {error}");
    }
    // A number is accepted with its digits: the field sends them.
    let script = answering(201, r#"{"client_id":123}"#).await;
    let registered = script.server().register_client(&metadata()).await.unwrap();
    assert_eq!(registered.registration.client_id().as_str(), "123");
}

#[tokio::test]
async fn tc_119_td_05_an_answer_that_is_no_object_is_an_error() {
    for body in ["[]", "{oops", "", "\"text\""] {
        let error = failing(200, body).await;
        assert!(matches!(error, Error::Registration(_)), "{body}: {error:?}");
    }
}

#[tokio::test]
async fn tc_120_a_bad_gateway_has_a_status_and_no_code() {
    let script = Script::with_document(document, |_, _| {
        answer(502, &["content-type: text/html"], "<html><title>Bad Gateway</title></html>")
    })
    .await;
    let error = script.server().register_client(&metadata()).await.unwrap_err();
    let answer = error.server_answer().unwrap();
    assert_eq!((answer.status, answer.error.as_deref()), (502, None));
    assert_eq!(answer.excerpt.as_deref(), Some("Bad Gateway"));
}

#[tokio::test]
async fn t8_strict_fails_on_differences_after_the_answer_is_there() {
    let sandbox = Sandbox::builder().fault("register:fewer-scopes").start().await.unwrap();
    let server = safire::Server::builder(&sandbox.fhir_base())
        .loopback(safire::protocol::url::LoopbackHttp::Allowed)
        .build()
        .unwrap();
    let metadata = ClientMetadata::new()
        .client_name("Strict")
        .grant_types(["client_credentials"])
        .token_endpoint_auth_method(AuthMethod::ClientSecretBasic)
        .scope("system/Patient.rs system/Observation.rs");
    let registered = server.register_client(&metadata).await.unwrap();
    assert!(registered.registration.differences().iter().any(|difference| difference.member == "scope"));
    let error = server.register_client(&metadata).strict().await.unwrap_err();
    assert!(matches!(error, Error::Strict { .. }), "{error:?}");
    assert!(error.to_string().contains("scope"), "{error}");
}

#[tokio::test]
async fn a_pinned_host_refuses_a_foreign_endpoint() {
    let script = Script::with_document(
        |address| {
            document(address)
                .replace(&format!("http://{address}/register"), "https://evil.example.com/register")
        },
        |_, _| json(201, REGISTERED),
    )
    .await;
    let server = script.builder().auth_hosts(["auth.example.com".to_owned()]).build().unwrap();
    let error = server.register_client(&metadata()).await.unwrap_err();
    assert_eq!(error.stage(), Stage::Discovery, "{error:?}");
    assert!(error.to_string().contains("evil.example.com"), "{error}");
}
