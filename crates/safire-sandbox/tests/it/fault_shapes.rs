use std::time::Duration;

use safire_sandbox::Sandbox;
use serde_json::Value;
use serde_json::json;

use crate::support::Answer;
use crate::support::backend;
use crate::support::builder;
use crate::support::client;
use crate::support::post_json;
use crate::support::public;
use crate::support::read;
use crate::support::register;
use crate::support::token_by_secret;

/// Discovery, registration and the token endpoint, one after the other, with a fault on.
async fn strike(sandbox: &Sandbox, fault: &str) -> Vec<Result<Answer, reqwest::Error>> {
    sandbox.clear_faults();
    let registered = register(sandbox, &backend("client_secret_basic")).await;
    sandbox.set_fault(fault).unwrap();
    let discovery =
        read(client().get(format!("{}/.well-known/smart-configuration", sandbox.fhir_base()))).await;
    let request = client().post(sandbox.registration_endpoint()).header("content-type", "application/json");
    let registration = read(request.body(public().to_string())).await;
    let header = crate::support::basic(
        registered["client_id"].as_str().unwrap(),
        registered["client_secret"].as_str().unwrap(),
    );
    let request = crate::support::form(&sandbox.token_endpoint(), &[("grant_type", "client_credentials")]);
    let token = read(request.header("authorization", header)).await;
    vec![discovery, registration, token]
}

#[tokio::test]
async fn each_fault_of_status_or_form_has_its_shape_everywhere() {
    let sandbox = Sandbox::start().await.unwrap();
    let parses = |a: &Answer| serde_json::from_slice::<Value>(&a.body).is_ok();
    type Shape<'a> = Box<dyn Fn(&Answer) -> bool + 'a>;
    let cases: Vec<(&str, Shape<'_>)> = vec![
        (
            "redirect",
            Box::new(|a| a.status == 302 && a.header("location").unwrap().starts_with(&sandbox.issuer())),
        ),
        ("redirect-loop", Box::new(|a| a.status == 302 && a.header("location").is_some())),
        (
            "redirect-http",
            Box::new(|a| a.header("location").unwrap().starts_with("http://downgrade.invalid/")),
        ),
        (
            "redirect-away=https://x.example/y",
            Box::new(|a| a.status == 307 && a.header("location") == Some("https://x.example/y")),
        ),
        ("no-location", Box::new(|a| a.status == 302 && a.header("location").is_none())),
        ("bad-location", Box::new(|a| a.status == 302 && a.header("location") == Some("http://[::bad"))),
        ("html-error", Box::new(|a| a.status == 502 && a.text().contains("<title>502 Bad Gateway</title>"))),
        ("empty-500", Box::new(|a| a.status == 500 && a.body.is_empty())),
        (
            "forbidden-json",
            Box::new(|a| {
                a.status == 403
                    && a.text() == "Forbidden"
                    && a.header("content-type") == Some("application/json")
            }),
        ),
        ("unauthorized", Box::new(|a| a.status == 401 && a.header("www-authenticate").is_some())),
        ("not-found", Box::new(|a| a.status == 404)),
        ("gone", Box::new(|a| a.status == 410)),
        ("no-content", Box::new(|a| a.status == 204 && a.body.is_empty())),
        ("wrong-type", Box::new(|a| parses(a) && a.header("content-type") == Some("text/html"))),
        ("text-plain", Box::new(|a| parses(a) && a.header("content-type") == Some("text/plain"))),
        ("no-type", Box::new(|a| parses(a) && a.header("content-type").is_none())),
        ("bom", Box::new(|a| a.body.starts_with(b"\xEF\xBB\xBF{") && a.status < 300)),
        ("bad-utf8", Box::new(|a| std::str::from_utf8(&a.body).is_err())),
        ("nan", Box::new(|a| a.text().contains(":NaN") && !parses(a))),
        ("duplicate-members", Box::new(|a| parses(a) && a.text().contains("first"))),
        ("broken-json", Box::new(|a| a.text() == "{oops")),
        ("json-array", Box::new(|a| a.json() == json!([]))),
        ("json-scalar", Box::new(|a| a.json().is_string())),
        ("empty-200", Box::new(|a| a.status == 200 && a.body.is_empty())),
        ("error-200", Box::new(|a| a.status == 200 && a.json()["error"].is_string())),
        ("deep", Box::new(|a| a.body.len() == 200_000 && a.body.starts_with(b"[[["))),
        ("slow=1ms", Box::new(|a| parses(a) && a.status < 300)),
    ];
    for (fault, shape) in &cases {
        for answer in strike(&sandbox, fault).await {
            let answer = answer.unwrap();
            assert!(shape(&answer), "{fault}: {} {}", answer.status, answer.text());
        }
    }
}

