//! Ctrl-C while waiting, at each stage: exit 130, nothing half-written.

use std::process::Command;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::mpsc;

use serde_json::json;

use crate::browser::Waiting;
use crate::harness::Home;
use crate::harness::Run;
use crate::login::client;
use crate::script::Reply;
use crate::script::Script;
use crate::script::document;
use crate::script::json as reply;

/// A server that falls silent at requests to `path`, and says when one has come.
fn silent_at(path: &'static str) -> (Script, mpsc::Receiver<()>) {
    let (tell, told) = mpsc::channel();
    let tell = Arc::new(Mutex::new(tell));
    let script = Script::start(move |_, asked, origin| {
        if asked.contains(path) {
            tell.lock().unwrap().send(()).unwrap();
            return Reply::Silence;
        }
        reply(200, document(origin))
    });
    (script, told)
}

fn interrupt(home: &Home, args: &[&str], asked: &mpsc::Receiver<()>) -> Run {
    let child = home
        .command(&[args, &["--json", "--allow-insecure-localhost"]].concat())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    asked.recv().unwrap();
    Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    child.wait_with_output().unwrap().into()
}

const ARGS: [&str; 2] = ["--redirect-uri", "https://app.example.com/cb"];

#[test]
fn at_discovery_no_store_is_made() {
    let (script, asked) = silent_at("well-known");
    let home = Home::new();
    let run = interrupt(&home, &[&["register", &script.base()], &ARGS as &[&str]].concat(), &asked);
    assert_eq!(run.code, Some(130), "{run:?}");
    assert_eq!((&run.error()["code"], &run.error()["id"]), (&json!("interrupted"), &json!(null)));
    assert!(home.files().is_empty());
}

#[test]
fn at_registration_one_intent_stays_in_doubt_and_is_named() {
    let (script, asked) = silent_at("register");
    let home = Home::new();
    let run = interrupt(&home, &[&["register", &script.base()], &ARGS as &[&str]].concat(), &asked);
    assert_eq!(run.code, Some(130), "{run:?}");
    let error = run.error();
    assert!(error["hint"].as_str().unwrap().contains("operator"), "{error}");
    let kept = home.registrations();
    assert_eq!((kept.len(), &kept[0]["state"], &kept[0]["id"]), (1, &json!("in-doubt"), &error["id"]));
    assert_eq!(script.posts(), 1);
}

#[test]
fn at_the_token_nothing_changes() {
    let (script, asked) = silent_at("token");
    let home = Home::new();
    let secret = home.file("secret", "s");
    let base = script.base();
    home.json(&["registration", "add", &base, "--client-id", "c", "--secret-file", &secret]);
    let before = home.json(&["registration", "show", &base]);
    let run = interrupt(&home, &["token", &base], &asked);
    assert_eq!(run.code, Some(130), "{run:?}");
    assert_eq!(home.json(&["registration", "show", &base]), before);
}

#[test]
fn at_a_renewal_the_rotated_refresh_token_is_not_lost() {
    let (tell, asked) = mpsc::channel();
    let (release, released) = mpsc::channel::<()>();
    let both = Mutex::new((tell, released));
    let script = Script::reading(move |method, _, origin, body| {
        if method != "POST" {
            return reply(200, document(origin));
        }
        let number = usize::from(body.contains("grant_type=refresh_token"));
        if number == 1 {
            let both = both.lock().unwrap();
            both.0.send(()).unwrap();
            both.1.recv().unwrap();
        }
        reply(
            200,
            format!(
                r#"{{"access_token":"access-token-{number}","refresh_token":"refresh-token-{number}","token_type":"Bearer","expires_in":{}}}"#,
                number * 3600
            ),
        )
    });
    let home = Home::new();
    let id = client(&home, &script.base(), "http://127.0.0.1/callback");
    Waiting::start(&home, &[&id, "--json"]).log_in().json();
    let child = home
        .command(&["token", &id, "--json", "--allow-insecure-localhost"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    asked.recv().unwrap();
    Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    release.send(()).unwrap();
    let run: Run = child.wait_with_output().unwrap().into();
    assert!(matches!(run.code, Some(0 | 130)), "{run:?}");
    assert_eq!(home.json(&["token", &id])["access_token"], "access-token-1");
    assert_eq!(script.bodies("/token").len(), 2, "one code, one refresh");
}
