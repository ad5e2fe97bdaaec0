//! `safire demo`, word for word; what differs from run to run is replaced.

use crate::harness::Home;

#[test]
fn the_demo_tells_this_story() {
    let home = Home::new();
    let run = home.run(&["demo"]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "{run:?}");
    insta::with_settings!({filters => vec![
        (r"127\.0\.0\.1:\d{5}", "127.0.0.1:[PORT]"),
        (r"\br[a-z2-7]{15}\b", "[LOCAL ID]"),
        (r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ", "[TIME]"),
        (r"\b1\d{9}\b", "[SECONDS]"),
        (r#""kid":"[^"…]*["…]+"#, r#""kid":"[KEY]…"#),
        (r"(client_id +)\S+", "$1[CLIENT]"),
        (r"((state|nonce|code_challenge) +)[\w-]{32,}", "$1[RANDOM]"),
        (r"(/register/)\S+", "$1[CLIENT]"),
        (r"client `[^`]+`", "client `[CLIENT]`"),
        (r"(registered  )\S+", "$1[CLIENT]"),
        (r"(software_statement +)\S+", "$1[STATEMENT]"),
        (r"\[[0-9a-f]{8}\]", "[FINGERPT]"),
        (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "[TIME]"),
    ]}, {
        insta::assert_snapshot!("demo", run.stdout);
    });
    assert!(home.files().is_empty(), "the demo leaves nothing behind");
}

#[test]
fn the_demo_in_json_is_one_document() {
    let story = Home::new().json(&["demo"]);
    let steps = story["steps"].as_array().unwrap();
    assert_eq!(steps.len(), 20);
    let statuses: Vec<_> = steps
        .iter()
        .flat_map(|step| step["exchanges"].as_array().unwrap())
        .map(|exchange| exchange["status"].as_u64().unwrap())
        .collect();
    let (until_logout, community) = statuses.split_at(13);
    assert_eq!(until_logout, [200, 201, 201, 201, 200, 200, 200, 303, 200, 200, 200, 200, 200]);
    assert_eq!(community, [200, 201, 200, 200, 200, 200], "discover, register, token, read, modify, cancel");
}
