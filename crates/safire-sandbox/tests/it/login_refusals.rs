use safire_sandbox::Sandbox;
use serde_json::json;

use crate::browser::Browser;
use crate::browser::Request;
use crate::browser::STATE;
use crate::browser::app;
use crate::browser::app_id;
use crate::browser::code;
use crate::browser::title;
use crate::browser::told;
use crate::support::register;

#[tokio::test]
async fn without_a_good_redirect_uri_there_is_a_page_and_never_a_redirect() {
    let sandbox = Sandbox::builder().auto_approve("clinician", "example").start().await.unwrap();
    let id = app_id(&sandbox).await;
    let proper = || Request::of(&sandbox, &id);
    let mut doubled = proper();
    doubled.0.push(("redirect_uri".to_owned(), "https://evil.example.com/".to_owned()));
    for request in [
        proper().with("client_id", None),
        proper().with("client_id", Some("<nobody>")),
        proper().with("redirect_uri", None),
        proper().with("redirect_uri", Some("https://evil.example.com/callback?tenant=a")),
        proper().with("redirect_uri", Some("https://app.example.com/callback")),
        proper().with("redirect_uri", Some("https://app.example.com/callback?tenant=a&x=1")),
        proper().with("redirect_uri", Some("com.example.app:/callback2")),
        proper().with("redirect_uri", Some("http://127.0.0.1:8080/other")),
        proper().with("redirect_uri", Some("http://127.0.0.1.evil.example.com/cb")),
        doubled,
    ] {
        let answer = Browser::default().get(&request.url(&sandbox)).await;
        assert_eq!(
            (answer.status, title(&answer).as_str()),
            (400, "This cannot go on"),
            "{}",
            request.encoded()
        );
        assert!(answer.header("location").is_none() && !answer.text().contains("<nobody>"));
    }
}

#[tokio::test]
async fn loopback_ports_are_free_for_native_apps_and_private_schemes_work() {
    let sandbox = Sandbox::builder().auto_approve("clinician", "example").start().await.unwrap();
    let id = app_id(&sandbox).await;
    for uri in ["http://127.0.0.1:49152/cb", "http://127.0.0.1/cb", "com.example.app:/callback"] {
        code(&sandbox, &Request::of(&sandbox, &id).with("redirect_uri", Some(uri))).await;
    }
    let mut confidential = app();
    confidential["token_endpoint_auth_method"] = json!("client_secret_basic");
    for (kind, status) in [("web", 400), ("native", 303)] {
        confidential["application_type"] = json!(kind);
        let registered = register(&sandbox, &confidential).await;
        let request = Request::of(&sandbox, registered["client_id"].as_str().unwrap());
        let request = request.with("redirect_uri", Some("http://127.0.0.1:49152/cb"));
        assert_eq!(Browser::default().get(&request.url(&sandbox)).await.status, status, "{kind}");
    }
}

#[tokio::test]
async fn every_other_fault_of_a_request_goes_back_to_the_app() {
    let sandbox = Sandbox::builder().auto_approve("clinician", "example").start().await.unwrap();
    let id = app_id(&sandbox).await;
    let base = sandbox.fhir_base();
    let long = "x".repeat(43);
    let cases: Vec<(&str, Option<&str>, &str)> = vec![
        ("response_type", None, "invalid_request"),
        ("response_type", Some("token"), "unsupported_response_type"),
        ("aud", None, "invalid_request"),
        ("aud", Some("https://other.example.com/fhir"), "invalid_request"),
        ("aud", Some(base.trim_end_matches("/fhir")), "invalid_request"),
        ("code_challenge", None, "invalid_request"),
        ("code_challenge", Some("short"), "invalid_request"),
        ("code_challenge_method", None, "invalid_request"),
        ("code_challenge_method", Some("plain"), "invalid_request"),
        ("scope", None, "invalid_scope"),
        ("scope", Some("openid patient/*.cruds"), "invalid_scope"),
        ("scope", Some("system/*.rs"), "invalid_scope"),
        ("scope", Some("launch"), "invalid_scope"),
        ("launch", Some("x"), "invalid_scope"),
        ("max_age", Some("-1"), "invalid_request"),
    ];
    for (name, value, error) in cases {
        let told =
            told(&Browser::default().get(&Request::of(&sandbox, &id).with(name, value).url(&sandbox)).await);
        assert_eq!((told["error"].as_str(), told["state"].as_str()), (error, STATE), "{name} {value:?}");
        assert_eq!(told["iss"], sandbox.issuer());
        assert!(!told["error_description"].is_empty());
    }
    let without = Browser::default().get(&Request::of(&sandbox, &id).with("state", None).url(&sandbox)).await;
    assert!(told(&without)["error_description"].contains("state"));
    let mut doubled = Request::of(&sandbox, &id);
    doubled.0.push(("code_challenge".to_owned(), long));
    assert_eq!(told(&Browser::default().get(&doubled.url(&sandbox)).await)["error"], "invalid_request");
    let unknown = Request::of(&sandbox, &id).with("scope", Some("launch openid")).with("launch", Some("x"));
    assert_eq!(told(&Browser::default().get(&unknown.url(&sandbox)).await)["error"], "invalid_request");
    assert_eq!(sandbox.counts().codes_issued, 0);
}

#[tokio::test]
async fn a_client_without_the_grant_gets_no_code() {
    let sandbox = Sandbox::builder().auto_approve("clinician", "example").start().await.unwrap();
    let mut metadata = app();
    metadata["grant_types"] = json!(["client_credentials"]);
    metadata["response_types"] = json!([]);
    metadata["token_endpoint_auth_method"] = json!("client_secret_basic");
    let registered = register(&sandbox, &metadata).await;
    let request = Request::of(&sandbox, registered["client_id"].as_str().unwrap());
    let answer = told(&Browser::default().get(&request.url(&sandbox)).await);
    assert_eq!(answer["error"], "unauthorized_client");
}

#[tokio::test]
async fn t24_the_base_may_be_written_with_a_slash() {
    let sandbox = Sandbox::builder().auto_approve("clinician", "example").start().await.unwrap();
    let id = app_id(&sandbox).await;
    let request = Request::of(&sandbox, &id);
    code(&sandbox, &request.with("aud", Some(&format!("{}/", sandbox.fhir_base())))).await;
}
