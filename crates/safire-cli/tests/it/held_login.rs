//! What is done with a login that is held: tokens, renewals, questions, and the end of it.

use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;

use serde_json::Value;
use serde_json::json;

use crate::browser::Waiting;
use crate::harness::Home;
use crate::login::SCOPE;
use crate::login::client;
use crate::script::Reply;
use crate::script::Script;
use crate::script::document;
use crate::script::json as reply;

/// A server that rotates: each refresh token works once, and an access token lives for so many seconds.
fn rotating(expires_in: i64) -> Script {
    let given = AtomicUsize::new(0);
    Script::reading(move |method, path, origin, body| match (method, path) {
        ("POST", "/token") => {
            let number = given.fetch_add(1, Ordering::SeqCst);
            let fits = match number {
                0 => body.contains("grant_type=authorization_code"),
                _ => {
                    body.contains(&format!("refresh_token=refresh-token-{}&", number - 1))
                        || body.ends_with(&format!("refresh_token=refresh-token-{}", number - 1))
                }
            };
            if !fits {
                return reply(400, r#"{"error":"invalid_grant","error_description":"spent"}"#);
            }
            let token = json!({
                "access_token": format!("access-token-{number}"), "expires_in": expires_in, "scope": SCOPE,
                "refresh_token": format!("refresh-token-{number}"), "token_type": "Bearer", "patient": "p1",
            });
            reply(200, token.to_string())
        }
        ("POST", "/revoke") => reply(200, ""),
        ("POST", "/introspect") => reply(
            200,
            r#"{"active":true,"client_id":"app","scope":"patient/*.rs","exp":4102444800,"sub":"u1","username":"Ada","patient":"p1"}"#,
        ),
        ("GET", path) if path.starts_with("/fhir/.well-known") => reply(200, document(origin)),
        _ => reply(404, "{}"),
    })
}

fn logged_in(script: &Script, home: &Home) -> String {
    let id = client(home, &script.base(), "http://127.0.0.1/callback");
    Waiting::start(home, &[&id, "--json"]).log_in().json();
    id
}

fn tokens(home: &Home, id: &str) -> Value {
    home.json(&["registration", "show", id])["tokens"].clone()
}

#[test]
fn an_ended_token_is_renewed_and_the_rotated_one_is_kept() {
    let (script, home) = (rotating(0), Home::new());
    let id = logged_in(&script, &home);
    for number in 1..4 {
        let token = home.json(&["token", &id]);
        assert_eq!(token["access_token"], format!("access-token-{number}"));
        assert_eq!(token["patient"], "p1");
    }
    assert_eq!(script.bodies("/token").len(), 4);
}

#[test]
fn of_many_processes_one_renews() {
    let script = Script::reading(|method, _, origin, body| {
        let number = usize::from(body.contains("grant_type=refresh_token"));
        match method {
            "POST" => reply(
                200,
                json!({"access_token": format!("access-token-{number}"), "expires_in": number * 3600,
                       "refresh_token": format!("refresh-token-{number}"), "token_type": "Bearer"})
                .to_string(),
            ),
            _ => reply(200, document(origin)),
        }
    });
    let home = Home::new();
    let id = logged_in(&script, &home);
    let tokens: Vec<Value> = std::thread::scope(|scope| {
        let asking: Vec<_> = (0..6).map(|_| scope.spawn(|| home.json(&["token", &id]))).collect();
        asking.into_iter().map(|asked| asked.join().unwrap()["access_token"].clone()).collect()
    });
    assert_eq!(tokens, vec![json!("access-token-1"); 6]);
    assert_eq!(script.bodies("/token").len(), 2, "one code, one refresh");
}

#[test]
fn fresh_renews_what_is_still_good() {
    let (script, home) = (rotating(3600), Home::new());
    let id = logged_in(&script, &home);
    assert_eq!(home.json(&["token", &id])["access_token"], "access-token-0");
    assert_eq!(home.json(&["token", &id, "--fresh"])["access_token"], "access-token-1");
    assert_eq!(home.json(&["token", &id])["access_token"], "access-token-1");
}

#[test]
fn the_scope_decides_whether_the_login_will_do() {
    let (script, home) = (rotating(3600), Home::new());
    let id = logged_in(&script, &home);
    for scope in ["patient/Patient.r", "patient/Patient.read", "launch/patient patient/*.rs"] {
        assert_eq!(home.json(&["token", &id, "--scope", scope])["access_token"], "access-token-0", "{scope}");
    }
    let run = home.local(&["token", &id, "--scope", "patient/*.rs user/*.cruds", "--json"]);
    let error = run.error();
    assert_eq!((run.code, &error["code"]), (Some(5), &json!("login-needed-first")), "{run:?}");
    let message = error["message"].as_str().unwrap();
    assert!(message.contains("user/*.cruds") && !message.contains("patient/*.rs"), "{error}");
}

#[test]
fn a_login_that_the_server_ended_is_not_asked_for_twice() {
    let script = Script::reading(|method, path, origin, body| match (method, path) {
        ("POST", "/token") if body.contains("authorization_code") => reply(
            200,
            r#"{"access_token":"a","refresh_token":"refresh-token-0","token_type":"Bearer","expires_in":0}"#,
        ),
        ("POST", _) => reply(400, r#"{"error":"invalid_grant"}"#),
        _ => reply(200, document(origin)),
    });
    let home = Home::new();
    let id = logged_in(&script, &home);
    for _ in 0..2 {
        let run = home.local(&["token", &id, "--json"]);
        let error = run.error();
        assert_eq!((run.code, &error["code"]), (Some(5), &json!("login-needed")), "{run:?}");
        assert!(error["hint"].as_str().unwrap().contains(&format!("`safire login {id}`")), "{error}");
    }
    assert_eq!(script.bodies("/token").len(), 2, "one code, one refusal");
    assert_eq!(tokens(&home, &id)[0]["standing"], "login-needed");
}

#[test]
fn the_server_says_what_it_knows_of_the_token() {
    let (script, home) = (rotating(3600), Home::new());
    let id = logged_in(&script, &home);
    let told = home.json(&["introspect", &id]);
    for (name, value) in [
        ("active", json!(true)),
        ("client_id", json!("app")),
        ("exp", json!(4_102_444_800_i64)),
        ("sub", json!("u1")),
        ("username", json!("Ada")),
        ("patient", json!("p1")),
        ("iat", json!(null)),
    ] {
        assert_eq!(told.get(name), Some(&value), "{name}: {told}");
    }
    home.json(&["introspect", &id, "--token", "refresh"]);
    home.json(&["introspect", &id, "--bearer"]);
    let asked = script.bodies("/introspect");
    assert!(asked[0].contains("token=access-token-0") && asked[0].contains("client_id=app"), "{asked:?}");
    assert!(
        asked[1].contains("token=refresh-token-0") && asked[1].contains("hint=refresh_token"),
        "{asked:?}"
    );
    assert_eq!(script.authorizations(), ["Bearer access-token-0"]);
    let run = home.local(&["introspect", &id]);
    assert!(run.code == Some(0) && run.stdout.contains("active") && run.stdout.contains("Ada"), "{run:?}");
    assert!(!format!("{run:?}").contains("access-token-0"), "{run:?}");
}

#[test]
fn a_login_is_given_back_and_forgotten() {
    let (script, home) = (rotating(3600), Home::new());
    let id = logged_in(&script, &home);
    let told = home.json(&["revoke", &id]);
    assert_eq!(
        told,
        json!({"id": id, "slot": "login", "revoked": "refresh_token", "forgotten": true, "deviations": []})
    );
    let asked = script.bodies("/revoke");
    assert!(asked.len() == 1 && asked[0].contains("token=refresh-token-0"), "{asked:?}");
    assert_eq!(tokens(&home, &id), json!([]));
    for command in ["revoke", "introspect"] {
        let run = home.local(&[command, &id, "--json"]);
        assert_eq!((run.code, &run.error()["code"]), (Some(2), &json!("no-token-held")), "{run:?}");
    }
    assert_eq!(home.local(&["token", &id]).code, Some(5));
}

#[test]
fn an_access_token_alone_is_given_back_and_the_next_one_is_another() {
    let (script, home) = (rotating(3600), Home::new());
    let id = logged_in(&script, &home);
    let told = home.json(&["revoke", &id, "--token", "access"]);
    assert_eq!((&told["revoked"], &told["forgotten"]), (&json!("access_token"), &json!(false)));
    assert_eq!(home.json(&["token", &id])["access_token"], "access-token-1", "nobody gets the dead one");
}

#[test]
fn without_such_an_endpoint_nothing_is_forgotten() {
    let script = Script::start(|method, _, origin| match method {
        "POST" => reply(200, r#"{"access_token":"a","token_type":"Bearer","refresh_token":"r"}"#),
        _ => {
            let mut document: Value = serde_json::from_str(&document(origin)).unwrap();
            for name in ["introspection_endpoint", "revocation_endpoint"] {
                document.as_object_mut().unwrap().remove(name);
            }
            reply(200, document.to_string())
        }
    });
    let home = Home::new();
    let id = logged_in(&script, &home);
    for command in ["introspect", "revoke"] {
        let run = home.local(&[command, &id, "--json"]);
        assert_eq!((run.code, &run.error()["code"]), (Some(3), &json!("missing-endpoint")), "{run:?}");
    }
    assert_eq!(tokens(&home, &id)[0]["has_refresh_token"], true);
}

#[test]
fn a_refusal_to_introspect_or_revoke_is_told() {
    let script = Script::start(|method, path, origin| match (method, path) {
        ("POST", "/token") => reply(200, r#"{"access_token":"a","token_type":"Bearer"}"#),
        ("POST", _) => reply(403, r#"{"error":"access_denied"}"#),
        ("GET", path) if path.contains("well-known") => reply(200, document(origin)),
        _ => Reply::Silence,
    });
    let home = Home::new();
    let id = logged_in(&script, &home);
    for command in ["introspect", "revoke"] {
        let run = home.local(&[command, &id, "--json"]);
        assert_eq!((run.code, &run.error()["server_error"]), (Some(5), &json!("access_denied")), "{run:?}");
    }
    assert_eq!(tokens(&home, &id).as_array().unwrap().len(), 1);
}
