//! The JSON line of each failure: last on stderr, every member, stdout empty.

use serde_json::Value;
use serde_json::json;

use crate::harness::Home;
use crate::harness::register;
use crate::script::Script;
use crate::script::document;
use crate::script::json as reply;

#[test]
fn a_command_line_that_cannot_be_read() {
    for args in [
        &["--json"] as &[&str],
        &["--json", "nonsense"],
        &["discover", "--json"],
        &["register", "https://fhir.example.com", "--no-such-option", "--json"],
        &["register", "https://fhir.example.com", "--auth-method", "password", "--json"],
        &["registrations", "-q", "-v", "--json"],
        &["keys", "--json"],
    ] {
        let run = Home::new().run(args);
        assert_eq!(run.code, Some(2), "{args:?}");
        let error = run.error();
        assert_eq!((&error["code"], &error["fault"]), (&json!("usage"), &json!("caller")), "{args:?}");
        assert!(error["hint"].is_string(), "{args:?}");
        assert_eq!(error["retryable"], false);
    }
}

#[test]
fn people_read_the_same_with_a_hint() {
    let run = Home::new().run(&["discover"]);
    assert_eq!(run.code, Some(2));
    assert!(run.stderr.starts_with("error: ") && run.stderr.contains("\nhint: "), "{run:?}");
    let run = Home::new().run(&["discover", "not a url"]);
    assert!(run.stderr.starts_with("error: ") && run.stderr.contains("\nhint: "), "{run:?}");
}

#[test]
fn a_missing_subcommand_is_said_to_be_missing() {
    for group in ["registration", "keys"] {
        let run = Home::new().run(&[group]);
        assert_eq!(run.code, Some(2));
        assert_eq!(
            run.stderr,
            format!("error: a subcommand is missing\nhint: `safire {group} --help` tells what it takes\n")
        );
    }
}

#[test]
fn a_stray_word_may_be_a_secret_and_is_not_repeated() {
    for more in [&[] as &[&str], &["--json"]] {
        let args = [
            &["register", "https://fhir.example.com", "--authorization", "Bearer", "planted-stray-9"]
                as &[&str],
            more,
        ]
        .concat();
        let run = Home::new().run(&args);
        assert_eq!(run.code, Some(2));
        assert!(!run.stderr.contains("planted-stray-9"), "{run:?}");
        assert!(run.stderr.contains("quote"), "{run:?}");
    }
}

#[test]
fn what_the_server_says_is_in_members_of_its_own() {
    let script = Script::start(|method, _, origin| match method {
        "POST" => reply(
            400,
            r#"{"error":"invalid_redirect_uri","error_description":"not that one","error_uri":"https://docs.example.com/e"}"#,
        ),
        _ => reply(200, document(origin)),
    });
    let home = Home::new();
    let base = script.base();
    let run = home.local(&register(&base, &["--json"]));
    assert_eq!(run.code, Some(4));
    let error = run.error();
    assert_eq!(error["status"], 400);
    assert_eq!(error["server_error"], "invalid_redirect_uri");
    assert_eq!(error["server_error_description"], "not that one");
    assert_eq!(error["server_error_uri"], "https://docs.example.com/e");
    assert_eq!(error["endpoint"], format!("{}/register", script.origin));
    assert_eq!((&error["fault"], &error["retryable"]), (&json!("server"), &json!(false)));
    assert!(error["id"].is_string());
    assert_eq!(home.registrations()[0]["state"], "refused");
}

#[test]
fn unknown_members_are_null() {
    let error = Home::new().run(&["registration", "show", "https://fhir.example.com", "--json"]).error();
    for name in ["endpoint", "status", "server_error", "server_error_description", "server_error_uri", "id"] {
        assert_eq!(error[name], Value::Null, "{name}");
    }
}

#[test]
fn an_endpoint_that_the_document_lacks_is_the_servers_fault() {
    let cases = [
        ("lacks", "{\"token_endpoint\":\"https://auth.example.com/token\"}", &[] as &[&str]),
        ("is http", "{\"registration_endpoint\":\"http://auth.example.com/register\"}", &[]),
        (
            "is not pinned",
            "{\"registration_endpoint\":\"https://auth.example.com/register\"}",
            &["--auth-host", "other.example.com"],
        ),
    ];
    for (name, document, more) in cases {
        let script = Script::start(move |_, _, _| reply(200, document));
        let home = Home::new();
        let base = script.base();
        let run = home.local(&register(&base, &[more, &["--json"]].concat()));
        assert_eq!(run.code, Some(3), "{name}: {run:?}");
        let error = run.error();
        assert_eq!(error["fault"], "server", "{name}");
        assert!(error["message"].as_str().unwrap().contains("registration_endpoint"), "{name}: {error}");
        assert!(error["hint"].is_string(), "{name}");
        assert!(home.files().is_empty(), "{name}: no store is made");
        assert_eq!(script.posts(), 0);
    }
}
