//! `safire registration read`, `update` and `delete`: RFC 7592 through the command.

use safire_sandbox::Management;
use serde_json::Value;
use serde_json::json;

use crate::harness::Home;
use crate::harness::LiveSandbox;
use crate::harness::register;

const SECRET: [&str; 6] =
    ["--auth-method", "client_secret_basic", "--grant-type", "client_credentials", "--scope", "system/*.rs"];

fn rotating() -> LiveSandbox {
    LiveSandbox::with(|sandbox| sandbox.management(Management::new().rotating_token().rotating_secret()))
}

fn made(live: &LiveSandbox, home: &Home) -> String {
    home.json(&register(&live.base(), &SECRET))["id"].as_str().unwrap().to_owned()
}

fn open(home: &Home, id: &str) -> Value {
    home.json(&["registration", "show", id, "--show-secrets"])
}

#[test]
fn a_read_keeps_the_token_that_it_rotates() {
    let (live, home) = (rotating(), Home::new());
    let id = made(&live, &home);
    for _ in 0..3 {
        let read = home.json(&["registration", "read", &id]);
        assert_eq!((&read["id"], &read["status"]), (&json!(id), &json!(200)));
        assert_eq!(read["rotated"], json!(["registration_access_token"]));
        assert_eq!((&read["settled"], &read["pending"]), (&Value::Null, &Value::Null));
        assert_eq!(read["registered"]["registration_access_token"], "[redacted]");
    }
    assert_eq!(live.sandbox.counts().registrations_read, 3);
}

