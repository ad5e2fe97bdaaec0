//! Logins of users by UDAP: at the server, and at an identity provider of theirs.

use serde_json::json;
use url::Url;

use super::world::World;
use super::world::redirect;
use crate::browser::Waiting;
use crate::browser::get;

/// Follows what the servers say until the browser is back at the command.
fn follow(login: &Waiting) {
    let redirect = login.redirect();
    let mut url = login.page.clone();
    for _ in 0..8 {
        let is_back = url.port() == redirect.port();
        let seen = get(&url);
        assert_eq!(seen.status, 303, "{url}: {}", seen.body);
        if is_back {
            return;
        }
        url = Url::parse(&seen.location.unwrap()).unwrap();
    }
    panic!("the browser never came back: {url}");
}

fn world() -> World {
    World::with(|builder| builder.auto_approve("patient", "example"))
}

#[test]
fn a_user_logs_in_with_either_command() {
    let world = world();
    let told = world.home.json(&world.register_app(&redirect()));
    let id = told["id"].as_str().unwrap();
    for command in [&["login"] as &[&str], &["udap", "login"]] {
        let login = Waiting::of(&world.home, command, &[id, "--json"]);
        assert_eq!(login.asked("code_challenge_method").as_deref(), Some("S256"));
        follow(&login);
        login.last_page();
        let run = login.end();
        assert!(run.stderr.contains("warning: the id token is not checked"), "{run:?}");
        let told = run.json();
        assert_eq!(
            (&told["has_id_token"], &told["subject"]),
            (&json!(true), &json!(null)),
            "nobody vouches for it"
        );
        assert_eq!((&told["patient"], &told["has_refresh_token"]), (&json!("example"), &json!(true)));
        assert_eq!(world.home.json(&["fhir", id, "GET", "Patient/example"])["id"], "example");
        assert_eq!(
            world.home.json(&["token", id, "--fresh"])["patient"],
            "example",
            "renewed by certificate"
        );
    }
    let error = world.refused(&["revoke", id], 3, "missing-endpoint");
    assert!(error["message"].as_str().unwrap().contains("revocation_endpoint"), "{error}");
}

#[test]
fn a_user_logs_in_at_an_identity_provider() {
    let world = world();
    let told = world.home.json(&world.register_app(&redirect()));
    let id = told["id"].as_str().unwrap();
    // The sandbox is its own.
    let idp = world.live.sandbox.issuer();
    let login = Waiting::of(&world.home, &["udap", "login"], &[id, "--idp", &idp, "--json"]);
    assert_eq!(login.asked("idp").as_deref(), Some(idp.as_str()));
    assert!(login.asked("scope").unwrap().split(' ').any(|scope| scope == "udap"));
    follow(&login);
    login.last_page();
    assert_eq!(login.end().json()["patient"], "example");
}

#[test]
fn an_identity_provider_that_the_server_does_not_trust_is_told() {
    let world = world();
    let told = world.home.json(&world.register_app(&redirect()));
    let id = told["id"].as_str().unwrap();
    let login = Waiting::of(&world.home, &["udap", "login"], &[id, "--idp", "https://idp.invalid", "--json"]);
    follow(&login);
    login.last_page();
    let run = login.end();
    let error = run.error();
    assert_eq!((run.code, &error["server_error"]), (Some(5), &json!("invalid_idp")), "{run:?}");
    assert!(error["hint"].as_str().unwrap().contains("identity provider"), "{error}");
    let bad = ["udap", "login", id, "--idp", "http://idp.example.org", "--no-browser"];
    let run = world.home.local(&[&bad as &[&str], &["--json"]].concat());
    assert_eq!(run.code, Some(2), "{run:?}");
}
