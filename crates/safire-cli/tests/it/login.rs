//! `safire login`: a user logs in, and the tokens are kept.

use std::net::TcpListener;
use std::process::Command;

use serde_json::Value;
use serde_json::json;

use crate::browser::Waiting;
use crate::harness::Home;
use crate::script::Script;
use crate::script::document;
use crate::script::json as reply;

pub(crate) const SCOPE: &str = "launch/patient offline_access patient/*.rs";

/// A server that gives a token for any code.
pub(crate) fn server() -> Script {
    Script::reading(|method, path, origin, body| match (method, path) {
        ("POST", "/token") => {
            let kind = if body.contains("grant_type=refresh_token") { "second" } else { "first" };
            let token = json!({
                "access_token": format!("access-token-{kind}"), "refresh_token": format!("refresh-token-{kind}"),
                "token_type": "Bearer", "expires_in": 3600, "scope": SCOPE, "patient": "p1", "encounter": "e1",
            });
            reply(200, token.to_string())
        }
        _ => reply(200, document(origin)),
    })
}

/// Adds a public client with this redirect URI, and gives its id.
pub(crate) fn client(home: &Home, base: &str, redirect: &str) -> String {
    let args =
        ["registration", "add", base, "--client-id", "app", "--redirect-uri", redirect, "--scope", SCOPE];
    home.json(&args)["id"].as_str().unwrap().to_owned()
}

#[test]
fn a_user_logs_in_and_the_tokens_are_kept() {
    let (script, home) = (server(), Home::new());
    let id = client(&home, &script.base(), "http://127.0.0.1/callback");
    let login = Waiting::start(&home, &[&id, "--json"]);
    assert_eq!(login.asked("response_type").as_deref(), Some("code"));
    assert_eq!(login.asked("client_id").as_deref(), Some("app"));
    assert_eq!(login.asked("aud").as_deref(), Some(&*script.base()));
    assert_eq!(login.asked("scope").as_deref(), Some(SCOPE));
    assert_eq!(login.asked("code_challenge_method").as_deref(), Some("S256"));
    let redirect = login.asked("redirect_uri").unwrap();
    assert!(login.redirect().port().is_some() && redirect.ends_with("/callback"), "{redirect}");

    let run = login.log_in();
    let told: Value = run.json();
    let expires_at = told["expires_at"].as_i64().unwrap();
    assert_eq!(
        told,
        json!({
            "id": id, "base_url": script.base(), "scope": SCOPE, "expires_at": expires_at, "patient": "p1",
            "encounter": "e1", "fhir_user": null, "subject": null, "has_refresh_token": true,
            "has_id_token": false, "deviations": told["deviations"],
        })
    );
    let form = &script.bodies("/token")[0];
    let encoded = redirect.replace(':', "%3A").replace('/', "%2F");
    assert!(form.contains(&format!("redirect_uri={encoded}")) && form.contains("code_verifier="), "{form}");
    assert!(form.contains("code=the-code-4711"), "{form}");

    let shown = home.json(&["registration", "show", &id]);
    assert_eq!(shown["state"], "active");
    let kept = &shown["tokens"][0];
    assert_eq!(
        *kept,
        json!({"slot": "login", "expires_at": expires_at, "scope": SCOPE, "has_refresh_token": true,
               "standing": "good", "updated_at": kept["updated_at"]})
    );
    let token = home.json(&["token", &id]);
    assert_eq!((&token["access_token"], &token["patient"]), (&json!("access-token-first"), &json!("p1")));
    assert_eq!(script.bodies("/token").len(), 1, "it is held: nobody is asked");
}

#[test]
fn people_are_told_what_they_have_and_what_comes_next() {
    let (script, home) = (server(), Home::new());
    let id = client(&home, &script.base(), "http://127.0.0.1/callback");
    let run = Waiting::start(&home, &[&id]).log_in();
    assert_eq!(run.code, Some(0), "{run:?}");
    for part in ["logged in", "p1", SCOPE, &format!("`safire token {id}`"), "`safire fhir "] {
        assert!(run.stdout.contains(part), "{part}: {run:?}");
    }
    assert!(!format!("{run:?}").contains("-token-first"), "{run:?}");
    let shown = Waiting::start(&home, &[&id, "--json", "--show-secrets"]).log_in().json();
    assert_eq!(
        (&shown["access_token"], &shown["refresh_token"], &shown["id_token"]),
        (&json!("access-token-first"), &json!("refresh-token-first"), &json!(null))
    );
}

