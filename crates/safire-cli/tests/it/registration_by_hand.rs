//! `safire registration add`: a client that was registered in a portal.

use serde_json::json;

use crate::harness::Home;
use crate::harness::LiveSandbox;
use crate::harness::register;

const BASE: &str = "https://fhir.example.com/r4";

#[test]
fn a_secret_from_a_file_or_the_environment() {
    let home = Home::new();
    let file = home.file("secret", "planted-secret-4711\n");
    let added = home.json(&["registration", "add", BASE, "--client-id", "c1", "--secret-file", &file]);
    assert_eq!(added["client_id"], "c1");
    assert_eq!(added["client_secret"], "[redacted]");
    assert_eq!(added["token_endpoint_auth_method"], "client_secret_basic");
    assert_eq!(added["state"], "registered");
    assert_eq!(
        (&added["stored"], &added["existing"], &added["status"]),
        (&json!(true), &json!(false), &json!(null))
    );
    let mut command = home.command(&[
        "registration",
        "add",
        BASE,
        "--client-id",
        "c2",
        "--secret-env",
        "S",
        "--auth-method",
        "client_secret_post",
        "--json",
        "--show-secrets",
    ]);
    let output = command.env("S", "planted-secret-4712").output().unwrap();
    let added: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(added["client_secret"], "planted-secret-4712");
    assert_eq!(added["token_endpoint_auth_method"], "client_secret_post");
    assert_eq!(home.registrations().len(), 2);
}

#[test]
fn what_does_not_fit_together_is_refused() {
    let home = Home::new();
    home.key("key.pem", "ES384");
    home.file("secret", "s");
    let before = home.digests();
    for more in [
        &["--auth-method", "client_secret_basic"] as &[&str],
        &["--auth-method", "private_key_jwt"],
        &["--auth-method", "none", "--key", "key.pem"],
        &["--auth-method", "private_key_jwt", "--secret-file", "secret"],
        &["--secret-file", "secret", "--key", "key.pem"],
        &["--secret-file", "absent"],
        &["--secret-env", "NOT_SET"],
        &["--token-endpoint", "http://fhir.example.com/token"],
        &["--authorization-endpoint", "nonsense"],
    ] {
        let args = [&["registration", "add", BASE, "--client-id", "c", "--json"], more].concat();
        let run = home.run(&args);
        assert_eq!(run.code, Some(2), "{more:?}: {run:?}");
        assert!(run.error()["hint"].is_string(), "{more:?}");
    }
    assert_eq!(home.run(&["registration", "add", BASE]).code, Some(2));
    assert_eq!(home.run(&["registration", "add", BASE, "--client-id", " "]).code, Some(2));
    assert_eq!(
        home.run(&["registration", "add", "http://fhir.example.com", "--client-id", "c"]).code,
        Some(2)
    );
    assert_eq!(home.digests(), before);
}

#[test]
fn it_gets_tokens_as_a_registered_one_does() {
    let live = LiveSandbox::start();
    let home = Home::new();
    let base = live.base();
    let made = home.json(&register(
        &base,
        &[
            "--auth-method",
            "client_secret_basic",
            "--grant-type",
            "client_credentials",
            "--scope",
            "system/*.rs",
            "--show-secrets",
        ],
    ));
    home.json(&["registration", "forget", &base]);
    let secret = home.file("secret", made["client_secret"].as_str().unwrap());
    let added = home.json(&[
        "registration",
        "add",
        &base,
        "--client-id",
        made["client_id"].as_str().unwrap(),
        "--secret-file",
        &secret,
        "--scope",
        "system/*.rs",
        "--token-endpoint",
        &live.sandbox.token_endpoint(),
    ]);
    let token = home.json(&["token", added["id"].as_str().unwrap()]);
    assert_eq!(token["scope"], "system/*.rs");
    assert_eq!(home.registrations()[0]["state"], json!("active"));
}