#[test]
fn an_update_changes_what_is_said_and_leaves_the_rest() {
    let (live, home) = (rotating(), Home::new());
    let id = made(&live, &home);
    let before = open(&home, &id);
    let file = home.file("changes.json", r#"{"client_name":"From the file","contacts":["ops@example.com"]}"#);
    let updated = home.json(&[
        "registration",
        "update",
        &id,
        "--metadata",
        &file,
        "--set",
        "client_name=\"From the line\"",
        "--set",
        "redirect_uris=null",
    ]);
    assert_eq!(updated["client_name"], "From the line");
    assert_eq!(updated["registered"]["contacts"], json!(["ops@example.com"]));
    assert_eq!(updated["registered"].get("redirect_uris"), None);
    assert_eq!(updated["registered"]["scope"], before["registered"]["scope"]);
    assert_eq!(updated["client_id"], before["client_id"]);
    assert_eq!(updated["rotated"], json!(["client_secret", "registration_access_token"]));
    let after = open(&home, &id);
    assert_ne!(after["client_secret"], before["client_secret"]);
    // What the update brought is what works from now on.
    assert_eq!(home.json(&["token", &id])["scope"], "system/*.rs");
    home.json(&["registration", "read", &id]);
    let metadata = &live.sandbox.clients()[0].metadata;
    assert_eq!(metadata["client_name"], "From the line");
}

#[test]
fn an_update_says_what_is_changed() {
    let home = Home::new();
    let run = home.run(&["registration", "update", "rabcdefghijklmno", "--json"]);
    assert_eq!((run.code, &run.error()["code"]), (Some(2), &json!("usage")));
    let run =
        home.run(&["registration", "update", "rabcdefghijklmno", "--set", "client_name=bare", "--json"]);
    assert_eq!((run.code, &run.error()["code"]), (Some(2), &json!("registration-unknown")));
}

#[test]
fn without_client_id_and_secret_they_are_left_out() {
    let (live, home) = (LiveSandbox::start(), Home::new());
    let id = made(&live, &home);
    let args = ["registration", "update", &id, "--set", "client_name=\"B\"", "--without-client-secret"];
    home.json(&args);
    let run = home.local(&[&args as &[&str], &["--without-client-id", "--json"]].concat());
    assert_eq!(run.code, Some(4), "this sandbox wants it, as the RFC does: {run:?}");
    assert_eq!(run.error()["server_error"], "invalid_client_metadata");
    let bodies: Vec<String> = live
        .sandbox
        .requests()
        .iter()
        .filter(|request| request.method == "PUT")
        .map(|request| request.body.clone())
        .collect();
    assert!(bodies[0].contains("client_id") && !bodies[0].contains("client_secret\""), "{bodies:?}");
    assert!(!bodies[1].contains("client_id"), "{bodies:?}");
}

#[test]
fn a_deleted_client_stays_as_history() {
    let (live, home) = (rotating(), Home::new());
    let id = made(&live, &home);
    let deleted = home.json(&["registration", "delete", &id]);
    assert_eq!((&deleted["state"], &deleted["deleted"]), (&json!("deleted"), &json!(true)));
    assert!(live.sandbox.clients().is_empty());
    assert_eq!(home.registrations()[0]["state"], "deleted");
    // Once more is no error, and nothing is sent.
    assert_eq!(home.json(&["registration", "delete", &id])["deleted"], false);
    assert_eq!(live.sandbox.counts().registrations_deleted, 1);
    let run = home.local(&["token", &id, "--json"]);
    assert_eq!((run.code, &run.error()["code"]), (Some(2), &json!("registration-gone")));
    let run = home.local(&["registration", "read", &id, "--json"]);
    assert_eq!(run.code, Some(4), "{run:?}");
}

#[test]
fn an_update_without_an_answer_is_told_everywhere_until_a_read_settles_it() {
    let (live, home) = (LiveSandbox::start(), Home::new());
    let id = made(&live, &home);
    live.sandbox.set_fault("manage:cut").unwrap();
    let run = home.local(&["registration", "update", &id, "--set", "client_name=\"B\"", "--json"]);
    assert_eq!(run.code, Some(6), "{run:?}");
    assert_eq!(run.error()["id"], json!(id));
    live.sandbox.clear_faults();

    let shown = home.json(&["registration", "show", &id]);
    assert_eq!(shown["state"], "registered", "the client is usable all the while");
    assert_eq!(shown["pending"]["operation"], "update");
    assert_eq!(shown["pending"]["requested"]["client_name"], "B");
    assert!(shown["pending"]["since"].is_i64() && shown["pending"]["note"].is_string(), "{shown}");
    assert_eq!(shown["trouble"], "management-in-doubt");
    assert_eq!(home.registrations()[0]["trouble"], "management-in-doubt");
    let table = home.run(&["registrations"]);
    assert!(table.stdout.contains("an update has no usable answer"), "{}", table.stdout);
    assert!(table.stderr.contains(&format!("safire registration read {id}")), "{}", table.stderr);

    let run = home.local(&["registration", "update", &id, "--set", "client_name=\"C\"", "--json"]);
    assert_eq!((run.code, &run.error()["code"]), (Some(2), &json!("management-in-doubt")));
    let read = home.json(&["registration", "read", &id]);
    assert_eq!((&read["settled"], &read["pending"]), (&json!("done"), &Value::Null));
    assert_eq!(read["client_name"], "B");
    home.json(&["registration", "update", &id, "--set", "client_name=\"C\""]);
}

#[test]
fn a_server_that_does_not_manage_says_so_and_nothing_is_in_doubt() {
    let live = LiveSandbox::with(|sandbox| {
        sandbox.management(Management::new().served(safire_sandbox::Served::Absent))
    });
    let home = Home::new();
    let id = made(&live, &home);
    for command in [&["read"] as &[&str], &["delete"], &["update", "--set", "client_name=\"B\""]] {
        let run = home.local(&[&["registration", command[0], &id], &command[1..], &["--json"]].concat());
        assert_eq!(run.code, Some(4), "{run:?}");
        assert_eq!(run.error()["code"], "management-not-offered");
    }
    assert_eq!(home.json(&["registration", "show", &id])["pending"], Value::Null);
}

#[test]
fn no_secret_shows_and_each_stage_has_its_words() {
    let (live, home) = (rotating(), Home::new());
    let id = made(&live, &home);
    let people = |args: &[&str]| {
        let run = home.local(&[&["registration"], args].concat());
        assert_eq!(run.code, Some(0), "{run:?}");
        run
    };
    let mut told = String::new();
    for args in [
        &["read", &id, "--explain"] as &[&str],
        &["update", &id, "--set", "client_name=\"B\"", "--explain"],
        &["show", &id],
        &["delete", &id, "--explain"],
    ] {
        let planted = open(&home, &id);
        let run = people(args);
        told = format!("{told}{}{}", run.stdout, run.stderr);
        for secret in [&planted["client_secret"], &planted["registered"]["registration_access_token"]] {
            assert!(!told.contains(secret.as_str().unwrap()), "{told}");
        }
    }
    for words in ["read", "updated", "client_name", "replaced", "deleted", "registration forget"] {
        assert!(told.contains(words), "{words}: {told}");
    }
}
