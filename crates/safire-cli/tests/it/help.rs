//! What each command says of itself.

use crate::harness::Home;

pub(crate) const COMMANDS: [&[&str]; 45] = [
    &[],
    &["discover"],
    &["register"],
    &["registrations"],
    &["registrations", "check"],
    &["registration"],
    &["registration", "add"],
    &["registration", "show"],
    &["registration", "read"],
    &["registration", "update"],
    &["registration", "delete"],
    &["registration", "rotate-key"],
    &["registration", "forget"],
    &["login"],
    &["token"],
    &["introspect"],
    &["revoke"],
    &["fhir"],
    &["store"],
    &["store", "check"],
    &["store", "rotate-key"],
    &["store", "export"],
    &["store", "import"],
    &["store", "history"],
    &["fleet"],
    &["fleet", "register"],
    &["fleet", "discover"],
    &["udap"],
    &["udap", "discover"],
    &["udap", "register"],
    &["udap", "modify"],
    &["udap", "cancel"],
    &["udap", "token"],
    &["udap", "login"],
    &["udap", "trust"],
    &["udap", "trust", "check"],
    &["udap", "community"],
    &["udap", "community", "new"],
    &["keys"],
    &["keys", "generate"],
    &["keys", "jwks"],
    &["keys", "thumbprint"],
    &["keys", "csr"],
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
        if [["registration"], ["keys"], ["store"], ["fleet"], ["udap"]].iter().any(|group| group == command)
            || matches!(command, ["udap", "trust" | "community"])
        {
            continue; // their subcommands do
        }
        let text = help(command);
        let examples = text.split("Examples:").nth(1).unwrap_or_default();
        let lines = examples.lines().filter(|line| line.starts_with("  safire ")).count();
        assert_eq!(lines, 2, "{command:?}");
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