#[test]
fn what_was_said_is_asked_for() {
    let (script, home) = (server(), Home::new());
    let id = client(&home, &script.base(), "http://127.0.0.1/callback");
    let said = [
        "--scope",
        "launch patient/Patient.rs",
        "--launch",
        "l-1",
        "--login-hint",
        "ada",
        "--prompt",
        "login",
    ];
    let login =
        Waiting::start(&home, &[&[&*id], &said as &[&str], &["--aud", "https://other.example"]].concat());
    for (name, value) in [
        ("scope", "launch patient/Patient.rs"),
        ("launch", "l-1"),
        ("login_hint", "ada"),
        ("prompt", "login"),
        ("aud", "https://other.example"),
    ] {
        assert_eq!(login.asked(name).as_deref(), Some(value));
    }
    assert_eq!(login.log_in().code, Some(0));
    let login = Waiting::start(&home, &[&id, "--no-aud", "--launch", "l-2"]);
    assert_eq!((login.asked("aud"), login.asked("launch").as_deref()), (None, Some("l-2")));
    let run = login.log_in();
    assert!(run.stderr.contains("wants `launch` in the scope"), "{run:?}");
}

#[test]
fn the_registered_port_is_used_letter_by_letter_and_another_where_it_is_taken() {
    let (script, home) = (server(), Home::new());
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = free.local_addr().unwrap().port();
    let registered = format!("http://localhost:{port}/cb?tenant=a%2Fb");
    let id = client(&home, &script.base(), &registered);

    let login = Waiting::start(&home, &[&id]);
    let moved = login.redirect();
    assert_ne!(moved.port(), Some(port));
    assert_eq!(
        (moved.host_str(), moved.path(), moved.query()),
        (Some("localhost"), "/cb", Some("tenant=a%2Fb"))
    );
    let run = login.log_in();
    assert!(run.code == Some(0) && run.stderr.contains(&registered), "{run:?}");
    assert!(run.stderr.contains("RFC 8252"), "{run:?}");

    let taken = home.local(&["login", &id, "--port", &port.to_string(), "--json"]);
    assert_eq!((taken.code, &taken.error()["code"]), (Some(2), &json!("port-unavailable")));

    drop(free);
    let login = Waiting::start(&home, &[&id]);
    assert_eq!(login.asked("redirect_uri"), Some(registered));
    let run = login.log_in();
    assert!(run.code == Some(0) && !run.stderr.contains("RFC 8252"), "{run:?}");
}

#[test]
fn ctrl_c_while_waiting_changes_nothing() {
    let (script, home) = (server(), Home::new());
    let id = client(&home, &script.base(), "http://127.0.0.1/callback");
    let before = home.json(&["registration", "show", &id]);
    let login = Waiting::start(&home, &[&id, "--json"]);
    Command::new("kill").args(["-INT", &login.pid().to_string()]).status().unwrap();
    let run = login.end();
    assert_eq!((run.code, &run.error()["code"]), (Some(130), &json!("interrupted")), "{run:?}");
    assert_eq!(home.json(&["registration", "show", &id]), before);
    assert_eq!(script.posts(), 0);
}

#[cfg(target_os = "linux")]
#[test]
fn the_browser_of_the_environment_is_opened() {
    use std::os::unix::fs::PermissionsExt;
    let (script, home) = (server(), Home::new());
    let id = client(&home, &script.base(), "http://127.0.0.1/callback");
    let browser = home.file(
        "browser",
        format!("#!/bin/sh\nprintf '%s' \"$1\" > '{}'\nexit 0\n", home.path("opened").display()),
    );
    std::fs::set_permissions(&browser, PermissionsExt::from_mode(0o755)).unwrap();
    let args = ["login", &id, "--wait", "1s", "--json", "--allow-insecure-localhost"];
    let output = home.command(&args).env("BROWSER", &browser).output().unwrap();
    let run = crate::harness::Run::from(output);
    assert_eq!((run.code, &run.error()["code"]), (Some(6), &json!("login-timeout")), "{run:?}");
    let opened = std::fs::read_to_string(home.path("opened")).unwrap();
    assert!(opened.starts_with(&format!("{}/authorize?", script.origin)), "{opened}");
    // Without any browser the page is told instead.
    let run = home.local(&["login", &id, "--wait", "1s"]);
    assert!(run.stderr.contains("warning: no browser") && run.stderr.contains("\nopen: http"), "{run:?}");
}
