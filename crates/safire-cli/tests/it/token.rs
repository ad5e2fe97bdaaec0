//! `safire token`.

use serde_json::json;

use crate::harness::Home;
use crate::harness::LiveSandbox;
use crate::harness::register;
use crate::script::Script;
use crate::script::document;
use crate::script::json as reply;

#[test]
fn a_secret_client_gets_a_token_and_is_active_then() {
    let live = LiveSandbox::start();
    let home = Home::new();
    let base = live.base();
    for method in ["client_secret_basic", "client_secret_post"] {
        let made = home.json(&register(
            &base,
            &["--auth-method", method, "--grant-type", "client_credentials", "--scope", "system/*.rs"],
        ));
        let id = made["id"].as_str().unwrap();
        let token = home.json(&["token", id]);
        assert!(token["access_token"].as_str().unwrap().len() > 10);
        assert_ne!(token["access_token"], "[redacted]");
        assert!(token["token_type"].as_str().unwrap().eq_ignore_ascii_case("bearer"));
        assert!(token["expires_at"].is_i64());
        assert_eq!(token["scope"], "system/*.rs");
        for unknown in ["patient", "encounter"] {
            assert_eq!(token.get(unknown), Some(&json!(null)));
        }
        assert_eq!(home.json(&["registration", "show", id])["state"], "active");
    }
}

#[test]
fn a_key_client_gets_a_token_with_each_algorithm() {
    let live = LiveSandbox::start();
    let home = Home::new();
    let base = live.base();
    for algorithm in ["RS384", "ES384", "ES256", "PS384"] {
        let key = home.key(&format!("{algorithm}.pem"), algorithm);
        let made = home.json(&[
            "register",
            &base,
            "--key",
            &key,
            "--auth-method",
            "private_key_jwt",
            "--grant-type",
            "client_credentials",
            "--client-name",
            algorithm,
            "--scope",
            "system/*.rs",
        ]);
        assert_eq!(made["requested"]["jwks"]["keys"][0]["alg"], algorithm);
        let token = home.json(&["token", made["id"].as_str().unwrap()]);
        assert_eq!(token["scope"], "system/*.rs", "{algorithm}");
    }
}

#[test]
fn a_narrower_scope_is_asked_for() {
    let live = LiveSandbox::start();
    let home = Home::new();
    let base = live.base();
    home.json(&register(
        &base,
        &[
            "--auth-method",
            "client_secret_basic",
            "--grant-type",
            "client_credentials",
            "--scope",
            "system/*.rs",
        ],
    ));
    let token = home.json(&["token", &base, "--scope", "system/Patient.rs"]);
    assert_eq!(token["scope"], "system/Patient.rs");
    let refused = home.local(&["token", &base, "--scope", "user/*.cruds", "--json"]);
    assert_eq!(refused.code, Some(5));
    let error = refused.error();
    assert_eq!(
        (&error["server_error"], &error["endpoint"]),
        (&json!("invalid_scope"), &json!(live.sandbox.token_endpoint()))
    );
}

#[test]
fn people_see_the_token_and_when_it_ends() {
    let live = LiveSandbox::start();
    let home = Home::new();
    let base = live.base();
    home.json(&register(
        &base,
        &[
            "--auth-method",
            "client_secret_basic",
            "--grant-type",
            "client_credentials",
            "--scope",
            "system/*.rs",
        ],
    ));
    let run = home.local(&["token", &base]);
    assert_eq!(run.code, Some(0));
    let names: Vec<_> = run.stdout.lines().filter_map(|line| line.split("  ").next()).collect();
    assert_eq!(names, ["access token", "type", "ends", "scope"], "{run:?}");
}

#[test]
fn a_client_of_users_is_sent_to_login() {
    let script = Script::start(|method, _, origin| match method {
        "POST" => reply(
            201,
            r#"{"client_id":"c","client_secret":"s-0123456789","grant_types":["authorization_code"]}"#,
        ),
        _ => reply(200, document(origin)),
    });
    let home = Home::new();
    let base = script.base();
    for method in ["none", "client_secret_basic"] {
        let made = home.json(&register(&base, &["--auth-method", method, "--again"]));
        let id = made["id"].as_str().unwrap();
        for command in [&["token", id] as &[&str], &["fhir", id, "GET", "Patient/1"]] {
            let run = home.local(&[command, &["--json"]].concat());
            let error = run.error();
            assert_eq!((run.code, &error["code"]), (Some(5), &json!("login-needed-first")), "{run:?}");
            assert!(error["hint"].as_str().unwrap().contains(&format!("`safire login {id}`")), "{error}");
            assert_eq!(error["id"], id);
        }
    }
    assert!(!script.asked().iter().any(|line| line.contains("token")), "{:?}", script.asked());
}

#[test]
fn an_expired_secret_is_told_and_deviations_are_in_the_json() {
    let script = Script::start(|method, path, origin| match (method, path) {
        ("POST", "/register") => {
            reply(201, r#"{"client_id":"c","client_secret":"s","client_secret_expires_at":1000}"#)
        }
        ("POST", _) => reply(200, r#"{"access_token":"t","token_type":"Bearer","expires_in":"300"}"#),
        _ => reply(200, document(origin)),
    });
    let home = Home::new();
    let base = script.base();
    home.json(&register(&base, &[]));
    let run = home.local(&["token", &base, "--json"]);
    assert!(run.stderr.contains("expired 1970-01-01"), "{run:?}");
    let token = run.json();
    let codes: Vec<_> = token["deviations"].as_array().unwrap().iter().map(|found| &found["code"]).collect();
    assert!(codes.contains(&&json!("expires-in-text")), "{token}");
    assert!(!home.local(&["token", &base, "-q"]).stderr.contains("warning"));
}
