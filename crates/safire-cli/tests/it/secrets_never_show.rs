//! Planted secrets are found in no transcript, no log, no error and no store.

use serde_json::Value;

use crate::browser::Waiting;
use crate::harness::Home;
use crate::harness::Run;
use crate::harness::register;
use crate::login::client;
use crate::script::Script;
use crate::script::document;
use crate::script::json as reply;

const CLIENT_SECRET: &str = "planted-client-secret-6k1";
const MANAGEMENT_TOKEN: &str = "planted-registration-access-token-7f2";
const INITIAL_TOKEN: &str = "planted-initial-access-token-9d3";
const ACCESS_TOKEN: &str = "planted-access-token-2h4";
const REFRESH_TOKEN: &str = "planted-refresh-token-8s5";

fn server(status: u16) -> Script {
    Script::start(move |method, path, origin| match (method, path) {
        ("POST", "/register") => reply(
            201,
            format!(
                r#"{{"client_id":"c","client_secret":"{CLIENT_SECRET}","registration_access_token":"{MANAGEMENT_TOKEN}","registration_client_uri":"{origin}/register/c","token_endpoint_auth_method":"client_secret_basic"}}"#
            ),
        ),
        ("POST", _) => reply(
            status,
            format!(
                r#"{{"error":"invalid_client","error_description":"not {CLIENT_SECRET}","access_token":"{ACCESS_TOKEN}","refresh_token":"{REFRESH_TOKEN}","token_type":"Bearer"}}"#
            ),
        ),
        _ => reply(200, document(origin)),
    })
}

fn assert_clean(what: &str, text: &str) {
    for secret in [CLIENT_SECRET, MANAGEMENT_TOKEN, INITIAL_TOKEN, ACCESS_TOKEN, REFRESH_TOKEN] {
        assert!(!text.contains(secret), "{what} shows {secret}: {text}");
    }
    // Basic credentials of `c` with that secret begin so.
    assert!(!text.contains("YzpwbGFudGVk"), "{what} shows Basic credentials: {text}");
}

#[test]
fn neither_in_transcripts_nor_in_logs_nor_in_the_store() {
    let script = server(200);
    let home = Home::new();
    let key = home.key("key.pem", "ES384");
    let base = script.base();
    let authorization = format!("Bearer {INITIAL_TOKEN}");
    for format in [&[] as &[&str], &["--json"]] {
        let noise = ["--explain", "-vv", "--again", "--authorization", &authorization, "--key", &key];
        let run = home.local(&register(&base, &[&noise as &[&str], format].concat()));
        assert_eq!(run.code, Some(0), "{run:?}");
        assert!(run.stderr.contains("[redacted]") && run.stderr.contains("→ POST"), "{run:?}");
        assert_clean("register", &format!("{run:?}"));
    }
    for record in home.registrations() {
        let id = record["id"].as_str().unwrap();
        assert_clean("show", &format!("{:?}", home.local(&["registration", "show", id])));
        let run = home.local(&["token", id, "--explain", "-vv", "--json"]);
        let token: Value = run.json();
        assert_eq!(token["access_token"], ACCESS_TOKEN, "it is what the command is for");
        assert_clean("token's stderr", &run.stderr);
        assert!(!run.stdout.contains(REFRESH_TOKEN), "{run:?}");
    }
    let pem = std::fs::read_to_string(&key).unwrap();
    let private = pem.lines().nth(1).unwrap().to_owned();
    std::fs::remove_file(&key).unwrap();
    for (path, bytes) in home.files() {
        let text = String::from_utf8_lossy(&bytes);
        assert_clean(&path.display().to_string(), &text);
        assert!(!text.contains(&private), "{} holds the private key", path.display());
    }
}

/// The code of a login, which a server may repeat.
const CODE: &str = "planted-authorization-code-5c6";

