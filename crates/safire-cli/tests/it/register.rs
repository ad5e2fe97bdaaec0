//! `safire register`.

use serde_json::Value;
use serde_json::json;

use crate::harness::Home;
use crate::harness::LiveSandbox;
use crate::harness::register;
use crate::script::Script;
use crate::script::document;
use crate::script::json as reply;

const MEMBERS: [&str; 19] = [
    "id",
    "base_url",
    "registration_endpoint",
    "status",
    "client_id",
    "client_secret",
    "has_client_secret",
    "client_id_issued_at",
    "client_secret_expires_at",
    "registration_client_uri",
    "has_registration_access_token",
    "token_endpoint_auth_method",
    "requested",
    "registered",
    "differences",
    "deviations",
    "stored",
    "existing",
    "state",
];

#[test]
fn the_json_has_the_members_of_the_contract_and_no_secret() {
    let live = LiveSandbox::start();
    let home = Home::new();
    let base = live.base();
    let made = home.json(&register(&base, &["--auth-method", "client_secret_basic"]));
    let names: Vec<_> = made.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(names, MEMBERS);
    assert_eq!(made["status"], 201);
    assert_eq!(made["client_secret"], "[redacted]");
    assert_eq!(made["registered"]["client_secret"], "[redacted]");
    assert_eq!(made["has_client_secret"], true);
    assert_eq!(
        (&made["stored"], &made["existing"], &made["state"]),
        (&json!(true), &json!(false), &json!("registered"))
    );
    assert_eq!(
        made["requested"],
        json!({
            "client_name": "Test",
            "redirect_uris": ["http://127.0.0.1:8000/callback"],
            "token_endpoint_auth_method": "client_secret_basic",
        })
    );
    assert!(made["client_id_issued_at"].is_i64() || made["client_id_issued_at"].is_null());
}

#[test]
fn the_secret_shows_when_asked() {
    let live = LiveSandbox::start();
    let home = Home::new();
    let base = live.base();
    let made = home.json(&register(&base, &["--auth-method", "client_secret_basic", "--show-secrets"]));
    let secret = made["client_secret"].as_str().unwrap();
    assert_ne!(secret, "[redacted]");
    assert_eq!(made["registered"]["client_secret"], secret);
}

#[test]
fn a_public_client_has_no_secret() {
    let live = LiveSandbox::start();
    let base = live.base();
    let made = Home::new().json(&register(&base, &["--auth-method", "none"]));
    assert_eq!(made["client_secret"], Value::Null);
    assert_eq!(made["has_client_secret"], false);
}

#[test]
fn the_same_registration_is_found_not_repeated() {
    let live = LiveSandbox::start();
    let home = Home::new();
    let base = live.base();
    let first = home.json(&register(&base, &[]));
    let second = home.json(&register(&base, &[]));
    assert_eq!(second["id"], first["id"]);
    assert_eq!((&second["existing"], &second["status"]), (&json!(true), &Value::Null));
    assert_eq!(live.sandbox.clients().len(), 1);
    let third = home.json(&register(&base, &["--again"]));
    assert_ne!(third["id"], first["id"]);
    assert_eq!(live.sandbox.clients().len(), 2);
}

#[test]
fn a_doubtful_one_is_not_repeated_blindly() {
    let script = Script::start(|method, _, origin| match method {
        "POST" => reply(500, ""),
        _ => reply(200, document(origin)),
    });
    let home = Home::new();
    let base = script.base();
    let failed = home.local(&register(&base, &["--json"]));
    assert_eq!(failed.code, Some(4));
    let id = failed.error()["id"].clone();
    assert!(id.is_string());
    let again = home.local(&register(&base, &["--json"]));
    assert_eq!(again.code, Some(2));
    assert_eq!(again.error()["code"], "registration-in-doubt");
    assert_eq!(again.error()["id"], id);
    assert!(again.error()["hint"].as_str().unwrap().contains("--again"));
    assert_eq!(script.posts(), 1);
}

#[test]
fn metadata_come_from_a_file_and_options_win() {
    let live = LiveSandbox::start();
    let home = Home::new();
    let file = home.file(
        "client.json",
        r#"{"client_name":"From the file","redirect_uris":["https://app.example.com/cb"],"client_uri":"https://app.example.com"}"#,
    );
    let base = live.base();
    let made = home.json(&[
        "register",
        &base,
        "--metadata",
        &file,
        "--client-name",
        "From the option",
        "--set",
        "x_number=7",
        "--set",
        "client_name#fr=\"Le nom\"",
        "--set",
        "client_uri=null",
    ]);
    assert_eq!(
        made["requested"],
        json!({
            "client_name": "From the option",
            "redirect_uris": ["https://app.example.com/cb"],
            "x_number": 7,
            "client_name#fr": "Le nom",
        })
    );
}

