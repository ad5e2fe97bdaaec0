//! `safire keys`.

use crate::harness::Home;

#[test]
fn a_key_is_made_in_a_private_file_and_never_over_another() {
    use std::os::unix::fs::PermissionsExt;
    let home = Home::new();
    let path = home.path("key.pem");
    let text = path.to_str().unwrap();
    let made = home.json(&["keys", "generate", "--out", text]);
    assert_eq!(made["alg"], "ES384");
    assert_eq!(made["private_key"], serde_json::Value::Null);
    assert!(made["jwk"].get("d").is_none());
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let before = std::fs::read(&path).unwrap();

    let error = home.run(&["keys", "generate", "--out", text, "--json"]);
    assert_eq!(error.code, Some(2));
    assert!(error.error()["hint"].as_str().unwrap().contains("never overwritten"));
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[test]
fn a_key_shows_only_when_asked() {
    let home = Home::new();
    assert_eq!(home.run(&["keys", "generate"]).code, Some(2));
    let run = home.run(&["keys", "generate", "--alg", "ES256", "--show-secrets"]);
    assert!(run.stdout.starts_with("-----BEGIN PRIVATE KEY-----"), "{run:?}");
    assert!(home.files().is_empty(), "keys touch no store");
}

#[test]
fn each_algorithm_makes_a_key_for_it() {
    let home = Home::new();
    for algorithm in ["RS256", "RS384", "PS384", "ES256", "ES384"] {
        let made = home.json(&["keys", "generate", "--alg", algorithm, "--show-secrets"]);
        assert_eq!(made["alg"], algorithm);
        assert_eq!(made["jwk"]["alg"], algorithm);
        let pem = made["private_key"].as_str().unwrap();
        assert!(pem.contains("PRIVATE KEY"));
        let file = home.file(&format!("{algorithm}.pem"), pem);
        assert_eq!(
            home.json(&["keys", "jwks", &file])["keys"][0],
            made["jwk"],
            "the file keeps the algorithm"
        );
    }
    assert_eq!(home.run(&["keys", "generate", "--alg", "HS256", "--show-secrets"]).code, Some(2));
}

#[test]
fn a_jwk_set_holds_public_halves_only() {
    let home = Home::new();
    let (ec, rsa) = (home.key("ec.pem", "ES384"), home.key("rsa.pem", "RS384"));
    let set = home.json(&["keys", "jwks", &ec, &rsa]);
    let keys = set["keys"].as_array().unwrap();
    assert_eq!(keys.len(), 2);
    for key in keys {
        for private in ["d", "p", "q", "dp", "dq", "qi", "k"] {
            assert!(key.get(private).is_none(), "{key}");
        }
    }
    // A set that the command made can be read again.
    let file = home.file("jwks.json", set.to_string());
    assert_eq!(home.json(&["keys", "jwks", &file]), set);
    let thumbprint = home.run(&["keys", "thumbprint", &ec]);
    assert_eq!(thumbprint.stdout.trim_end(), keys[0]["kid"].as_str().unwrap());
    assert_eq!(home.json(&["keys", "thumbprint", &ec])["thumbprint"], keys[0]["kid"]);
}

#[test]
fn a_file_that_is_no_key_is_named() {
    let home = Home::new();
    let file = home.file("notes.txt", "not a key");
    for command in [["keys", "jwks", &file], ["keys", "thumbprint", &file], ["keys", "jwks", "absent.pem"]] {
        let run = home.run(&[&command as &[&str], &["--json"]].concat());
        assert_eq!(run.code, Some(2));
        assert!(run.error()["message"].as_str().unwrap().contains(command[2]), "{run:?}");
    }
}
