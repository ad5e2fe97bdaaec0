//! Ctrl-C while a registration is managed: its answer may end what was there before, so it is waited for.

use std::process::Child;
use std::process::Command;
use std::process::Stdio;
use std::sync::Mutex;
use std::sync::mpsc;
use std::sync::mpsc::Receiver;
use std::sync::mpsc::Sender;

use serde_json::json;

use crate::harness::Home;
use crate::harness::Run;
use crate::harness::register;
use crate::script::Reply;
use crate::script::Script;
use crate::script::document;
use crate::script::json as reply;

/// A server that says when an update has come, and answers it with a new token when it is told to.
struct Slow {
    script: Script,
    asked: Receiver<()>,
    go_on: Sender<Reply>,
}

fn slow() -> Slow {
    let (tell, asked) = mpsc::channel();
    let (go_on, told) = mpsc::channel();
    let (tell, told) = (Mutex::new(tell), Mutex::new(told));
    let script = Script::start(move |method, path, origin| match (method, path) {
        ("POST", _) => reply(201, client(origin, "first-token-of-all")),
        ("PUT", _) => {
            tell.lock().unwrap().send(()).unwrap();
            told.lock().unwrap().recv().unwrap()
        }
        _ => reply(200, document(origin)),
    });
    Slow { script, asked, go_on }
}

fn client(origin: &str, token: &str) -> String {
    json!({
        "client_id": "c", "registration_access_token": token, "token_endpoint_auth_method": "none",
        "registration_client_uri": format!("{origin}/clients/c"),
        "redirect_uris": ["http://127.0.0.1:8000/callback"], "client_name": "Renamed",
    })
    .to_string()
}

fn updating(slow: &Slow, home: &Home, id: &str) -> Child {
    let args =
        ["registration", "update", id, "--set", "client_name=\"Renamed\"", "--json", "--timeout", "60s"];
    let mut command = home.command(&args);
    command.env("SAFIRE_ALLOW_INSECURE_LOCALHOST", "1").stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().unwrap();
    slow.asked.recv().unwrap();
    child
}

fn interrupt(child: &Child) {
    Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
}

fn registered(slow: &Slow, home: &Home) -> String {
    let made = home.json(&register(&slow.script.base(), &["--auth-method", "none"]));
    made["id"].as_str().unwrap().to_owned()
}

#[test]
fn the_answer_is_waited_for_and_stored() {
    let (slow, home) = (slow(), Home::new());
    let id = registered(&slow, &home);
    let child = updating(&slow, &home, &id);
    interrupt(&child);
    slow.go_on.send(reply(200, client(&slow.script.origin, "second-token-of-all"))).unwrap();
    let run = Run::from(child.wait_with_output().unwrap());
    assert_eq!(run.json()["rotated"], json!(["registration_access_token"]));
    let shown = home.json(&["registration", "show", &id, "--show-secrets"]);
    assert_eq!(shown["registered"]["registration_access_token"], "second-token-of-all");
    assert_eq!(shown["pending"], json!(null));
}

#[test]
fn who_insists_is_told_what_is_in_doubt() {
    let (slow, home) = (slow(), Home::new());
    let id = registered(&slow, &home);
    let mut child = updating(&slow, &home, &id);
    while child.try_wait().unwrap().is_none() {
        interrupt(&child);
    }
    let run = Run::from(child.wait_with_output().unwrap());
    assert_eq!(run.code, Some(130), "{run:?}");
    let error = run.error();
    assert_eq!((&error["code"], &error["id"]), (&json!("interrupted"), &json!(id)));
    assert!(error["hint"].as_str().unwrap().contains(&format!("safire registration read {id}")), "{error}");
    slow.go_on.send(Reply::Silence).unwrap();
    let shown = home.json(&["registration", "show", &id]);
    assert_eq!((&shown["pending"]["operation"], &shown["pending"]["note"]), (&json!("update"), &json!(null)));
    // Its turn has not ended.
    let run = home.local(&["registration", "read", &id, "--json"]);
    assert_eq!((run.code, &run.error()["code"]), (Some(2), &json!("management-busy")));
    assert_eq!(run.error()["retryable"], true);
}