/// A server for logins, which answers one endpoint with this status, and its errors repeat what it was sent.
fn login_server(failing: &'static str) -> Script {
    Script::reading(move |method, path, origin, body| {
        if method == "GET" && path.contains("well-known") {
            return reply(200, document(origin));
        }
        let echo = format!(
            r#"{{"error":"invalid_request","error_description":"not {ACCESS_TOKEN} nor {REFRESH_TOKEN} nor {CODE}","resourceType":"OperationOutcome","issue":[{{"diagnostics":"{ACCESS_TOKEN}"}}]}}"#
        );
        match path {
            path if path == failing || (failing == "refresh" && body.contains("=refresh_token")) => {
                reply(400, echo)
            }
            "/token" => reply(
                200,
                format!(
                    r#"{{"access_token":"{ACCESS_TOKEN}","refresh_token":"{REFRESH_TOKEN}","token_type":"Bearer","expires_in":3600}}"#
                ),
            ),
            "/introspect" => reply(200, r#"{"active":true}"#),
            _ => reply(200, r#"{"resourceType":"Patient"}"#),
        }
    })
}

fn log_in(home: &Home, id: &str) -> (String, Run) {
    let login = Waiting::start(home, &[id, "--explain", "-vv", "--json"]);
    let seen = login.come_back(&[("code", CODE)]);
    let page = login.last_page();
    (format!("{seen:?} {page:?}"), login.end())
}

fn assert_no_code(what: &str, text: &str) {
    assert_clean(what, text);
    assert!(!text.contains(CODE), "{what} shows the code: {text}");
}

#[test]
fn not_of_a_login_and_of_what_is_done_with_it() {
    let (script, home) = (login_server("none"), Home::new());
    let id = client(&home, &script.base(), "http://127.0.0.1/callback");
    let (pages, run) = log_in(&home, &id);
    run.json();
    assert_no_code("the pages", &pages);
    assert_no_code("login", &format!("{run:?}"));
    for command in [
        &["registration", "show", &id] as &[&str],
        &["introspect", &id],
        &["fhir", &id, "GET", "Patient/1"],
        &["fhir", &id, "GET", "Patient/1", "--json"],
        &["token", &id, "--fresh", "-q"],
        &["revoke", &id],
    ] {
        let noise = if command.contains(&"-q") { &["--explain"] as &[&str] } else { &["--explain", "-vv"] };
        let run = home.local(&[command, noise].concat());
        assert_eq!(run.code, Some(0), "{run:?}");
        let told = if command[0] == "token" { run.stderr.clone() } else { format!("{run:?}") };
        assert_no_code(command[0], &told);
    }
    for (path, bytes) in home.files() {
        assert_no_code(&path.display().to_string(), &String::from_utf8_lossy(&bytes));
    }
}

#[test]
fn not_where_a_login_or_its_tokens_are_refused() {
    let (script, home) = (login_server("/token"), Home::new());
    let id = client(&home, &script.base(), "http://127.0.0.1/callback");
    let (pages, run) = log_in(&home, &id);
    assert_eq!(run.code, Some(5), "{run:?}");
    assert!(!pages.contains(CODE) && !run.stderr.contains(CODE), "{pages} {run:?}");
    for (failing, command) in [
        ("/introspect", &["introspect"] as &[&str]),
        ("/revoke", &["revoke"]),
        ("/fhir/Patient/1", &["fhir", "GET", "Patient/1"]),
        ("refresh", &["token", "--fresh"]),
    ] {
        let (script, home) = (login_server(failing), Home::new());
        let id = client(&home, &script.base(), "http://127.0.0.1/callback");
        log_in(&home, &id).1.json();
        let mut args = vec![command[0], &id];
        args.extend(&command[1..]);
        for more in [&["--explain", "-vv"] as &[&str], &["--json"]] {
            let run = home.local(&[&args, more].concat());
            assert_eq!(run.code, Some(5), "{run:?}");
            assert_clean(failing, &format!("{run:?}"));
        }
    }
}

#[test]
fn not_in_errors() {
    let script = server(401);
    let home = Home::new();
    let base = script.base();
    let authorization = format!("Bearer {INITIAL_TOKEN}");
    home.json(&register(&base, &["--authorization", &authorization]));
    for format in [&[] as &[&str], &["--json"]] {
        let run = home.local(&[&["token", &base, "--explain", "-vv"], format].concat());
        assert_eq!(run.code, Some(5));
        assert_clean("token's error", &format!("{run:?}"));
    }
}

#[test]
fn not_in_the_note_about_a_refusal() {
    let script = Script::start(|method, _, origin| match method {
        "POST" => reply(
            401,
            format!(r#"{{"error":"invalid_token","error_description":"{INITIAL_TOKEN} is unknown"}}"#),
        ),
        _ => reply(200, document(origin)),
    });
    let home = Home::new();
    let base = script.base();
    let authorization = format!("Bearer {INITIAL_TOKEN}");
    let run = home.local(&register(&base, &["--authorization", &authorization, "--json", "--explain"]));
    assert_eq!(run.code, Some(4));
    assert_clean("the error", &format!("{run:?}"));
    let shown = home.json(&["registration", "show", &base]);
    assert!(shown["note"].as_str().unwrap().contains("is unknown"), "{shown}");
    assert_clean("the note", &shown.to_string());
}

#[test]
fn not_in_errors_about_the_command_line() {
    let home = Home::new();
    for args in [
        &["registrations", "--store", "postgres://user:planted-access-token-2h4@db.example.com/safire"]
            as &[&str],
        &["registrations", "--store", "mysql://user:planted-access-token-2h4@db.example.com/safire"],
        &["discover", "https://user:planted-access-token-2h4@fhir.example.com/r4"],
        &["discover", "https://fhir.example.com/r4?token=planted-access-token-2h4"],
        &["token", "https://user:planted-access-token-2h4@fhir.example.com/r4"],
    ] {
        let run = home.run(args);
        assert_ne!(run.code, Some(0), "{args:?}");
        assert_clean("the error", &format!("{run:?}"));
    }
}

#[test]
fn a_wrong_store_key_is_not_told() {
    let home = Home::new();
    let output =
        home.command(&["registrations", "--json"]).env("SAFIRE_STORE_KEY", ACCESS_TOKEN).output().unwrap();
    assert_clean("the error", &String::from_utf8_lossy(&output.stderr));
}
