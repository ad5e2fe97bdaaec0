//! With `--json` stdout is exactly one JSON document, whatever else is asked for.

use crate::browser::Waiting;
use crate::browser::get;
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
fn what_is_done_with_a_login_is_one_document_each() {
    let live = LiveSandbox::with(|builder| builder.auto_approve("patient", "example"));
    let home = Home::new();
    let base = live.base();
    home.json(&register(&base, &["--auth-method", "none", "--scope", "launch/patient patient/*.rs"]));
    for noise in [&[] as &[&str], &["--explain"], &["-vv"], &["-q"]] {
        let login = Waiting::start(&home, &[&[&*base, "--json"], noise].concat());
        let back = get(&login.page).location.unwrap();
        get(&back.parse().unwrap());
        login.last_page();
        let mut runs = vec![login.end()];
        for command in [
            &["token", &base] as &[&str],
            &["introspect", &base],
            &["fhir", &base, "GET", "Patient/example"],
            &["registration", "show", &base],
            &["revoke", &base],
        ] {
            runs.push(home.local(&[command, noise, &["--json"]].concat()));
        }
        for run in runs {
            run.json();
            assert_eq!(run.stdout.lines().count(), 1, "{run:?}");
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
