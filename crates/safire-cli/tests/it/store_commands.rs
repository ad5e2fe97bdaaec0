//! `safire store`: check, a new key, export and import, history.

use serde_json::json;

use crate::harness::Home;
use crate::harness::LiveSandbox;
use crate::harness::register;

const OWN: [&str; 6] =
    ["--auth-method", "client_secret_basic", "--grant-type", "client_credentials", "--scope", "system/*.rs"];

fn with_a_client(live: &LiveSandbox, home: &Home) -> String {
    let id = home.json(&register(&live.base(), &OWN))["id"].as_str().unwrap().to_owned();
    home.json(&["token", &id]);
    id
}

#[cfg(unix)]
fn mode(path: &std::path::Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn a_sound_store_is_counted() {
    let (live, home) = (LiveSandbox::start(), Home::new());
    with_a_client(&live, &home);
    let before = home.digests();
    let report = home.json(&["store", "check"]);
    assert_eq!((&report["records"], &report["tokens"], &report["ok"]), (&json!(1), &json!(1), &json!(true)));
    assert_eq!(report["findings"], json!([]));
    assert!(report["history"].as_u64().unwrap() >= 3, "{report}");
    assert_eq!(home.digests(), before, "nothing is changed");
    assert!(home.run(&["store", "check"]).stdout.contains("sound"));
}

#[test]
fn a_store_that_is_not_there_is_not_made() {
    let home = Home::new();
    let (file, key) = (home.path("x").display().to_string(), home.path("k").display().to_string());
    for args in [&["check"] as &[&str], &["rotate-key"], &["export", &file], &["history"]] {
        let run = home.run(&[&["store"], args, &["--json"]].concat());
        assert_eq!((run.code, &run.error()["code"]), (Some(8), &json!("store-open")), "{run:?}");
    }
    let run = home.run(&["store", "rotate-key", "--new-key", &key, "--json"]);
    assert_eq!(run.code, Some(8));
    assert!(home.files().is_empty());
}

#[test]
fn a_damaged_row_is_found() {
    let (live, home) = (LiveSandbox::start(), Home::new());
    let id = with_a_client(&live, &home);
    let path = home.path(".local/share/safire/safire.db");
    rusqlite::Connection::open(&path)
        .unwrap()
        .execute("UPDATE registration SET base_url = 'https://x'", ())
        .unwrap();
    let run = home.run(&["store", "check", "--json"]);
    let error = run.error();
    assert_eq!(
        (run.code, &error["code"], &error["fault"]),
        (Some(8), &json!("store-unsound"), &json!("store"))
    );
    assert!(error["message"].as_str().unwrap().contains(&id), "{error}");
}

#[test]
fn a_new_key_takes_the_place_of_the_one_beside_the_store() {
    let (live, home) = (LiveSandbox::start(), Home::new());
    let id = with_a_client(&live, &home);
    let key = home.path(".local/share/safire/safire.db.key");
    let old = std::fs::read(&key).unwrap();
    let rotated = home.json(&["store", "rotate-key"]);
    assert_eq!((rotated["key_id"].as_str().unwrap().len(), &rotated["file"]), (8, &json!(null)));
    assert_ne!(std::fs::read(&key).unwrap(), old);
    assert_eq!(home.json(&["token", &id])["scope"], "system/*.rs");
    let old = home.private_file("old.key", old);
    let run = home.run(&["registrations", "--store-key", &old, "--json"]);
    assert_eq!((run.code, &run.error()["code"]), (Some(8), &json!("store-wrong-key")));
}

#[test]
fn a_key_elsewhere_is_made_where_it_is_missing() {
    let (live, home) = (LiveSandbox::start(), Home::new());
    let first = home.private_file("first.key", "c2FmaXJlIHRlc3Qga2V5IGZvciBQb3N0Z3JlU1FMLi4=");
    let made = home.json(&[&register(&live.base(), &OWN) as &[&str], &["--store-key", &first]].concat());
    let id = made["id"].as_str().unwrap();
    let run = home.run(&["store", "rotate-key", "--store-key", &first, "--json"]);
    assert_eq!(run.code, Some(2), "the new key needs a place: {run:?}");
    let new = home.path("new.key");
    let file = new.to_str().unwrap();
    let rotated = home.json(&["store", "rotate-key", "--store-key", &first, "--new-key", file]);
    assert_eq!(rotated["file"], file);
    assert_eq!(mode(&new), 0o600);
    assert_eq!(home.json(&["registration", "show", id, "--store-key", file])["id"], json!(id));
    assert_eq!(home.run(&["registrations", "--store-key", &first]).code, Some(8));
}

#[test]
fn an_export_goes_into_another_store() {
    let (live, home) = (LiveSandbox::start(), Home::new());
    let id = with_a_client(&live, &home);
    let file = home.path("backup.safire");
    let name = file.to_str().unwrap();
    let exported = home.json(&["store", "export", name]);
    assert_eq!((&exported["records"], &exported["tokens"]), (&json!(1), &json!(1)));
    assert_eq!(mode(&file), 0o600);
    let bytes = std::fs::read(&file).unwrap();
    let secret = home.json(&["registration", "show", &id, "--show-secrets"])["client_secret"].clone();
    let secret = secret.as_str().unwrap().as_bytes();
    assert!(!bytes.windows(secret.len()).any(|window| window == secret), "sealed");
    let run = home.run(&["store", "export", name, "--json"]);
    assert_eq!(run.code, Some(8), "never over a file: {run:?}");
    assert_eq!(std::fs::read(&file).unwrap(), bytes);

    // Into the same store: everything is there already.
    let again = home.json(&["store", "import", name]);
    assert_eq!((&again["added"], &again["present"]), (&json!([]), &json!([id])));
    // Into a new one, which has a key of its own.
    let other = format!("sqlite:{}", home.path("other.db").display());
    let run = home.run(&["store", "import", name, "--store", &other, "--json"]);
    assert_eq!(run.code, Some(8), "another key: {run:?}");
    let key = home.path(".local/share/safire/safire.db.key").display().to_string();
    let into = ["store", "import", name, "--export-key", &key, "--store", &other];
    assert_eq!(home.json(&into)["added"], json!([id]));
    assert_eq!(home.json(&["token", &id, "--store", &other])["scope"], "system/*.rs");
    assert_eq!(home.json(&["store", "history", &id, "--store", &other])[0]["what"], "inserted");
}

#[test]
fn history_tells_who_did_what_and_outlives_the_registration() {
    let (live, home) = (LiveSandbox::start(), Home::new());
    let id = with_a_client(&live, &home);
    home.json(&["registration", "forget", &id]);
    let entries = home.json(&["store", "history", &id]);
    let told: Vec<&str> =
        entries.as_array().unwrap().iter().map(|entry| entry["what"].as_str().unwrap()).collect();
    assert_eq!((told[0], told[1], told[told.len() - 1]), ("inserted", "replaced", "removed"), "{entries}");
    assert_eq!((&entries[1]["from"], &entries[1]["to"]), (&json!("in-doubt"), &json!("registered")));
    assert!(entries[0]["at"].is_i64() && entries[0]["by"].as_str().unwrap().contains("pid "), "{entries}");
    assert_eq!(home.json(&["store", "history"]), json!([]), "of those that are there");
    let run = home.run(&["store", "history", "raaaaaaaaaaaaaaa", "--json"]);
    assert_eq!((run.code, &run.error()["code"]), (Some(2), &json!("registration-unknown")));
    let table = home.run(&["store", "history", &id]);
    assert!(table.stdout.starts_with("WHEN ") && table.stdout.contains("removed"), "{}", table.stdout);
}
