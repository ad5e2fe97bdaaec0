//! How Basic credentials are written: form-encoded as RFC 6749 §2.3.1 says, or raw where a server wants that.

use crate::harness::Home;
use crate::harness::register;
use crate::script::Script;
use crate::script::document;
use crate::script::json as reply;

/// `a+b/c:s%e cret`, as it is.
const RAW: &str = "Basic YStiL2M6cyVlIGNyZXQ=";
/// `a%2Bb%2Fc:s%25e+cret`, form-encoded.
const FORM: &str = "Basic YSUyQmIlMkZjOnMlMjVlK2NyZXQ=";

fn server() -> Script {
    Script::start(|method, path, origin| match (method, path) {
        ("POST", "/register") => reply(
            201,
            r#"{"client_id":"a+b/c","client_secret":"s%e cret","client_secret_expires_at":0,"token_endpoint_auth_method":"client_secret_basic","grant_types":["client_credentials"]}"#,
        ),
        ("POST", _) => reply(200, r#"{"access_token":"t","token_type":"Bearer","expires_in":300}"#),
        _ => reply(200, document(origin)),
    })
}

#[test]
fn what_was_said_at_registration_holds_and_a_call_may_say_otherwise() {
    for (said, registered) in [(&[] as &[&str], FORM), (&["--basic-encoding", "raw"], RAW)] {
        let (script, home) = (server(), Home::new());
        let base = script.base();
        home.json(&register(&base, said));
        home.json(&["token", &base]);
        home.json(&["token", &base, "--basic-encoding", "raw"]);
        home.json(&["token", &base, "--basic-encoding", "form"]);
        home.json(&["token", &base, "--fresh"]);
        assert_eq!(script.authorizations(), [registered, RAW, FORM, registered], "one call changes nothing");
    }
}

#[test]
fn an_added_client_keeps_it() {
    let (script, home) = (server(), Home::new());
    let base = script.base();
    let secret = home.file("secret", "s%e cret");
    let add = ["registration", "add", &base, "--client-id", "a+b/c", "--secret-file", &secret];
    let added = home.json(&[&add as &[&str], &["--basic-encoding", "raw"]].concat());
    assert_eq!(added["settings"]["basic_encoding"], "raw");
    home.json(&["token", &base]);
    assert_eq!(script.authorizations(), [RAW]);
}

#[test]
fn a_refusal_names_the_option() {
    let script = Script::start(|method, _, origin| match method {
        "POST" => reply(401, r#"{"error":"invalid_client"}"#),
        _ => reply(200, document(origin)),
    });
    let home = Home::new();
    let base = script.base();
    let secret = home.file("secret", "s%e cret");
    home.json(&["registration", "add", &base, "--client-id", "c", "--secret-file", &secret]);
    let error = home.local(&["token", &base, "--json"]).error();
    assert!(error["hint"].as_str().unwrap().contains("`--basic-encoding raw`"), "{error}");
}

#[test]
fn it_is_only_for_basic() {
    let home = Home::new();
    let secret = home.file("secret", "s");
    let base = "https://fhir.example.com/r4";
    let add = ["registration", "add", base, "--client-id", "c", "--secret-file", &secret];
    let post = [&add as &[&str], &["--auth-method", "client_secret_post"]].concat();
    let raw = ["--basic-encoding", "raw", "--json"];
    let run = home.run(&[&post as &[&str], &raw].concat());
    assert_eq!((run.code, run.error()["code"].as_str()), (Some(2), Some("usage")), "{run:?}");
    home.json(&post);
    let run = home.run(&[&["token", base] as &[&str], &raw].concat());
    assert_eq!((run.code, run.error()["code"].as_str()), (Some(2), Some("usage")), "{run:?}");
    let run = home.run(&[&add as &[&str], &["--basic-encoding", "hex", "--json"]].concat());
    assert_eq!(run.code, Some(2), "{run:?}");
}
