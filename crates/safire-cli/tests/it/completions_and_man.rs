//! Completions and manual pages.

use crate::harness::Home;

#[test]
fn completions_for_each_shell_go_to_stdout() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let run = Home::new().run(&["completions", shell]);
        assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
        assert!(run.stdout.contains("registrations"), "{shell}");
    }
    assert_eq!(Home::new().run(&["completions", "tcsh"]).code, Some(2));
}

#[test]
fn there_is_a_page_for_each_command() {
    let home = Home::new();
    let dir = home.path("man");
    let written = home.json(&["man", dir.to_str().unwrap()]);
    let files = written["files"].as_array().unwrap();
    assert_eq!(files.len(), 47, "{files:?}");
    let page = std::fs::read_to_string(dir.join("safire-register.1")).unwrap();
    assert!(page.contains("client\\-name"), "{page}");
    assert!(dir.join("safire-registration-add.1").exists());
}