#[tokio::test]
async fn connections_that_break_break_everywhere_and_the_sandbox_goes_on() {
    let sandbox = Sandbox::start().await.unwrap();
    for fault in ["cut", "close", "big-header"] {
        for answer in strike(&sandbox, fault).await {
            assert!(answer.is_err(), "{fault}");
        }
    }
    sandbox.clear_faults();
    register(&sandbox, &public()).await;
}

#[tokio::test]
async fn a_cut_registration_was_issued_and_a_closed_one_was_not() {
    let sandbox = Sandbox::builder().fault("register:cut").start().await.unwrap();
    let send = || {
        read(
            client()
                .post(sandbox.registration_endpoint())
                .header("content-type", "application/json")
                .body(public().to_string()),
        )
    };
    assert!(send().await.is_err());
    assert_eq!(sandbox.clients().len(), 1);
    sandbox.set_fault("register:close").unwrap();
    assert!(send().await.is_err());
    assert_eq!((sandbox.clients().len(), sandbox.counts().register), (1, 2));
}

#[tokio::test]
async fn a_huge_body_and_a_bomb_are_as_large_as_they_say() {
    let sandbox = Sandbox::builder().fault("discovery:huge").start().await.unwrap();
    let url = format!("{}/.well-known/smart-configuration", sandbox.fhir_base());
    assert_eq!(read(client().get(&url)).await.unwrap().body.len(), 100_000_000);
    sandbox.set_fault("discovery:gzip-bomb").unwrap();
    assert_eq!(read(client().get(&url)).await.unwrap().body.len(), 100_000_000);
    let packed = builder().no_gzip().build().unwrap();
    assert!(read(packed.get(&url)).await.unwrap().body.len() < 200_000);
}

#[tokio::test]
async fn slow_and_endless_outlast_any_timeout() {
    let sandbox = Sandbox::start().await.unwrap();
    let hasty = builder().timeout(Duration::from_millis(300)).build().unwrap();
    for fault in ["discovery:slow", "discovery:endless"] {
        sandbox.set_fault(fault).unwrap();
        let answer =
            read(hasty.get(format!("{}/.well-known/smart-configuration", sandbox.fhir_base()))).await;
        assert!(answer.err().is_some_and(|error| error.is_timeout() || error.is_body()), "{fault}");
    }
}

#[tokio::test]
async fn the_rate_limit_lets_the_second_request_pass() {
    let sandbox = Sandbox::builder().fault("register:rate-limit").start().await.unwrap();
    let first = post_json(&sandbox.registration_endpoint(), &public()).await;
    assert_eq!((first.status, first.header("retry-after")), (429, Some("1")));
    assert_eq!(post_json(&sandbox.registration_endpoint(), &public()).await.status, 201);
}

#[tokio::test]
async fn each_token_fault_has_its_shape() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = register(&sandbox, &backend("client_secret_basic")).await;
    type Shape = fn(&Value) -> bool;
    let cases: [(&str, u16, Shape); 18] = [
        ("string-expires", 200, |b| b["expires_in"] == "3600"),
        ("float-expires", 200, |b| b["expires_in"].is_f64()),
        ("no-expires", 200, |b| b.get("expires_in").is_none()),
        ("negative-expires", 200, |b| b["expires_in"] == -60),
        ("huge-expires", 200, |b| b["expires_in"] == 1_000_000_000_000_u64),
        ("bearer-lower", 200, |b| b["token_type"] == "bearer"),
        ("bearer-upper", 200, |b| b["token_type"] == "BEARER"),
        ("mac-type", 200, |b| b["token_type"] == "mac"),
        ("no-token-type", 200, |b| b.get("token_type").is_none()),
        ("no-scope", 200, |b| b.get("scope").is_none()),
        ("no-access-token", 200, |b| b.get("access_token").is_none()),
        ("with-refresh-token", 200, |b| b["refresh_token"].is_string()),
        ("error-uri", 401, |b| b["error_uri"].is_string() && b.get("error_description").is_none()),
        ("athena-error", 400, |b| b["statusmessage"] == "invalid_client"),
        ("operation-outcome", 400, |b| b["resourceType"] == "OperationOutcome"),
        ("invalid-client", 401, |b| *b == json!({"error": "invalid_client"})),
        ("invalid-client-400", 400, |b| *b == json!({"error": "invalid_client"})),
        ("null-description", 400, |b| b.get("error_description") == Some(&Value::Null)),
    ];
    for (fault, status, shape) in cases {
        sandbox.set_fault(&format!("token:{fault}")).unwrap();
        let answer = token_by_secret(&sandbox, &client).await;
        assert_eq!(answer.status, status, "{fault}");
        assert!(shape(&answer.json()), "{fault}: {}", answer.text());
    }
}
