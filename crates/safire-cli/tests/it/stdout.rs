//! A stdout that takes nothing.

use std::fs::OpenOptions;
use std::process::Stdio;

use crate::harness::Home;
use crate::harness::LiveSandbox;
use crate::harness::Run;
use crate::harness::register;

fn full() -> Stdio {
    OpenOptions::new().write(true).open("/dev/full").unwrap().into()
}

/// A pipe whose reader is gone.
fn closed() -> Stdio {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    writer.into()
}

fn run(home: &Home, args: &[&str], stdout: Stdio) -> Run {
    let mut command = home.command(args);
    command.env("SAFIRE_ALLOW_INSECURE_LOCALHOST", "1").stdout(stdout);
    command.stderr(Stdio::piped()).spawn().unwrap().wait_with_output().unwrap().into()
}

#[test]
fn a_reader_that_went_away_is_no_failure() {
    let live = LiveSandbox::start();
    let home = Home::new();
    let base = live.base();
    for args in
        [&["discover", &base] as &[&str], &register(&base, &[]), &["registrations"], &["--help"], &["demo"]]
    {
        for format in [&[] as &[&str], &["--json"]] {
            let run = run(&home, &[args, format].concat(), closed());
            assert_eq!(run.code, Some(0), "{args:?}: {run:?}");
            assert!(!run.stderr.contains("panic") && !run.stderr.contains("error"), "{run:?}");
        }
    }
}

#[test]
fn a_full_one_says_where_the_registration_is() {
    let live = LiveSandbox::start();
    let home = Home::new();
    let base = live.base();
    let kept = run(&home, &register(&base, &["--json"]), full());
    assert_eq!(kept.error()["code"], "output-failed", "{kept:?}");
    let id = home.registrations()[0]["id"].as_str().unwrap().to_owned();
    assert!(kept.error()["hint"].as_str().unwrap().contains(&id), "{kept:?}");
    let lost = run(&home, &register(&base, &["--json", "--no-store", "--show-secrets"]), full());
    let hint = lost.error()["hint"].as_str().unwrap().to_owned();
    assert!(hint.contains("kept nowhere") && !hint.contains("in the store"), "{lost:?}");
    let plain = run(&home, &["discover", &base, "--json"], full());
    assert!(!plain.error()["hint"].as_str().unwrap().contains("store"), "{plain:?}");
}
