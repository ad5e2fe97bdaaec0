//! The closing line after a registration promises only what the client can do.

use crate::harness::Home;
use crate::harness::LiveSandbox;
use crate::harness::Run;
use crate::harness::register;
use crate::script::Script;
use crate::script::document;
use crate::script::json as reply;

const KEY_CLIENT: [&str; 6] =
    ["--auth-method", "private_key_jwt", "--grant-type", "client_credentials", "--scope", "system/*.rs"];

fn next(run: &Run) -> String {
    assert_eq!(run.code, Some(0), "{run:?}");
    run.stdout.lines().find(|line| line.starts_with("next: ")).unwrap().to_owned()
}

#[test]
fn a_client_of_users_is_sent_to_login() {
    let live = LiveSandbox::start();
    let home = Home::new();
    let base = live.base();
    for method in ["none", "client_secret_basic"] {
        let line = next(&home.local(&register(&base, &["--auth-method", method])));
        assert!(line.contains("registration show") && line.contains("`safire login r"), "{line}");
        assert!(!line.contains("safire token"), "{line}");
    }
    let line = next(&home.local(&["registration", "add", &base, "--client-id", "c"]));
    assert!(!line.contains("safire token"), "{line}");
}

#[test]
fn a_client_of_its_own_is() {
    let live = LiveSandbox::start();
    let home = Home::new();
    let base = live.base();
    let key = home.key("key.pem", "ES384");
    let line = next(&home.local(&[&["register", &base, "--key", &key], &KEY_CLIENT as &[&str]].concat()));
    let command = line.split('`').nth(1).unwrap();
    let words: Vec<&str> = command.split(' ').skip(1).collect();
    assert!(home.json(&words)["access_token"].is_string(), "{line}");
}

#[test]
fn a_client_whose_key_is_elsewhere_is_told_to_bring_it() {
    let live = LiveSandbox::start();
    let home = Home::new();
    let base = live.base();
    let key = home.key("key.pem", "ES384");
    let set = home.file("jwks.json", home.run(&["keys", "jwks", &key, "--json"]).stdout);
    let line = next(&home.local(&[&["register", &base, "--jwks", &set], &KEY_CLIENT as &[&str]].concat()));
    assert!(line.contains("--key FILE`"), "{line}");
    home.json(&["token", &base, "--key", &key]);
}

#[test]
fn a_method_that_we_do_not_speak_is_told() {
    let script = Script::start(|method, _, origin| match method {
        "POST" => reply(
            201,
            r#"{"client_id":"c","token_endpoint_auth_method":"tls_client_auth","grant_types":["client_credentials"]}"#,
        ),
        _ => reply(200, document(origin)),
    });
    let line = next(&Home::new().local(&register(&script.base(), &[])));
    assert!(line.contains("tls_client_auth") && !line.contains("safire token"), "{line}");
}
