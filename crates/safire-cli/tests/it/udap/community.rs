//! `safire udap community new`: authorities, lists and members in a folder.

use std::os::unix::fs::PermissionsExt as _;

use serde_json::json;

use crate::harness::Home;

#[test]
fn keys_are_for_their_owner_alone() {
    let home = Home::new();
    let told = home.json(&[
        "udap",
        "community",
        "new",
        "trust",
        "--alg",
        "ES384",
        "--server",
        "https://fhir.example.org/r4",
    ]);
    assert_eq!(told["server"], "https://fhir.example.org/r4");
    let files = told["files"].as_array().unwrap();
    assert_eq!(files.len(), 10, "{files:?}");
    for file in files {
        let name = file["file"].as_str().unwrap();
        let mode = std::fs::metadata(home.path(name)).unwrap().permissions().mode() & 0o777;
        assert_eq!(
            (mode & 0o077 == 0, name.ends_with(".key.pem")),
            (file["secret"] == json!(true), file["secret"] == json!(true)),
            "{name} {mode:o}"
        );
    }
    assert!(!home.path(".local").exists(), "the store is never touched");
}

#[test]
fn nothing_is_overwritten() {
    let home = Home::new();
    let args = ["udap", "community", "new", "trust", "--alg", "ES256"];
    assert_eq!(home.run(&args).code, Some(0));
    let before = home.digests();
    let run = home.run(&args);
    assert_eq!(run.code, Some(2), "{run:?}");
    assert!(run.stderr.contains("is there already"), "{run:?}");
    assert_eq!(home.digests(), before);
}

#[test]
fn a_name_that_is_no_uri_makes_no_certificate() {
    let home = Home::new();
    let run = home.run(&[
        "udap",
        "community",
        "new",
        "trust",
        "--alg",
        "ES256",
        "--client",
        "https://ä.example",
        "--json",
    ]);
    assert_eq!((run.code, &run.error()["code"]), (Some(2), &json!("community-not-made")));
    assert!(!home.path("trust").exists());
}
