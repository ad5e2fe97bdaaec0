//! With `--json` stdout is exactly one JSON document, whatever else is asked for.

use crate::harness::Home;
use crate::harness::LiveSandbox;
use crate::harness::register;

#[test]
fn explanations_and_logs_stay_on_stderr() {
    let live = LiveSandbox::start();
    let home = Home::new();
    let base = live.base();
    let arguments = register(
        &base,
        &[
            "--auth-method",
            "client_secret_basic",
            "--grant-type",
            "client_credentials",
            "--scope",
            "system/*.rs",
        ],
    );
    let id = home.json(&arguments)["id"].as_str().unwrap().to_owned();
    for command in [
        &["discover", &base] as &[&str],
        &arguments,
        &["registrations"],
        &["registration", "show", &id],
        &["token", &id],
        &["keys", "generate", "--show-secrets"],
        &["sandbox", "--list-faults"],
        &["registration", "forget", &id],
    ] {
        for noise in [&[] as &[&str], &["--explain"], &["-vv"], &["-q"]] {
            if command[0] == "registration" && command[1] == "forget" && !noise.is_empty() {
                continue; // it is gone after the first time
            }
            let run = home.local(&[command, noise, &["--json"]].concat());
            let lines = run.stdout.lines().count();
            run.json();
            assert_eq!(lines, 1, "{command:?} {noise:?}");
        }
    }
}

#[test]
fn options_stand_before_or_after_the_command() {
    let home = Home::new();
    assert_eq!(home.run(&["--json", "registrations"]).stdout, "[]\n");
    assert_eq!(home.run(&["registrations", "--json"]).stdout, "[]\n");
}

#[test]
fn nothing_is_coloured_in_a_pipe() {
    let home = Home::new();
    let mut run = home.run(&["registration", "show", "rabcdefghijklmno"]);
    assert!(!run.stderr.contains('\u{1b}'), "{run:?}");
    run = home.run(&["--help"]);
    assert!(!run.stdout.contains('\u{1b}'), "{run:?}");
}
