//! `safire registrations`, `registration show` and `registration forget`.

use serde_json::Value;
use serde_json::json;

use crate::harness::Home;
use crate::harness::LiveSandbox;
use crate::harness::register;
use crate::script::Reply;
use crate::script::Script;
use crate::script::document;
use crate::script::json as reply;

#[test]
fn a_store_that_does_not_exist_holds_nothing_and_is_not_made() {
    let home = Home::new();
    assert_eq!(home.json(&["registrations"]), json!([]));
    for command in [["registration", "show"], ["registration", "forget"]] {
        let run = home.run(&[&command as &[&str], &["rabcdefghijklmno", "--json"]].concat());
        assert_eq!(run.code, Some(2));
        assert_eq!(run.error()["code"], "registration-unknown");
    }
    assert_eq!(home.run(&["token", "https://fhir.example.com"]).code, Some(2));
    assert!(home.files().is_empty());
}

#[test]
fn the_list_has_the_members_of_the_contract() {
    let live = LiveSandbox::start();
    let home = Home::new();
    let base = live.base();
    let made = home.json(&register(&base, &[]));
    let list = home.registrations();
    assert_eq!(list.len(), 1);
    for (name, value) in [
        ("id", &made["id"]),
        ("base_url", &json!(base)),
        ("protocol", &json!("smart")),
        ("client_id", &made["client_id"]),
        ("client_name", &json!("Test")),
        ("state", &json!("registered")),
    ] {
        assert_eq!(&list[0][name], value, "{name}");
    }
    assert!(list[0]["created_at"].is_i64());
    let table = home.run(&["registrations"]);
    assert!(table.stdout.starts_with("ID "), "{}", table.stdout);
    assert!(table.stdout.contains("registered"));
}

#[test]
fn a_long_client_id_does_not_break_the_table() {
    let home = Home::new();
    let long = "x".repeat(2000);
    let name = "line one\nline two\u{1b}[31m";
    home.json(&[
        "registration",
        "add",
        "https://fhir.example.com",
        "--client-id",
        &long,
        "--client-name",
        name,
    ]);
    let table = home.run(&["registrations"]).stdout;
    assert!(table.lines().all(|line| line.chars().count() < 200), "{table}");
    assert!(table.contains('…') && !table.contains('\u{1b}'), "{table}");
    assert_eq!(home.registrations()[0]["client_id"], long);
}

#[test]
fn show_is_the_whole_record() {
    let live = LiveSandbox::start();
    let home = Home::new();
    let base = live.base();
    let made = home.json(&register(
        &base,
        &["--auth-method", "client_secret_basic", "--token-endpoint", &live.sandbox.token_endpoint()],
    ));
    let id = made["id"].as_str().unwrap();
    for name in [id, &base, &format!("{base}/")] {
        let shown = home.json(&["registration", "show", name]);
        for (member, value) in made.as_object().unwrap() {
            if !["existing"].contains(&member.as_str()) {
                assert_eq!(&shown[member], value, "{member}");
            }
        }
        assert_eq!(shown["settings"]["token_endpoint"], live.sandbox.token_endpoint());
        assert!(shown["created_at"].is_i64());
    }
    let open = home.json(&["registration", "show", id, "--show-secrets"]);
    assert_ne!(open["client_secret"], "[redacted]");
    let people = home.run(&["registration", "show", id]);
    assert!(people.stdout.contains("[redacted]"), "{}", people.stdout);
}

#[test]
fn forget_removes_it_here_only() {
    let live = LiveSandbox::start();
    let home = Home::new();
    let base = live.base();
    let made = home.json(&register(&base, &[]));
    assert_eq!(home.json(&["registration", "forget", &base])["id"], made["id"]);
    assert!(home.registrations().is_empty());
    assert_eq!(live.sandbox.clients().len(), 1);
}

#[test]
fn a_base_with_several_registrations_is_ambiguous() {
    let live = LiveSandbox::start();
    let home = Home::new();
    let base = live.base();
    let ids = [home.json(&register(&base, &[])), home.json(&register(&base, &["--again"]))];
    let run = home.local(&["registration", "show", &base, "--json"]);
    assert_eq!(run.code, Some(2));
    let error = run.error();
    assert_eq!(error["code"], "registration-ambiguous");
    for made in ids {
        assert!(error["message"].as_str().unwrap().contains(made["id"].as_str().unwrap()), "{error}");
    }
}

#[test]
fn what_is_in_doubt_says_what_to_do() {
    let script = Script::start(|method, _, origin| match method {
        "POST" => Reply::Cut,
        _ => reply(200, document(origin)),
    });
    let home = Home::new();
    let base = script.base();
    let run = home.local(&register(&base, &["--json"]));
    assert_eq!(run.code, Some(6), "{run:?}");
    let id = run.error()["id"].as_str().unwrap().to_owned();
    let list = home.run(&["registrations"]);
    assert!(list.stdout.contains("in-doubt"));
    assert!(list.stderr.starts_with("hint: ") && list.stderr.contains(&id), "{}", list.stderr);
    let shown = home.json(&["registration", "show", &id]);
    assert_eq!((&shown["state"], &shown["client_id"]), (&json!("in-doubt"), &Value::Null));
    assert!(shown["hint"].as_str().unwrap().contains("operator"));
    assert!(shown["note"].is_string());
    assert_eq!(home.local(&["token", &id]).code, Some(2));
}
