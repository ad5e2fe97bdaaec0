//! Logins at a whole authorization server: its pages, its id tokens, its rotating refresh tokens.

use std::net::TcpListener;

use serde_json::Value;
use serde_json::json;
use url::Url;

use crate::browser::Seen;
use crate::browser::Waiting;
use crate::browser::get;
use crate::harness::Home;
use crate::harness::LiveSandbox;

const SCOPE: &str = "launch/patient openid fhirUser offline_access patient/*.rs";

/// Registers a client for users, and gives its id.
fn client(home: &Home, base: &str, more: &[&str]) -> String {
    client_for(home, base, SCOPE, more)
}

fn client_for(home: &Home, base: &str, scope: &str, more: &[&str]) -> String {
    // The sandbox lets the port of a native app vary, and no other's.
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let redirect = format!("http://127.0.0.1:{port}/callback");
    let grants = ["--grant-type", "authorization_code", "--grant-type", "refresh_token"];
    let args = ["register", base, "--client-name", "Test", "--redirect-uri", &redirect, "--scope", scope];
    let made = home.json(&[&args as &[&str], &grants, more].concat());
    made["id"].as_str().unwrap().to_owned()
}

fn approving() -> LiveSandbox {
    LiveSandbox::with(|builder| builder.auto_approve("patient", "example"))
}

/// Follows redirects until a page comes, as a browser does.
fn browse(url: &Url) -> Seen {
    let seen = get(url);
    if seen.status != 303 {
        return seen;
    }
    let location = seen.location.unwrap();
    let host = format!("{}://{}:{}", url.scheme(), url.host_str().unwrap(), url.port().unwrap());
    let next = if location.starts_with('/') { format!("{host}{location}") } else { location };
    browse(&Url::parse(&next).unwrap())
}

fn log_in(home: &Home, id: &str, more: &[&str]) -> Value {
    let login = Waiting::start(home, &[&[id, "--json"], more].concat());
    let page = browse(&login.page);
    assert!(page.status == 200 && page.body.contains("Logged in"), "{page:?}");
    login.end().json()
}

#[test]
fn each_kind_of_client_logs_its_users_in() {
    let (live, home) = (approving(), Home::new());
    let base = live.base();
    let key = home.key("key.pem", "ES384");
    for more in [
        &["--auth-method", "none"] as &[&str],
        &["--auth-method", "client_secret_basic"],
        &["--auth-method", "client_secret_post"],
        &["--auth-method", "private_key_jwt", "--key", &key],
    ] {
        let id = client(&home, &base, more);
        let told = log_in(&home, &id, &[]);
        assert_eq!(told["patient"], "example", "{more:?}");
        assert_eq!(told["fhir_user"], format!("{base}/Patient/example"));
        assert!(told["subject"].as_str().unwrap().len() > 8, "{told}");
        assert_eq!((&told["has_refresh_token"], &told["has_id_token"]), (&json!(true), &json!(true)));
        assert_eq!(told["deviations"], json!([]), "{told}");
        assert_eq!(home.json(&["fhir", &id, "GET", "Patient/example"])["id"], "example");
    }
}

#[test]
fn who_logged_in_stands_on_the_page() {
    let (live, home) = (approving(), Home::new());
    let id = client(&home, &live.base(), &["--auth-method", "none"]);
    let login = Waiting::start(&home, &[&id]);
    let page = browse(&login.page);
    for part in ["Logged in", "Test", &live.base(), "Patient/example"] {
        assert!(page.body.contains(part), "{part}: {page:?}");
    }
    let run = login.end();
    assert!(run.stdout.contains("Patient/example"), "{run:?}");
}

#[test]
fn a_login_lasts_until_it_is_given_back() {
    let (live, home) = (approving(), Home::new());
    let id = client(&home, &live.base(), &["--auth-method", "none"]);
    log_in(&home, &id, &[]);
    let first = home.json(&["token", &id]);
    assert_eq!(home.json(&["introspect", &id])["active"], true);
    let second = home.json(&["token", &id, "--fresh"]);
    assert_ne!(first["access_token"], second["access_token"]);
    assert_eq!(second["patient"], "example");
    assert_eq!(home.json(&["token", &id])["access_token"], second["access_token"]);
    assert_eq!(home.json(&["revoke", &id])["revoked"], "refresh_token");
    let run = home.local(&["token", &id, "--json"]);
    assert_eq!((run.code, &run.error()["code"]), (Some(5), &json!("login-needed-first")), "{run:?}");
    assert_eq!(live.sandbox.counts().reuses_detected, 0);
}

#[test]
fn a_short_lived_token_is_renewed_by_each_command_that_needs_it() {
    let (home, zero) = (Home::new(), std::time::Duration::ZERO);
    let live = LiveSandbox::with(|builder| builder.auto_approve("patient", "example").token_lifetime(zero));
    let id = client(&home, &live.base(), &["--auth-method", "none"]);
    log_in(&home, &id, &[]);
    for _ in 0..3 {
        home.json(&["token", &id]);
    }
    assert_eq!(home.registrations()[0]["state"], "active");
}

#[test]
fn an_id_token_that_does_not_hold_leaves_nothing_behind() {
    for fault in
        ["alg-none", "bad-signature", "wrong-iss", "wrong-aud", "wrong-nonce", "expired", "unknown-kid"]
    {
        let (live, home) = (approving(), Home::new());
        live.sandbox.set_fault(&format!("id-token:{fault}")).unwrap();
        let id = client(&home, &live.base(), &["--auth-method", "none"]);
        let login = Waiting::start(&home, &[&id, "--json"]);
        let page = browse(&login.page);
        assert!(page.body.contains("Not logged in"), "{fault}: {page:?}");
        let run = login.end();
        assert_eq!(run.code, Some(5), "{fault}: {run:?}");
        assert_ne!(run.error()["code"], "bug", "{fault}: {run:?}");
        assert_eq!(home.json(&["registration", "show", &id])["tokens"], json!([]), "{fault}");
    }
}

#[test]
fn a_client_with_both_grants_has_both_kinds_of_token() {
    let (live, home) = (approving(), Home::new());
    let base = live.base();
    let more = ["--auth-method", "client_secret_basic", "--grant-type", "client_credentials"];
    let scope = "launch/patient openid offline_access patient/*.rs system/*.rs";
    let id = &*client_for(&home, &base, scope, &more);
    assert_eq!(home.json(&["token", id])["scope"], "system/*.rs");
    let told = log_in(&home, id, &[]);
    assert_eq!(told["scope"], "launch/patient openid offline_access patient/*.rs", "no backend's scopes");
    assert_eq!(home.json(&["token", id])["patient"], "example");
    assert_eq!(home.json(&["token", id, "--scope", "system/*.rs"])["scope"], "system/*.rs");
    let shown = home.json(&["registration", "show", id]);
    let slots: Vec<&Value> = shown["tokens"].as_array().unwrap().iter().map(|kept| &kept["slot"]).collect();
    assert!(slots.len() == 2 && slots.contains(&&json!("login")), "{shown}");
}
