//! `safire token --re-register`: a client that the server forgot is made once more, and never twice.

use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;

use serde_json::json;

use crate::harness::Home;
use crate::script::Reply;
use crate::script::Script;
use crate::script::document;
use crate::script::json as reply;

/// A server that knows only the clients from this number on.
fn forgetful(first_known: usize) -> Script {
    let made = AtomicUsize::new(0);
    Script::reading(move |method, path, origin, body| match (method, path) {
        ("POST", "/register") => {
            let number = made.fetch_add(1, Ordering::SeqCst);
            reply(
                201,
                json!({
                    "client_id": format!("client-{number}"), "client_secret": format!("secret-of-{number}"),
                    "client_secret_expires_at": 0, "token_endpoint_auth_method": "client_secret_post",
                    "grant_types": ["client_credentials"], "scope": "system/*.rs",
                })
                .to_string(),
            )
        }
        ("POST", "/token") => {
            let number = body.split("client_id=client-").nth(1).unwrap_or_default();
            let number: usize = number.split('&').next().unwrap_or_default().parse().unwrap();
            if number < first_known {
                return reply(401, r#"{"error":"invalid_client"}"#);
            }
            reply(
                200,
                format!(
                    r#"{{"access_token":"token-of-{number}-abcdef","token_type":"Bearer","expires_in":300}}"#
                ),
            )
        }
        ("GET", path) if path.starts_with("/fhir/.well-known") => reply(200, document(origin)),
        _ => Reply::Body(404, "application/json", "{}".to_owned()),
    })
}

fn client(script: &Script, home: &Home) -> String {
    let base = script.base();
    let made = home.json(&[
        "register",
        &base,
        "--client-name",
        "Forgotten",
        "--grant-type",
        "client_credentials",
        "--auth-method",
        "client_secret_post",
        "--scope",
        "system/*.rs",
    ]);
    made["id"].as_str().unwrap().to_owned()
}

#[test]
fn without_the_option_the_refusal_is_the_error() {
    let (script, home) = (forgetful(1), Home::new());
    let id = client(&script, &home);
    let run = home.local(&["token", &id, "--json"]);
    assert_eq!((run.code, &run.error()["server_error"]), (Some(5), &json!("invalid_client")));
    assert_eq!(home.registrations().len(), 1);
}

#[test]
fn with_it_the_client_is_made_once_more_and_the_old_one_is_history() {
    let (script, home) = (forgetful(1), Home::new());
    let id = client(&script, &home);
    let token = home.json(&["token", &id, "--re-register", "--authorization", "Bearer initial-access-token"]);
    assert_eq!(token["access_token"], "token-of-1-abcdef");
    let new = token["registration"].as_str().unwrap();
    assert_ne!(new, id);
    assert_eq!(script.authorizations(), ["Bearer initial-access-token"]);
    let old = home.json(&["registration", "show", &id]);
    assert_eq!((&old["state"], &old["replaced_by"]), (&json!("gone"), &json!(new)));
    assert_eq!((&old["trouble"], &old["client_id"]), (&json!(null), &json!("client-0")));
    let shown = home.json(&["registration", "show", new]);
    assert_eq!((&shown["state"], &shown["replaces"]), (&json!("active"), &json!(id)));
    // By its server it is found at once.
    assert_eq!(home.json(&["token", &script.base()])["access_token"], "token-of-1-abcdef");
}

#[test]
fn it_is_never_made_twice() {
    let (script, home) = (forgetful(9), Home::new());
    let id = client(&script, &home);
    let run = home.local(&["token", &id, "--re-register", "--json"]);
    assert_eq!((run.code, &run.error()["server_error"]), (Some(5), &json!("invalid_client")), "{run:?}");
    let list = home.registrations();
    assert_eq!(list.len(), 2);
    let new = list.iter().find(|row| row["id"] != json!(id)).unwrap()["id"].as_str().unwrap();
    let run = home.local(&["token", new, "--re-register", "--json"]);
    assert_eq!((run.code, &run.error()["server_error"]), (Some(5), &json!("invalid_client")), "{run:?}");
    assert_eq!(home.registrations().len(), 2);
}

#[test]
fn an_authorization_is_for_a_registration() {
    let run = Home::new().run(&["token", "rabcdefghijklmno", "--authorization", "Bearer x", "--json"]);
    assert_eq!((run.code, &run.error()["code"]), (Some(2), &json!("usage")));
}
