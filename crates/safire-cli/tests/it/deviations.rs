//! Departures from the specification, as people read them.

use crate::harness::Home;
use crate::harness::register;
use crate::script::Script;
use crate::script::document;
use crate::script::json as reply;

#[test]
fn two_missing_members_are_two_different_lines() {
    let script = Script::start(|_, _, origin| {
        reply(200, format!(r#"{{"token_endpoint":"{origin}/token","grant_types_supported":7}}"#))
    });
    let run = Home::new().local(&["discover", &script.base()]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let lines: Vec<&str> =
        run.stdout.lines().skip_while(|line| !line.starts_with("departures")).skip(1).collect();
    let missing: Vec<&&str> = lines.iter().filter(|line| line.contains("missing-required-member")).collect();
    assert!(missing.len() > 1, "{run:?}");
    for member in ["capabilities", "code_challenge_methods_supported"] {
        let line = format!("missing-required-member `{member}`: ");
        assert!(missing.iter().any(|missing| missing.contains(&line)), "{member}: {missing:?}");
    }
    let mut unique = lines.clone();
    unique.sort_unstable();
    unique.dedup();
    assert_eq!(unique.len(), lines.len(), "{lines:#?}");
}

#[test]
fn a_registration_names_the_member_too() {
    let script = Script::start(|method, _, origin| match method {
        "POST" => reply(200, r#"{"client_id":"c","client_secret":"s"}"#),
        _ => reply(200, document(origin)),
    });
    let run = Home::new().local(&register(&script.base(), &[]));
    assert!(run.stdout.contains("`client_secret_expires_at`: "), "{run:?}");
}

#[test]
fn what_a_server_writes_does_not_steer_the_terminal() {
    let script = Script::start(|method, _, origin| match method {
        "POST" => reply(
            201,
            "{\"client_id\":\"c\\u001b[2J\",\"client_name\":\"\\u009b31mRed\",\"client_secret\":\"s\",\"client_secret_expires_at\":0}",
        ),
        _ => reply(200, document(origin)),
    });
    let home = Home::new();
    let run = home.local(&register(&script.base(), &["--strict"]));
    let listed = home.local(&["registrations"]);
    let shown = home.local(&["registration", "show", &script.base()]);
    for text in [&run.stdout, &run.stderr, &listed.stdout, &shown.stdout, &shown.stderr] {
        assert!(!text.chars().any(|c| c.is_control() && c != '\n'), "{text:?}");
    }
}
