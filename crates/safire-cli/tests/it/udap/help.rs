//! What each command of UDAP says of itself.

use crate::harness::Home;

const COMMANDS: [&[&str]; 10] = [
    &["udap", "discover"],
    &["udap", "register"],
    &["udap", "modify"],
    &["udap", "cancel"],
    &["udap", "token"],
    &["udap", "login"],
    &["udap", "trust", "check"],
    &["udap", "community", "new"],
    &["keys", "csr"],
    &["udap"],
];

fn help(command: &[&str]) -> String {
    let run = Home::new().run(&[command, &["--help"]].concat());
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "{run:?}");
    run.stdout
}

#[test]
fn help_texts_are_these() {
    for command in COMMANDS {
        insta::assert_snapshot!(format!("help_safire-{}", command.join("-")), help(command));
    }
}

#[test]
fn each_command_shows_two_examples() {
    for command in COMMANDS.into_iter().filter(|command| *command != ["udap"]) {
        let text = help(command);
        let examples = text.split("Examples:").nth(1).unwrap_or_default();
        let lines = examples.lines().filter(|line| line.starts_with("  safire ")).count();
        assert_eq!(lines, 2, "{command:?}");
    }
}
