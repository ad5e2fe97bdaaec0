//! What the environment says, and what wins over it.

use serde_json::Value;
use serde_json::json;

use crate::harness::Home;
use crate::harness::Run;

const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const OTHER_KEY: &str = "Hx4dHBsaGRgXFhUUExIREA8ODQwLCgkIBwYFBAMCAQA=";
const ADD: [&str; 6] = ["registration", "add", "https://fhir.example.com/r4", "--client-id", "c", "--json"];

fn run(home: &Home, variables: &[(&str, &str)], args: &[&str]) -> Run {
    home.command(args).envs(variables.iter().copied()).output().unwrap().into()
}

fn count(run: &Run) -> usize {
    run.json().as_array().unwrap().len()
}

#[test]
fn the_store_is_in_the_data_folder_and_private() {
    use std::os::unix::fs::PermissionsExt;
    let home = Home::new();
    let data = home.path("data");
    run(&home, &[("XDG_DATA_HOME", data.to_str().unwrap())], &ADD).json();
    for file in ["safire.db", "safire.db.key"] {
        let mode = std::fs::metadata(data.join("safire").join(file)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
    run(&home, &[], &ADD).json();
    assert!(home.path(".local/share/safire/safire.db").exists());
}

#[test]
fn an_option_wins_over_the_variable() {
    let home = Home::new();
    let (a, b) = (("SAFIRE_STORE", "sqlite:a.db"), ["registrations", "--store", "sqlite:b.db", "--json"]);
    run(&home, &[a], &ADD).json();
    assert!(home.path("a.db").exists());
    assert_eq!(count(&run(&home, &[a], &["registrations", "--json"])), 1);
    assert_eq!(count(&run(&home, &[a], &b)), 0);
    assert!(!home.path("b.db").exists());
}

#[test]
fn the_sealing_key_of_the_environment_wins_over_the_file() {
    let home = Home::new();
    let key = ("SAFIRE_STORE_KEY", KEY);
    run(&home, &[key], &ADD).json();
    assert!(!home.path(".local/share/safire/safire.db.key").exists(), "no key lies beside the store");
    let list = ["registrations", "--json"];
    assert_eq!(count(&run(&home, &[key], &list)), 1);
    assert_eq!(count(&run(&home, &[key], &["registrations", "--json", "--store-key", "absent"])), 1);
    let file = home.private_file("other.key", OTHER_KEY);
    assert_eq!(count(&run(&home, &[key], &["registrations", "--json", "--store-key", &file])), 1);
    assert_eq!(run(&home, &[], &["registrations", "--json", "--store-key", &file]).code, Some(8));
    home.private_file(".local/share/safire/safire.db.key", OTHER_KEY);
    let file = home.private_file("right.key", KEY);
    assert_eq!(
        count(&run(&home, &[], &["registrations", "--json", "--store-key", &file])),
        1,
        "before the file beside"
    );
    std::fs::remove_file(home.path(".local/share/safire/safire.db.key")).unwrap();
    let wrong = run(&home, &[("SAFIRE_STORE_KEY", OTHER_KEY)], &list);
    assert_eq!((wrong.code, &wrong.error()["code"]), (Some(8), &json!("store-wrong-key")));
    assert_eq!(run(&home, &[("SAFIRE_STORE_KEY", "too short")], &list).code, Some(8));
    assert_eq!(run(&home, &[], &list).code, Some(8), "the key is not guessed");
}

#[test]
fn without_a_home_a_store_must_be_named() {
    let home = Home::new();
    let mut command = home.command(&["registrations", "--json"]);
    let bare: Run = command.env_remove("HOME").output().unwrap().into();
    assert_eq!(bare.code, Some(2));
    assert!(bare.error()["hint"].as_str().unwrap().contains("--store"));
}

#[test]
fn quiet_leaves_notes_out_and_verbose_tells_more() {
    let home = Home::new();
    assert_eq!(home.run(&["registrations"]).stderr, "note: no registrations in this store\n");
    assert_eq!(home.run(&["registrations", "-q"]).stderr, "");
    let failed = home.run(&["discover", "https://nohost.invalid", "-v"]);
    assert!(failed.stderr.contains("INFO discovery"), "{failed:?}");
    assert_eq!(home.run(&["registrations", "-q", "-v"]).code, Some(2));
    assert_eq!(home.json(&["registrations"]), Value::Array(Vec::new()));
}

#[test]
fn a_tilde_is_not_taken_for_a_folder() {
    let home = Home::new();
    let run = home.run(&[&ADD as &[&str], &["--store", "sqlite:~/s.db"]].concat());
    assert_eq!(run.code, Some(2));
    assert!(run.error()["hint"].as_str().unwrap().contains("$HOME"), "{run:?}");
    assert!(home.files().is_empty());
}
