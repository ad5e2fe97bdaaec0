//! `safire registrations check`: does every registration still work?

use std::sync::Arc;
use std::sync::Barrier;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;

use safire_sandbox::Management;
use serde_json::Value;
use serde_json::json;

use crate::harness::Home;
use crate::harness::LiveSandbox;
use crate::harness::register;
use crate::script::Reply;
use crate::script::Script;
use crate::script::document;
use crate::script::json as reply;

const OWN: [&str; 6] =
    ["--auth-method", "client_secret_basic", "--grant-type", "client_credentials", "--scope", "system/*.rs"];

#[test]
fn registrations_that_work_are_fine() {
    let live = LiveSandbox::with(|sandbox| sandbox.management(Management::new().rotating_token()));
    let home = Home::new();
    assert_eq!(home.json(&["registrations", "check"]), json!([]));
    let base = live.base();
    let own = home.json(&register(&base, &OWN))["id"].clone();
    let public = home.json(&register(&base, &["--auth-method", "none"]))["id"].clone();
    for _ in 0..2 {
        let rows = home.json(&["registrations", "check"]);
        let row = |id: &Value| rows.as_array().unwrap().iter().find(|row| row["id"] == *id).unwrap().clone();
        let checked = row(&own);
        for (name, value) in [
            ("ok", json!(true)),
            ("state", json!("active")),
            ("discovery", json!("ok")),
            ("registration", json!("readable")),
            ("token", json!("obtained")),
            ("client_secret_expires_at", json!(null)),
            ("findings", json!([])),
        ] {
            // A rotated token is a change that needs nobody.
            let rotated = name == "registration" && checked[name] == "changed";
            assert!(checked[name] == value || rotated || name == "findings", "{name}: {checked}");
        }
        assert_eq!((&row(&public)["token"], &row(&public)["ok"]), (&json!("no-login"), &json!(true)));
    }
    let table = home.local(&["registrations", "check"]);
    assert_eq!(table.code, Some(0), "{table:?}");
    assert!(table.stdout.starts_with("ID ") && table.stdout.contains("obtained"), "{}", table.stdout);
}

