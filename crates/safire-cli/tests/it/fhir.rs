//! `safire fhir`.

use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;

use serde_json::json;

use crate::browser::Waiting;
use crate::harness::Home;
use crate::login::SCOPE;
use crate::login::client;
use crate::script::Reply;
use crate::script::Script;
use crate::script::document;
use crate::script::json as reply;

const PATIENT: &str = "{\n  \"resourceType\": \"Patient\",\n  \"id\": \"p1\"\n}";
const OUTCOME: &str = r#"{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"not-found","diagnostics":"Patient p9 is not known"}]}"#;

/// A FHIR server that says 401 so many times first.
fn server(refusals: usize) -> Script {
    let (asked, given) = (AtomicUsize::new(0), AtomicUsize::new(0));
    Script::reading(move |method, path, origin, _| match (method, path) {
        (_, path) if path.contains("well-known") => reply(200, document(origin)),
        ("POST", "/token") => {
            let number = given.fetch_add(1, Ordering::SeqCst);
            let token = json!({
                "access_token": format!("access-token-{number}"), "expires_in": 3600, "scope": SCOPE,
                "refresh_token": format!("refresh-token-{number}"), "token_type": "Bearer",
            });
            reply(200, token.to_string())
        }
        _ if asked.fetch_add(1, Ordering::SeqCst) < refusals => reply(401, "{}"),
        ("GET", "/fhir/Patient/p1") => Reply::Body(200, "application/fhir+json", PATIENT.to_owned()),
        ("GET", "/fhir/metadata.xml") => Reply::Body(200, "application/fhir+xml", "<a/>".to_owned()),
        ("POST", "/fhir/Observation") => reply(201, r#"{"resourceType":"Observation","id":"o1"}"#),
        ("DELETE", "/fhir/Patient/p1") => Reply::Body(204, "", String::new()),
        ("GET", "/fhir/moved") => Reply::Redirect("http://127.0.0.1:9/fhir/Patient/p1".to_owned()),
        _ => Reply::Body(404, "application/fhir+json", OUTCOME.to_owned()),
    })
}

fn logged_in(script: &Script, home: &Home) -> String {
    let id = client(home, &script.base(), "http://127.0.0.1/callback");
    Waiting::start(home, &[&id, "--json"]).log_in().json();
    id
}

#[test]
fn the_body_comes_as_it_is() {
    let (script, home) = (server(0), Home::new());
    let id = logged_in(&script, &home);
    let run = home.local(&["fhir", &id, "get", "Patient/p1"]);
    assert_eq!((run.code, run.stdout.as_str()), (Some(0), PATIENT), "{run:?}");
    let absolute = format!("{}/Patient/p1", script.base());
    assert_eq!(home.json(&["fhir", &id, "GET", &absolute])["id"], "p1");
    let run = home.local(&["fhir", &id, "GET", "metadata.xml", "--accept", "application/fhir+xml"]);
    assert_eq!(run.stdout, "<a/>");
    assert_eq!(
        home.json(&["fhir", &id, "GET", "metadata.xml"]),
        json!({"status": 200, "content_type": "application/fhir+xml", "body": "<a/>"})
    );
    assert_eq!(home.json(&["fhir", &id, "DELETE", "Patient/p1"])["body"], json!(null));
    assert!(script.authorizations().iter().all(|value| value == "Bearer access-token-0"));
}

#[test]
fn a_file_is_sent() {
    let (script, home) = (server(0), Home::new());
    let id = logged_in(&script, &home);
    let file = home.file("o.json", r#"{"resourceType":"Observation"}"#);
    assert_eq!(home.json(&["fhir", &id, "POST", "Observation", "--data", &file])["id"], "o1");
    assert_eq!(script.bodies("/fhir/Observation"), [r#"{"resourceType":"Observation"}"#]);
    assert_eq!(home.local(&["fhir", &id, "GET", "Patient/p1", "--data", &file]).code, Some(2));
    let large = home.file("large.json", format!("\"{}\"", "x".repeat(3 * 1024 * 1024)));
    assert_eq!(home.local(&["fhir", &id, "POST", "Observation", "--data", &large]).code, Some(0));
}

#[test]
fn a_refused_token_is_renewed_once() {
    let (script, home) = (server(1), Home::new());
    let id = logged_in(&script, &home);
    assert_eq!(home.json(&["fhir", &id, "GET", "Patient/p1"])["id"], "p1");
    assert_eq!(script.authorizations(), ["Bearer access-token-0", "Bearer access-token-1"]);
    assert_eq!(home.json(&["token", &id])["access_token"], "access-token-1", "it is kept");

    let (script, home) = (server(usize::MAX), Home::new());
    let id = logged_in(&script, &home);
    let run = home.local(&["fhir", &id, "GET", "Patient/p1", "--json"]);
    let error = run.error();
    assert_eq!((run.code, &error["code"], &error["status"]), (Some(5), &json!("fhir-refused"), &json!(401)));
    assert!(error["hint"].as_str().unwrap().contains("safire introspect"), "{error}");
    assert_eq!(script.authorizations().len(), 2, "never a third time");
}

#[test]
fn what_the_server_says_of_a_failure_is_told() {
    let (script, home) = (server(0), Home::new());
    let id = logged_in(&script, &home);
    let run = home.local(&["fhir", &id, "GET", "Patient/p9?_secret=x", "--json"]);
    let error = run.error();
    assert_eq!((run.code, &error["status"], &error["fault"]), (Some(5), &json!(404), &json!("server")));
    assert!(error["message"].as_str().unwrap().contains("Patient p9 is not known"), "{error}");
    assert_eq!(error["endpoint"], format!("{}/Patient/p9", script.base()));
    let moved = home.local(&["fhir", &id, "GET", "moved", "--json"]);
    assert_eq!((moved.code, &moved.error()["status"]), (Some(5), &json!(302)), "{moved:?}");
}

#[test]
fn the_token_goes_below_the_base_and_nowhere_else() {
    let (script, home) = (server(0), Home::new());
    let id = logged_in(&script, &home);
    let before = script.asked().len();
    let out = [
        "../token".to_owned(),
        "Patient/%2e%2e/%2e%2e/token".to_owned(),
        format!("{}/token", script.origin),
        "https://evil.example/fhir/Patient/p1".to_owned(),
        format!("{}evil/Patient", script.base()),
        "//evil.example/Patient".to_owned(),
    ];
    for path in out {
        let run = home.local(&["fhir", &id, "GET", &path, "--json"]);
        assert_eq!((run.code, &run.error()["code"]), (Some(2), &json!("path-not-below-base")), "{path}");
    }
    assert_eq!(script.asked().len(), before, "nothing was sent");
}

#[test]
fn a_backend_service_reads_too() {
    let (script, home) = (server(1), Home::new());
    let secret = home.file("secret", "s-0123456789");
    let base = script.base();
    home.json(&["registration", "add", &base, "--client-id", "b", "--secret-file", &secret]);
    assert_eq!(home.json(&["fhir", &base, "GET", "Patient/p1"])["id"], "p1");
    assert_eq!(script.bodies("/token").len(), 2, "one, and one more after the 401");
    assert_eq!(home.json(&["token", &base])["access_token"], "access-token-1");
}
