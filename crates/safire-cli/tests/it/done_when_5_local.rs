//! Failures on this side: exit 2 or 8 before anything is sent, and the store stays byte for byte as it was.

use serde_json::Value;
use serde_json::json;

use crate::harness::Home;
use crate::harness::LiveSandbox;
use crate::harness::register;

/// Fails without a request; cause and next step are told.
fn fails(live: &LiveSandbox, home: &Home, args: &[&str], code: i32) -> Value {
    let before = home.digests();
    let run = home.local(&[args, &["--json"]].concat());
    assert_eq!(run.code, Some(code), "{args:?}: {run:?}");
    assert_eq!(home.digests(), before, "{args:?}");
    assert_eq!((live.sandbox.counts().register, live.sandbox.counts().token), (0, 0), "{args:?}");
    let error = run.error();
    assert!(error["message"].as_str().is_some_and(|text| text.len() > 10), "{error}");
    assert!(error["hint"].as_str().is_some_and(|text| text.len() > 10), "{error}");
    error
}

#[test]
fn not_a_url_or_an_http_base() {
    let (live, home) = (LiveSandbox::start(), Home::new());
    for base in [
        "not a url",
        "fhir.example.com/r4",
        "http://fhir.example.com/r4",
        "https:///r4",
        "ftp://fhir.example.com",
        "",
    ] {
        for args in [
            vec!["discover", base],
            register(base, &[]),
            vec!["registration", "add", base, "--client-id", "c"],
        ] {
            let error = fails(&live, &home, &args, 2);
            assert_eq!(error["fault"], "caller");
        }
    }
    assert!(home.files().is_empty());
}

#[test]
fn a_key_file_that_cannot_be_read() {
    let (live, home) = (LiveSandbox::start(), Home::new());
    std::fs::create_dir(home.path("folder.pem")).unwrap();
    let base = live.base();
    home.json(&["registration", "add", &base, "--client-id", "c", "--key", &home.key("key.pem", "ES384")]);
    for (file, cause) in [("absent.pem", "No such file"), ("folder.pem", "directory")] {
        for args in [
            register(&base, &["--key", file, "--auth-method", "private_key_jwt"]),
            vec!["token", &base, "--key", file],
        ] {
            let error = fails(&live, &home, &args, 2);
            let message = error["message"].as_str().unwrap();
            assert!(message.contains(file) && message.contains(cause), "{error}");
        }
    }
}

#[test]
fn an_rsa_key_of_1024_bits_or_an_encrypted_one() {
    let (live, home) = (LiveSandbox::start(), Home::new());
    let weak = home.file("weak.pem", include_str!("../../../../testdata/jose/keys/rsa-1024.pkcs8.pem"));
    let base = live.base();
    home.json(&["registration", "add", &base, "--client-id", "c", "--key", &home.key("key.pem", "ES384")]);
    for args in [
        register(&base, &["--key", &weak, "--auth-method", "private_key_jwt"]),
        vec!["token", &base, "--key", &weak],
    ] {
        let error = fails(&live, &home, &args, 2);
        assert!(error["message"].as_str().unwrap().contains("1024"), "{error}");
    }
    let locked = home.file(
        "locked.pem",
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n",
    );
    let error = fails(&live, &home, &register(&base, &["--key", &locked]), 2);
    assert!(error["hint"].as_str().unwrap().contains("decrypt"), "{error}");
}

#[test]
fn a_store_file_that_is_not_a_database() {
    let (live, home) = (LiveSandbox::start(), Home::new());
    let file = home.file("notes.txt", "these are my notes, and they are dear to me\n".repeat(100));
    let store = format!("sqlite:{file}");
    let base = live.base();
    for args in [
        register(&base, &["--store", &store]),
        vec!["registrations", "--store", &store],
        vec!["token", &base, "--store", &store],
        vec!["registration", "add", &base, "--client-id", "c", "--store", &store],
    ] {
        let error = fails(&live, &home, &args, 8);
        assert_eq!(error["fault"], "store");
        assert!(error["message"].as_str().unwrap().contains("notes.txt"), "{error}");
    }
}

#[test]
fn a_wrong_sealing_key() {
    let (live, home) = (LiveSandbox::start(), Home::new());
    let base = live.base();
    home.file("secret", "s");
    home.json(&["registration", "add", &base, "--client-id", "c", "--secret-file", "secret"]);
    let wrong = home.path("wrong.key");
    std::fs::write(&wrong, "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n").unwrap();
    std::fs::set_permissions(&wrong, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let wrong = wrong.to_str().unwrap();
    for args in [
        register(&base, &["--store-key", wrong]),
        register(&base, &["--store-key", wrong, "--again"]),
        vec!["registrations", "--store-key", wrong],
        vec!["token", &base, "--store-key", wrong],
        vec!["registration", "forget", &base, "--store-key", wrong],
    ] {
        let error = fails(&live, &home, &args, 8);
        assert_eq!(error["code"], json!("store-wrong-key"), "{error}");
    }
    for args in
        [vec!["registrations", "--store-key", "absent.key"], vec!["registrations", "--store-key", "keyring"]]
    {
        fails(&live, &home, &args, 8);
    }
    assert_eq!(home.registrations().len(), 1);
}

#[test]
fn a_store_without_its_key_or_of_no_known_kind() {
    let (live, home) = (LiveSandbox::start(), Home::new());
    let error =
        fails(&live, &home, &["registrations", "--store", "mysql://user:pw@db.example.com/safire"], 2);
    assert!(error["message"].as_str().unwrap().contains("***@db.example.com"), "{error}");
    let error =
        fails(&live, &home, &["registrations", "--store", "postgres://user:pw@db.example.com/safire"], 8);
    assert_eq!(error["code"], "store-key");
    assert!(!error.to_string().contains(":pw@"), "{error}");
    fails(&live, &home, &["registrations", "--store", "notes.txt"], 2);
}
