//! Logins that come to nothing: by a local rule, by the server, or because nobody comes.

use serde_json::json;

use crate::browser::Waiting;
use crate::harness::Home;
use crate::login::SCOPE;
use crate::login::client;
use crate::login::server;
use crate::script::Script;
use crate::script::document;
use crate::script::json as reply;

#[test]
fn without_a_way_back_nobody_is_sent_away() {
    let (script, home) = (server(), Home::new());
    let base = script.base();
    for (redirect, part) in [
        (None, "has no redirect URI"),
        (Some("com.example.app:/callback"), "cannot come back to a command"),
        (Some("https://app.example.com/callback"), "cannot come back to a command"),
        (Some("https://localhost:8443/callback"), "cannot come back to a command"),
    ] {
        let mut args = vec!["registration", "add", &base, "--client-id", "app", "--scope", SCOPE];
        args.extend(redirect.into_iter().flat_map(|uri| ["--redirect-uri", uri]));
        let id = home.json(&args)["id"].as_str().unwrap().to_owned();
        let run = home.local(&["login", &id, "--no-browser", "--json"]);
        let error = run.error();
        assert_eq!((run.code, &error["code"]), (Some(2), &json!("no-loopback-redirect")));
        assert!(error["message"].as_str().unwrap().contains(part), "{error}");
        assert!(error["hint"].as_str().unwrap().contains("http://127.0.0.1/callback"), "{error}");
    }
    assert!(script.asked().is_empty());
}

#[test]
fn a_client_for_itself_alone_logs_nobody_in() {
    let script = Script::start(|method, _, origin| match method {
        "POST" => reply(
            201,
            r#"{"client_id":"c","client_secret":"s-0123456789","grant_types":["client_credentials"],"redirect_uris":["http://127.0.0.1/cb"]}"#,
        ),
        _ => reply(200, document(origin)),
    });
    let home = Home::new();
    let base = script.base();
    home.json(&["register", &base, "--grant-type", "client_credentials", "--scope", "system/*.rs"]);
    let run = home.local(&["login", &base, "--no-browser", "--json"]);
    assert_eq!((run.code, &run.error()["code"]), (Some(2), &json!("grant-not-registered")), "{run:?}");
    assert_eq!(script.posts(), 1);
}

#[test]
fn without_a_scope_nobody_is_sent_away() {
    let (script, home) = (server(), Home::new());
    let base = script.base();
    let add = ["registration", "add", &base, "--client-id", "a", "--redirect-uri", "http://127.0.0.1/cb"];
    home.json(&[&add as &[&str], &["--scope", "system/*.rs"]].concat());
    let run = home.local(&["login", &base, "--no-browser", "--json"]);
    assert_eq!(run.code, Some(2));
    assert!(run.error()["hint"].as_str().unwrap().contains("--scope"), "{run:?}");
}

#[test]
fn the_servers_refusal_is_told_in_the_terminal_and_on_the_page() {
    let (script, home) = (server(), Home::new());
    let id = client(&home, &script.base(), "http://127.0.0.1/callback");
    let login = Waiting::start(&home, &[&id, "--json"]);
    let seen = login.come_back(&[
        ("error", "access_denied"),
        ("error_description", "<script>alert(1)</script> \u{1b}[31m no"),
    ]);
    assert_eq!(seen.status, 303);
    let page = login.last_page();
    assert!(page.status == 400 && page.body.contains("Not logged in"), "{page:?}");
    assert!(page.body.contains("access_denied") && page.body.contains("&lt;script&gt;"), "{page:?}");
    assert!(!page.body.contains("<script") && !page.body.contains('\u{1b}'), "{page:?}");
    let run = login.end();
    let error = run.error();
    assert_eq!(run.code, Some(5));
    assert_eq!(
        (&error["code"], &error["server_error"], &error["fault"]),
        (&json!("authorization-refused"), &json!("access_denied"), &json!("server"))
    );
    assert!(error["server_error_description"].as_str().unwrap().contains("alert(1)"), "{error}");
    assert_eq!(script.posts(), 0);
    assert_eq!(home.json(&["registration", "show", &id])["tokens"], json!([]));
}

#[test]
fn a_callback_of_another_issuer_brings_nothing() {
    let (script, home) = (server(), Home::new());
    let id = client(&home, &script.base(), "http://127.0.0.1/callback");
    let login = Waiting::start(&home, &[&id, "--json"]);
    login.come_back(&[("code", "the-code-4711"), ("iss", "https://evil.example")]);
    assert!(login.last_page().body.contains("Not logged in"));
    let run = login.end();
    assert_eq!((run.code, &run.error()["code"]), (Some(5), &json!("issuer-differs")), "{run:?}");
    assert_eq!(script.posts(), 0, "the code goes nowhere");
}

#[test]
fn a_code_that_is_not_taken_is_told_on_the_page_too() {
    let script = Script::start(|method, _, origin| match method {
        "POST" => reply(400, r#"{"error":"invalid_grant","error_description":"the-code-4711 is spent"}"#),
        _ => reply(200, document(origin)),
    });
    let home = Home::new();
    let id = client(&home, &script.base(), "http://127.0.0.1/callback");
    let login = Waiting::start(&home, &[&id, "--json"]);
    login.come_back(&[("code", "the-code-4711")]);
    let page = login.last_page();
    assert!(page.body.contains("Not logged in") && page.body.contains("invalid_grant"), "{page:?}");
    let run = login.end();
    assert_eq!((run.code, &run.error()["server_error"]), (Some(5), &json!("invalid_grant")));
    for text in [&page.body, &run.stderr] {
        assert!(!text.contains("the-code-4711"), "{text}");
    }
    assert_eq!(home.json(&["registration", "show", &id])["tokens"], json!([]));
}

#[test]
fn nobody_is_waited_for_in_vain() {
    let (script, home) = (server(), Home::new());
    let id = client(&home, &script.base(), "http://127.0.0.1/callback");
    let run = home.local(&["login", &id, "--no-browser", "--wait", "200ms", "--json"]);
    let error = run.error();
    assert_eq!((run.code, &error["code"]), (Some(6), &json!("login-timeout")), "{run:?}");
    assert!(error["hint"].as_str().unwrap().contains("--wait"), "{error}");
    let login = Waiting::start(&home, &[&id, "--wait", "2s", "--json"]);
    login.come_with(&[("code", "a"), ("state", "of-another-login-0123456789")]);
    let run = login.end();
    assert_eq!((run.code, &run.error()["code"]), (Some(5), &json!("state-differs")), "what came is told");
    for wait in ["0s", "soon"] {
        assert_eq!(home.local(&["login", &id, "--wait", wait]).code, Some(2));
    }
}

#[test]
fn a_server_without_a_login_page_is_a_discovery_failure() {
    let script = Script::start(|_, _, origin| {
        reply(200, format!(r#"{{"token_endpoint":"{origin}/token","capabilities":[]}}"#))
    });
    let home = Home::new();
    let id = client(&home, &script.base(), "http://127.0.0.1/callback");
    let run = home.local(&["login", &id, "--no-browser", "--json"]);
    assert_eq!((run.code, &run.error()["code"]), (Some(3), &json!("missing-endpoint")), "{run:?}");
}
