use std::path::Path;

use safire_sandbox::Sandbox;
use safire_sandbox::manners;
use safire_sandbox::profiles;

#[test]
fn the_reference_is_the_table() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference/profiles.md");
    let text = std::fs::read_to_string(path).unwrap();
    let written: Vec<&str> = text.lines().filter(|line| line.starts_with("| `")).collect();
    let made: Vec<String> = profiles()
        .iter()
        .map(|profile| format!("| `{}` | {} | {} |", profile.name, profile.summary, profile.source))
        .collect();
    assert_eq!(written, made, "docs/reference/profiles.md does not say what the code says");
}

#[tokio::test]
async fn each_profile_starts_and_others_are_an_error() {
    for profile in profiles() {
        let sandbox = Sandbox::builder().profile(profile.name).start().await;
        assert!(sandbox.is_ok(), "{}", profile.name);
    }
    let error = Sandbox::builder().profile("nobody").start().await.unwrap_err().to_string();
    assert!(error.contains("`keycloak`"), "{error}");
}

#[test]
fn the_reference_lists_the_manners() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference/tenants.md");
    let text = std::fs::read_to_string(path).unwrap();
    let written: Vec<&str> = text.lines().filter(|line| line.starts_with("| `")).collect();
    let made: Vec<String> = manners()
        .iter()
        .map(|manner| format!("| `{}` | `{}` |", manner.name, manner.faults.join("`, `")))
        .collect();
    assert_eq!(written, made, "docs/reference/tenants.md does not say what the code says");
}
