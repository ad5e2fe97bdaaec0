//! What each command says of itself.

use crate::harness::Home;

const COMMANDS: [&[&str]; 19] = [
    &[],
    &["discover"],
    &["register"],
    &["registrations"],
    &["registration"],
    &["registration", "add"],
    &["registration", "show"],
    &["registration", "forget"],
    &["login"],
    &["token"],
    &["introspect"],
    &["revoke"],
    &["fhir"],
    &["keys"],
    &["keys", "generate"],
    &["keys", "jwks"],
    &["keys", "thumbprint"],
    &["sandbox"],
    &["demo"],
];

fn help(command: &[&str]) -> String {
    let run = Home::new().run(&[command, &["--help"]].concat());
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(run.stderr, "");
    run.stdout
}

#[test]
fn help_texts_are_these() {
    for command in COMMANDS.into_iter().chain([&["completions"] as &[&str], &["man"]]) {
        let name = std::iter::once("safire").chain(command.iter().copied()).collect::<Vec<_>>().join("-");
        insta::assert_snapshot!(format!("help_{name}"), help(command));
    }
}

#[test]
fn each_command_shows_two_examples() {
    for command in COMMANDS.into_iter().chain([&["completions"] as &[&str], &["man"]]) {
        if command == ["registration"] || command == ["keys"] {
            continue; // their subcommands do
        }
        let text = help(command);
        let examples = text.split("Examples:").nth(1).unwrap_or_default();
        let lines = examples.lines().filter(|line| line.starts_with("  safire ")).count();
        assert_eq!(lines, 2, "{command:?}");
    }
}

#[test]
fn commands_of_later_versions_are_not_offered() {
    for command in ["fleet", "store"] {
        let run = Home::new().run(&[command]);
        assert_eq!(run.code, Some(2));
        assert!(run.stderr.contains("unrecognized subcommand"), "{run:?}");
    }
}

#[test]
fn the_version_is_data() {
    let run = Home::new().run(&["--version"]);
    assert_eq!(
        (run.code, run.stdout.as_str()),
        (Some(0), concat!("safire ", env!("CARGO_PKG_VERSION"), "\n"))
    );
}
