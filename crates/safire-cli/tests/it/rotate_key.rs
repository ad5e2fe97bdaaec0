//! `safire registration rotate-key`: a new key, with the old one in use until the new one was seen to work.

use serde_json::json;

use crate::harness::Home;
use crate::harness::LiveSandbox;

fn client(live: &LiveSandbox, home: &Home, grant: &[&str]) -> String {
    let key = home.key("old.pem", "ES384");
    let base = live.base();
    let mut args =
        vec!["register", &base, "--client-name", "Keys", "--key", &key, "--auth-method", "private_key_jwt"];
    args.extend(grant);
    home.json(&args)["id"].as_str().unwrap().to_owned()
}

const OWN: [&str; 4] = ["--grant-type", "client_credentials", "--scope", "system/*.rs"];

#[test]
fn a_new_key_takes_the_old_ones_place() {
    let (live, home) = (LiveSandbox::start(), Home::new());
    let id = client(&live, &home, &OWN);
    let old = live.sandbox.clients()[0].metadata["jwks"]["keys"][0]["kid"].clone();
    let rotated = home.json(&["registration", "rotate-key", &id]);
    assert_eq!((&rotated["stage"], &rotated["key_rotation"]), (&json!("replaced"), &json!(null)));
    assert_ne!(rotated["kid"], old);
    let keys = live.sandbox.clients()[0].metadata["jwks"]["keys"].clone();
    assert_eq!(keys.as_array().unwrap().len(), 1);
    assert_eq!((&keys[0]["kid"], &keys[0]["alg"]), (&rotated["kid"], &json!("ES384")), "of the same kind");
    assert_eq!(home.json(&["token", &id, "--fresh"])["scope"], "system/*.rs");

    // Without a rotation on its way the same command makes the next one; a key may be given, or another kind.
    let mine = home.key("mine.pem", "RS384");
    let kid = home.json(&["keys", "thumbprint", &mine])["kid"].clone();
    let rotated = home.json(&["registration", "rotate-key", &id, "--key", &mine, "--key-by-path"]);
    assert_eq!((&rotated["kid"], &rotated["key"]), (&kid, &json!(mine)));
    let rotated = home.json(&["registration", "rotate-key", &id, "--alg", "ES256"]);
    assert_eq!(live.sandbox.clients()[0].metadata["jwks"]["keys"][0]["alg"], "ES256");
    assert_eq!(rotated["key"], "sealed");
    home.json(&["token", &id, "--fresh"]);
}

#[test]
fn a_rotation_that_stopped_goes_on_where_it_stopped() {
    let (live, home) = (LiveSandbox::start(), Home::new());
    let id = client(&live, &home, &OWN);
    live.sandbox.set_fault("token:empty-500").unwrap();
    let run = home.local(&["registration", "rotate-key", &id, "--json"]);
    assert_eq!(run.code, Some(5), "{run:?}");
    live.sandbox.clear_faults();
    let shown = home.json(&["registration", "show", &id]);
    assert_eq!(
        (&shown["key_rotation"], &shown["trouble"]),
        (&json!("proving"), &json!("key-rotation-unfinished"))
    );
    assert_eq!(live.sandbox.clients()[0].metadata["jwks"]["keys"].as_array().unwrap().len(), 2);
    home.json(&["token", &id]); // with the old key
    let other = home.key("other.pem", "ES384");
    let run = home.local(&["registration", "rotate-key", &id, "--key", &other, "--json"]);
    assert_eq!((run.code, &run.error()["code"]), (Some(2), &json!("key-not-replaceable")));
    let rotated = home.json(&["registration", "rotate-key", &id]);
    assert_eq!(rotated["stage"], "replaced");
    let keys = live.sandbox.clients()[0].metadata["jwks"]["keys"].clone();
    assert_eq!((keys.as_array().unwrap().len(), &keys[0]["kid"]), (1, &rotated["kid"]));
}

#[test]
fn a_client_for_users_keeps_both_until_it_is_told_that_the_new_one_works() {
    let (live, home) = (LiveSandbox::start(), Home::new());
    let id = client(
        &live,
        &home,
        &["--redirect-uri", "http://127.0.0.1/callback", "--scope", "openid patient/*.rs"],
    );
    let run = home.local(&["registration", "rotate-key", &id]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(run.stdout.contains("both keys") && run.stderr.contains("--trust"), "{run:?}");
    let trusted = home.json(&["registration", "rotate-key", &id, "--trust"]);
    assert_eq!(trusted["stage"], "replaced");
    assert_eq!(live.sandbox.clients()[0].metadata["jwks"]["keys"].as_array().unwrap().len(), 1);
}
