//! Files that come from stdin, named `-`.

use std::io::Write;
use std::process::Stdio;

use crate::harness::Home;
use crate::harness::Run;

const DRY: [&str; 9] = [
    "register",
    "https://fhir.example.com/r4",
    "--registration-endpoint",
    "https://fhir.example.com/register",
    "--redirect-uri",
    "https://app.example.com/cb",
    "--dry-run",
    "--json",
    "-q",
];

fn run(home: &Home, more: &[&str], stdin: &[u8]) -> Run {
    let mut command = home.command(&[&DRY as &[&str], more].concat());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // What is refused before it is read closes the pipe.
    let _ = child.stdin.take().unwrap().write_all(stdin);
    child.wait_with_output().unwrap().into()
}

#[test]
fn it_is_named_as_what_it_is() {
    let refused = run(&Home::new(), &["--metadata", "-"], b"[1]");
    assert_eq!(refused.code, Some(2));
    assert!(refused.error()["message"].as_str().unwrap().contains("metadata on stdin"), "{refused:?}");
}

#[test]
fn it_is_read_once() {
    let refused = run(&Home::new(), &["--metadata", "-", "--key", "-"], b"{}");
    assert_eq!(refused.code, Some(2));
    assert!(refused.error()["message"].as_str().unwrap().contains("stdin too"), "{refused:?}");
}

#[test]
fn a_key_from_it_has_no_path_to_keep() {
    let home = Home::new();
    let key = std::fs::read(home.key("key.pem", "ES384")).unwrap();
    assert_eq!(run(&home, &["--key", "-"], &key).code, Some(0));
    let refused = run(&home, &["--key", "-", "--key-by-path"], &key);
    assert_eq!(refused.code, Some(2));
    assert!(refused.error()["message"].as_str().unwrap().contains("stdin has none"), "{refused:?}");
}
