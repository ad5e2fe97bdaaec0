//! What a store refuses, seen through the command: exit 8, a code and a hint.

use std::path::PathBuf;

use rusqlite::Connection;
use serde_json::Value;
use serde_json::json;

use crate::harness::Home;

/// A home whose store has one registration.
fn home() -> (Home, PathBuf) {
    let home = Home::new();
    home.json(&["registration", "add", "https://fhir.example.com", "--client-id", "c"]);
    let path = home.path(".local/share/safire/safire.db");
    (home, path)
}

fn refused(home: &Home, args: &[&str]) -> Value {
    let run = home.run(&[args, &["--json"]].concat());
    assert_eq!(run.code, Some(8), "{run:?}");
    let error = run.error();
    assert_eq!(error["fault"], "store");
    assert!(error["hint"].as_str().unwrap().len() > 20, "{error}");
    error
}

#[test]
fn a_locked_store_is_retryable() {
    let (home, path) = home();
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let add = ["registration", "add", "https://other.example.com", "--client-id", "d"];
    let error = refused(&home, &add);
    assert!(error["message"].as_str().unwrap().contains("locked"), "{error}");
    assert_eq!((&error["code"], &error["retryable"]), (&json!("store-failed"), &json!(true)), "{error}");
    other.execute_batch("ROLLBACK").unwrap();
    home.json(&add);
}

#[test]
fn a_newer_store_is_left_alone() {
    let (home, path) = home();
    Connection::open(&path).unwrap().pragma_update(None, "user_version", 99).unwrap();
    let before = home.digests();
    let error = refused(&home, &["registrations"]);
    assert_eq!((&error["code"], &error["retryable"]), (&json!("store-newer-format"), &json!(false)));
    assert!(error["hint"].as_str().unwrap().contains("version"), "{error}");
    assert_eq!(home.digests(), before);
}

#[test]
fn a_wrong_key_is_told_by_its_name() {
    let (home, _) = home();
    let key = "c2FmaXJlIHRlc3Qga2V5IGZvciBQb3N0Z3JlU1FMLi4=";
    let run = home.command(&["registrations", "--json"]).env("SAFIRE_STORE_KEY", key).output().unwrap();
    let run = crate::harness::Run::from(run);
    let error = run.error();
    assert_eq!((run.code, &error["code"]), (Some(8), &json!("store-wrong-key")));
    assert!(!run.stderr.contains(key));
}

#[test]
fn a_database_that_refuses_is_told_without_its_password() {
    let home = Home::new();
    let key = home.private_file("store.key", "c2FmaXJlIHRlc3Qga2V5IGZvciBQb3N0Z3JlU1FMLi4=");
    let url = "postgres://safire:planted-password@127.0.0.1:9/safire";
    for command in
        [&["registrations"] as &[&str], &["store", "check"], &["token", "https://fhir.example.com"]]
    {
        let error = refused(&home, &[command, &["--store", url, "--store-key", &key, "-vv"]].concat());
        assert_eq!(error["code"], "store-open");
        let text = error.to_string();
        assert!(text.contains("safire:***@127.0.0.1:9") && !text.contains("planted"), "{text}");
        assert!(error["hint"].as_str().unwrap().contains("sslmode"), "{error}");
    }
    let error = refused(&home, &["registrations", "--store", url]);
    assert_eq!(error["code"], "store-key", "a database has no key beside it: {error}");
}

#[test]
fn a_store_of_another_kind_is_wrong_use() {
    let run = Home::new().run(&["registrations", "--store", "mysql://u:planted@h/d", "--json"]);
    let error = run.error();
    assert_eq!((run.code, &error["code"]), (Some(2), &json!("store-open")));
    assert!(
        error["hint"].as_str().unwrap().contains("postgres://") && !error.to_string().contains("planted")
    );
}