#[test]
fn trouble_is_exit_9_and_told_row_by_row() {
    let live = LiveSandbox::start();
    let home = Home::new();
    let base = live.base();
    let fine = home.json(&register(&base, &OWN))["id"].clone();
    let gone = Script::start(|method, path, origin| {
        match (method, path) {
        ("POST", "/register") => reply(
            201,
            json!({"client_id": "c", "client_secret": "secret-of-the-client", "client_secret_expires_at": 0,
                   "grant_types": ["client_credentials"], "token_endpoint_auth_method": "client_secret_basic"})
            .to_string(),
        ),
        ("POST", _) => reply(401, r#"{"error":"invalid_client"}"#),
        ("GET", path) if path.starts_with("/fhir/.well-known") => reply(200, document(origin)),
        _ => reply(404, "{}"),
    }
    });
    let lost = home.json(&register(&gone.base(), &OWN))["id"].clone();
    let run = home.local(&["registrations", "check", "--json"]);
    assert_eq!(run.code, Some(9), "{run:?}");
    let rows: Value = serde_json::from_str(&run.stdout).unwrap();
    let ids: Vec<&Value> = rows.as_array().unwrap().iter().map(|row| &row["id"]).collect();
    assert_eq!(ids, [&lost, &fine], "trouble comes first");
    assert_eq!((&rows[0]["ok"], &rows[0]["token"]), (&json!(false), &json!("failed")));
    let finding = &rows[0]["findings"][0];
    assert_eq!((&finding["severity"], &finding["code"]), (&json!("error"), &json!("token-refused")));
    assert!(finding["hint"].is_string());
    let last: Value = serde_json::from_str(run.stderr.lines().last().unwrap()).unwrap();
    assert_eq!(last["error"]["code"], "registrations-in-trouble");
    assert_eq!(last["error"]["message"], "1 of 2 registrations are in trouble");
    let table = home.local(&["registrations", "check"]);
    assert_eq!(table.code, Some(9));
    assert!(table.stdout.contains("token-refused") && table.stderr.contains("hint: "), "{table:?}");
}

#[test]
fn a_server_that_is_away_and_one_that_changed_are_told() {
    let home = Home::new();
    let moved = std::sync::atomic::AtomicBool::new(false);
    let script = Script::start(move |method, path, origin| match (method, path) {
        ("POST", "/register") => {
            moved.store(true, Ordering::SeqCst);
            reply(201, r#"{"client_id":"c","token_endpoint_auth_method":"none"}"#)
        }
        ("GET", path) if path.starts_with("/fhir/.well-known") => {
            let there = if moved.load(Ordering::SeqCst) { "/elsewhere" } else { "/register" };
            reply(200, document(origin).replace("/register", there))
        }
        _ => Reply::Body(404, "application/json", "{}".to_owned()),
    });
    home.json(&register(&script.base(), &["--auth-method", "none"]));
    let rows = home.json(&["registrations", "check"]);
    assert_eq!((&rows[0]["discovery"], &rows[0]["ok"]), (&json!("changed"), &json!(true)));
    assert!(rows[0]["findings"][0]["message"].as_str().unwrap().contains("/elsewhere"), "{rows}");

    home.json(&["registration", "add", "http://127.0.0.1:9/fhir", "--client-id", "away"]);
    let run = home.local(&["registrations", "check", "--json"]);
    assert_eq!(run.code, Some(9));
    let rows: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(
        (&rows[0]["discovery"], &rows[0]["findings"][0]["code"]),
        (&json!("failed"), &json!("connect-failed"))
    );
    assert_eq!(rows[0]["findings"].as_array().unwrap().len(), 1, "a server that is away is asked once");
    assert!(
        rows[0]["findings"][0]["message"].as_str().unwrap().contains("127.0.0.1:9"),
        "with its cause: {rows}"
    );
}

/// Two hosts that answer only while four requests are under way: one after the other, none would be answered.
#[test]
fn servers_are_asked_at_once_two_requests_at_a_host() {
    let home = Home::new();
    let at_once = Arc::new(Barrier::new(4));
    let scripts: Vec<Script> = (0..2)
        .map(|_| {
            let (at_once, under_way) = (Arc::clone(&at_once), AtomicUsize::new(0));
            Script::start(move |_, path, origin| {
                if !path.contains("smart-configuration") {
                    return reply(404, "{}");
                }
                let now = under_way.fetch_add(1, Ordering::SeqCst) + 1;
                at_once.wait();
                under_way.fetch_sub(1, Ordering::SeqCst);
                if now > 2 { reply(500, "{}") } else { reply(200, document(origin)) }
            })
        })
        .collect();
    let mut added = Vec::new();
    for number in 0..4 {
        for script in &scripts {
            let base = format!("{}/{number}", script.base());
            let told = home.json(&["registration", "add", &base, "--client-id", "c"]);
            added.push(told["id"].clone());
        }
    }
    let rows = home.json(&["registrations", "check"]);
    assert!(rows.as_array().unwrap().iter().all(|row| row["discovery"] == "ok"), "{rows}");
    let listed: Vec<Value> = home.registrations().iter().map(|row| row["id"].clone()).collect();
    let checked: Vec<Value> = rows.as_array().unwrap().iter().map(|row| row["id"].clone()).collect();
    assert_eq!((checked.len(), &checked), (added.len(), &listed), "in the order of the list");
}

#[test]
fn the_list_puts_the_soonest_trouble_first() {
    let live = LiveSandbox::start();
    let home = Home::new();
    let base = live.base();
    let fine = home.json(&register(&base, &OWN))["id"].clone();
    live.sandbox.set_fault("register:past-expiry").unwrap();
    let ended =
        home.json(&register(&base, &[&OWN as &[&str], &["--software-id", "ended"]].concat()))["id"].clone();
    live.sandbox.clear_faults();
    let script = Script::start(|method, _, origin| match method {
        "POST" => Reply::Cut,
        _ => reply(200, document(origin)),
    });
    let run = home.local(&register(&script.base(), &["--json"]));
    let doubtful = run.error()["id"].clone();
    let soon = 10 * 24 * 3600 + now();
    let expiring = Script::start(move |method, _, origin| match method {
        "POST" => reply(
            201,
            json!({"client_id": "c", "client_secret": "s3cr3t-of-it", "client_secret_expires_at": soon,
                   "token_endpoint_auth_method": "client_secret_basic"})
            .to_string(),
        ),
        _ => reply(200, document(origin)),
    });
    let ends = home.json(&register(&expiring.base(), &[]))["id"].clone();
    let list = home.registrations();
    let told: Vec<(&Value, &Value, &Value)> =
        list.iter().map(|row| (&row["id"], &row["trouble"], &row["state"])).collect();
    let expected = [
        (&ended, json!("secret-expired"), json!("expiring")),
        (&doubtful, json!("in-doubt"), json!("in-doubt")),
        (&ends, json!("secret-expiring"), json!("expiring")),
        (&fine, json!(null), json!("registered")),
    ];
    let expected: Vec<_> = expected.iter().map(|(id, trouble, state)| (*id, trouble, state)).collect();
    assert_eq!(told, expected);
    assert_eq!(list[2]["trouble_at"], soon);
    let table = home.run(&["registrations"]);
    assert!(
        table.stdout.contains("TROUBLE") && table.stdout.contains("its secret ends 20"),
        "{}",
        table.stdout
    );
}

#[expect(clippy::disallowed_methods, reason = "an end in ten days from now")]
fn now() -> i64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    i64::try_from(now.as_secs()).unwrap()
}