#[test]
fn metadata_come_from_stdin_too() {
    use std::io::Write;
    use std::process::Stdio;
    let live = LiveSandbox::start();
    let home = Home::new();
    let mut child = home
        .command(&["register", &live.base(), "--metadata", "-", "--json", "--allow-insecure-localhost"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(br#"{"redirect_uris":["https://app.example.com/cb"]}"#).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    let made: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(made["requested"], json!({"redirect_uris": ["https://app.example.com/cb"]}));
}

#[test]
fn a_dry_run_sends_nothing_and_makes_no_store() {
    let live = LiveSandbox::start();
    let home = Home::new();
    let base = live.base();
    let shown = home.json(&register(&base, &["--dry-run", "--authorization", "Bearer planted-iat-8231"]));
    let names: Vec<_> = shown.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(names, ["method", "url", "headers", "body"]);
    assert_eq!(shown["method"], "POST");
    assert_eq!(shown["url"], live.sandbox.registration_endpoint());
    assert_eq!(shown["body"]["client_name"], "Test");
    assert!(!shown.to_string().contains("planted-iat-8231"));
    assert!(live.sandbox.clients().is_empty());
    assert!(home.files().is_empty(), "no store is made");
}

#[test]
fn a_dry_run_with_an_endpoint_needs_no_server() {
    let home = Home::new();
    let endpoint = "https://auth.example.com/register";
    let shown = home
        .json(&register("https://nohost.invalid/r4", &["--dry-run", "--registration-endpoint", endpoint]));
    assert_eq!(shown["url"], endpoint);
}

#[test]
fn strict_fails_after_storing() {
    let script = Script::start(|method, _, origin| match method {
        "POST" => reply(
            201,
            r#"{"client_id":"narrow","redirect_uris":["https://elsewhere.example.com/cb"],"token_endpoint_auth_method":"private_key_jwt"}"#,
        ),
        _ => reply(200, document(origin)),
    });
    let home = Home::new();
    let base = script.base();
    let run = home.local(&register(&base, &["--strict", "--auth-method", "client_secret_basic", "--json"]));
    assert_eq!(run.code, Some(4), "{run:?}");
    let id = run.error()["id"].clone();
    let kept = home.registrations();
    assert_eq!((kept.len(), &kept[0]["id"], &kept[0]["state"]), (1, &id, &json!("registered")));
}

#[test]
fn without_a_store_the_secrets_must_show() {
    let live = LiveSandbox::start();
    let home = Home::new();
    let base = live.base();
    assert_eq!(home.local(&register(&base, &["--no-store"])).code, Some(2));
    assert!(live.sandbox.clients().is_empty());
    let made = home.json(&register(&base, &["--no-store", "--show-secrets"]));
    assert_eq!((&made["stored"], &made["id"]), (&json!(false), &Value::Null));
    assert!(home.files().is_empty());
}

#[test]
fn the_authorization_comes_from_three_places() {
    let live = LiveSandbox::with(|builder| builder.require_initial_access_token("planted-iat-5150"));
    let home = Home::new();
    let base = live.base();
    let refused = home.local(&register(&base, &["--json"]));
    assert_eq!(refused.code, Some(4));
    assert_eq!(refused.error()["status"], 401);
    let file = home.file("authorization", "Bearer planted-iat-5150\n");
    home.json(&register(&base, &["--authorization", "Bearer planted-iat-5150"]));
    home.json(&register(&base, &["--authorization-file", &file, "--scope", "openid"]));
    let mut command =
        home.command(&register(&base, &["--authorization-env", "IAT", "--scope", "fhirUser", "--json"]));
    command.env("IAT", "Bearer planted-iat-5150").env("SAFIRE_ALLOW_INSECURE_LOCALHOST", "1");
    assert_eq!(command.output().unwrap().status.code(), Some(0));
    assert_eq!(live.sandbox.clients().len(), 3);
}

#[test]
fn a_key_is_sent_in_public_and_kept_sealed() {
    let live = LiveSandbox::start();
    let home = Home::new();
    let key = home.key("key.pem", "ES384");
    let base = live.base();
    let made = home.json(&[
        "register",
        &base,
        "--key",
        &key,
        "--auth-method",
        "private_key_jwt",
        "--grant-type",
        "client_credentials",
        "--scope",
        "system/*.rs",
    ]);
    let jwk = &made["requested"]["jwks"]["keys"][0];
    assert_eq!(jwk["kty"], "EC");
    assert!(jwk.get("d").is_none());
    let id = made["id"].as_str().unwrap();
    assert_eq!(home.json(&["registration", "show", id])["key"], "sealed");
    std::fs::remove_file(&key).unwrap();
    assert!(home.json(&["token", id])["access_token"].is_string());
}

#[test]
fn a_key_by_path_must_stay_where_it_is() {
    let live = LiveSandbox::start();
    let home = Home::new();
    let key = home.key("key.pem", "ES384");
    let base = live.base();
    let made = home.json(&[
        "register",
        &base,
        "--key",
        "key.pem",
        "--key-by-path",
        "--auth-method",
        "private_key_jwt",
        "--grant-type",
        "client_credentials",
        "--scope",
        "system/*.rs",
    ]);
    let id = made["id"].as_str().unwrap();
    assert_eq!(home.json(&["registration", "show", id])["key"], key);
    home.json(&["token", id]);
    std::fs::rename(&key, home.path("moved.pem")).unwrap();
    let run = home.local(&["token", id, "--json"]);
    assert_eq!(run.code, Some(2));
    assert!(run.error()["message"].as_str().unwrap().contains("key.pem"));
    home.json(&["token", id, "--key", "moved.pem"]);
}
