//! `safire sandbox`.

use std::io::BufRead;
use std::io::BufReader;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;

use serde_json::Value;

use crate::browser::Waiting;
use crate::browser::get;
use crate::harness::Home;
use crate::harness::register;

struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn start(home: &Home, more: &[&str]) -> (Running, Value) {
    let mut child = home
        .command(&[&["sandbox"], more].concat())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    (Running(child), serde_json::from_str(&line).unwrap())
}

#[test]
fn the_first_line_says_where_it_is() {
    let home = Home::new();
    let (running, ready) = start(&home, &[]);
    let names: Vec<_> = ready.as_object().unwrap().keys().cloned().collect();
    assert_eq!(names, ["fhir_base", "issuer", "pid"]);
    assert_eq!(ready["pid"], running.0.id());
    let base = ready["fhir_base"].as_str().unwrap();
    assert!(base.starts_with("http://127.0.0.1:"));
    assert_eq!(home.json(&["discover", base])["issuer"], ready["issuer"]);
}

#[test]
fn over_tls_its_ca_is_written_before_it_is_ready() {
    let home = Home::new();
    let ca = home.path("ca.pem").to_str().unwrap().to_owned();
    let (_running, ready) = start(&home, &["--tls", "--ca-out", &ca]);
    let base = ready["fhir_base"].as_str().unwrap();
    assert!(base.starts_with("https://"));
    assert_eq!(home.run(&["discover", base, "--ca-file", &ca]).code, Some(0));
}

#[test]
fn faults_and_the_initial_access_token_are_in_force() {
    let home = Home::new();
    let (_running, ready) =
        start(&home, &["--require-initial-access-token", "t", "--fault", "discovery:slow=1ms"]);
    let base = ready["fhir_base"].as_str().unwrap();
    assert_eq!(home.local(&register(base, &[])).code, Some(4));
    assert_eq!(home.local(&register(base, &["--authorization", "Bearer t"])).code, Some(0));
}

#[test]
fn logins_are_answered_at_once_and_tokens_live_as_long_as_said() {
    let home = Home::new();
    let (_running, ready) = start(&home, &["--auto-approve", "clinician:example", "--token-lifetime", "2m"]);
    let base = ready["fhir_base"].as_str().unwrap();
    let scope = ["--auth-method", "none", "--scope", "launch/patient openid fhirUser patient/*.rs"];
    home.json(&register(base, &scope));
    let login = Waiting::start(&home, &[base, "--json"]);
    let back = get(&login.page).location.unwrap();
    assert_eq!(get(&back.parse().unwrap()).status, 303);
    login.last_page();
    let told = login.end().json();
    assert!(told["fhir_user"].as_str().unwrap().ends_with("Practitioner/example"), "{told}");
    assert_eq!(told["patient"], "example");
    let introspected = home.json(&["introspect", base]);
    let lifetime = introspected["exp"].as_i64().unwrap() - introspected["iat"].as_i64().unwrap();
    assert_eq!(lifetime, 120, "{introspected}");
}

#[test]
fn who_is_not_there_is_wrong_usage() {
    for more in [
        &["--auto-approve", "nobody"] as &[&str],
        &["--auto-approve", "patient:somebody-else"],
        &["--token-lifetime", "soon"],
    ] {
        let run = Home::new().run(&[&["sandbox", "--json"], more].concat());
        assert_eq!(run.code, Some(2), "{run:?}");
        assert!(run.error()["hint"].is_string(), "{run:?}");
    }
}

#[test]
fn an_unknown_fault_is_wrong_usage() {
    let run = Home::new().run(&["sandbox", "--fault", "nonsense", "--json"]);
    assert_eq!(run.code, Some(2));
    assert!(run.error()["hint"].as_str().unwrap().contains("--list-faults"));
    assert_eq!(Home::new().run(&["sandbox", "--tls"]).code, Some(2));
}

#[test]
fn faults_are_listed() {
    let home = Home::new();
    let list = home.json(&["sandbox", "--list-faults"]);
    let names: Vec<_> =
        list.as_array().unwrap().iter().map(|fault| fault["name"].as_str().unwrap()).collect();
    for name in ["slow", "cut", "huge", "deep"] {
        assert!(names.contains(&name), "{names:?}");
    }
    assert!(home.run(&["sandbox", "--list-faults"]).stdout.contains("slow"));
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_it() {
    let home = Home::new();
    let (mut running, ready) = start(&home, &[]);
    Command::new("kill").args(["-INT", &ready["pid"].to_string()]).status().unwrap();
    assert_eq!(running.0.wait().unwrap().code(), Some(130));
}

#[test]
fn it_plays_a_vendor_and_one_version_of_scopes() {
    let home = Home::new();
    let (_running, ready) = start(&home, &["--profile", "oracle", "--scopes", "v1"]);
    let told = home.json(&["discover", ready["fhir_base"].as_str().unwrap()]);
    assert_eq!(told["registration_endpoint"], Value::Null, "{told}");
    let listed = home.json(&["sandbox", "--list-profiles"]);
    let names: Vec<_> = listed["profiles"].as_array().unwrap().iter().map(|one| &one["name"]).collect();
    for name in ["epic", "oracle", "athena", "keycloak", "openemr", "medplum"] {
        assert!(names.contains(&&Value::from(name)), "{name}");
    }
    for wrong in [["--profile", "nobody"], ["--share", "slow=ten"]] {
        let run = home.run(&[&["--json", "sandbox", "--tenants", "2"], &wrong[..]].concat());
        assert_eq!((run.code, &run.error()["code"]), (Some(2), &Value::from("usage")));
    }
}

#[test]
fn it_is_many_servers() {
    let home = Home::new();
    let (_running, ready) = start(&home, &["--tenants", "3", "--share", "oracle=1"]);
    let issuer = ready["issuer"].as_str().unwrap();
    let offers: Vec<bool> = (0..3)
        .map(|number| {
            let told = home.json(&["discover", &format!("{issuer}/t/{number}/fhir")]);
            assert_eq!(told["base_url"], format!("{issuer}/t/{number}/fhir"));
            told["registration_endpoint"].is_string()
        })
        .collect();
    assert_eq!(offers.iter().filter(|offers| **offers).count(), 2, "{offers:?}");
}
