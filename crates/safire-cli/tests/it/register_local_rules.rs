//! What `register` refuses before anything is sent: exit 2, and no request, no store.

use serde_json::Value;

use crate::harness::Home;
use crate::harness::LiveSandbox;
use crate::harness::register;

fn refused(more: &[&str]) -> (Home, Value) {
    let live = LiveSandbox::start();
    let home = Home::new();
    home.key("key.pem", "ES384");
    home.file("jwks.json", r#"{"keys":[]}"#);
    home.file("private.json", r#"{"keys":[{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0","d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"}]}"#);
    home.file(
        "other-key.json",
        r#"{"jwks":{"keys":[{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}}"#,
    );
    home.file("list.json", "[1]");
    home.file("doubled.json", r#"{"client_name":"a","client_name":"b"}"#);
    let before = home.digests();
    let base = live.base();
    let run = home.local(&register(&base, &[more, &["--json"]].concat()));
    assert_eq!(run.code, Some(2), "{more:?}: {run:?}");
    assert_eq!(live.sandbox.counts().register, 0);
    assert_eq!(home.digests(), before, "{more:?}: no store is made");
    let error = run.error();
    assert!(error["hint"].is_string(), "{more:?}: {error}");
    assert_eq!(error["fault"], "caller", "{more:?}");
    (home, error)
}

#[test]
fn each_is_refused() {
    for more in [
        &["--key", "key.pem", "--auth-method", "none"] as &[&str],
        &["--auth-method", "private_key_jwt"],
        &["--auth-method", "password"],
        &["--jwks", "jwks.json", "--jwks-uri", "https://app.example.com/jwks"],
        &["--jwks", "jwks.json", "--key", "key.pem"],
        &["--jwks", "private.json"],
        &["--metadata", "other-key.json", "--key", "key.pem"],
        &["--jwks", "key.pem"],
        &["--metadata", "list.json"],
        &["--metadata", "doubled.json"],
        &["--metadata", "absent.json"],
        &["--set", "software_id=bare-word"],
        &["--set", "no_value"],
        &["--set", "=1"],
        &["--redirect-uri", "http://app.example.com/cb"],
        &["--redirect-uri", "https://app.example.com/cb#fragment"],
        &["--authorization", "Bearer a", "--authorization-file", "jwks.json"],
        &["--authorization", "Bearer a", "--authorization-env", "IAT"],
        &["--authorization-env", "IAT_THAT_IS_NOT_SET"],
        &["--authorization-file", "absent"],
        &["--authorization", ""],
        &["--authorization", "Bearer a\r\nX-Injected: 1"],
        &["--key-by-path"],
        &["--registration-endpoint", "http://auth.example.com/register"],
        &["--token-endpoint", "not a url"],
        &["--software-statement", "absent.jwt"],
        &["--no-store"],
    ] {
        refused(more);
    }
}

#[test]
fn a_bare_word_gets_a_hint_about_quotes() {
    let (_, error) = refused(&["--set", "software_id=bare-word"]);
    assert!(error["hint"].as_str().unwrap().contains("quotes"), "{error}");
    assert!(!error["message"].as_str().unwrap().contains("bare-word"), "{error}");
}

#[test]
fn grant_types_that_are_not_given_mean_the_authorization_code() {
    let live = LiveSandbox::start();
    let run = Home::new().local(&["register", &live.base(), "--client-name", "No redirect", "--json"]);
    assert_eq!(run.code, Some(2));
    assert!(run.error()["message"].as_str().unwrap().contains("redirect"), "{run:?}");
}
