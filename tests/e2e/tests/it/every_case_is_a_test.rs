//! Each conformance case of this stage is a test that names it, or is listed with the reason why not.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// The cases of this stage.
fn cases() -> BTreeSet<String> {
    let field = (1..=10).chain(14..=25).map(|n| format!("T{n}"));
    let upstream = (1..=140).map(|n| format!("TC-{n:03}"));
    let deliberate = (1..=24).map(|n| format!("TD-{n:02}"));
    field.chain(upstream).chain(deliberate).collect()
}

/// The cases that test functions name: `fn tc_036_tc_037_…` names two.
fn named(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            named(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") {
            for line in fs::read_to_string(&path).unwrap().lines() {
                let Some((_, name)) = line.split_once("fn ") else { continue };
                let words: Vec<&str> = name.split(['_', '(', '<']).collect();
                found.extend(words.windows(2).filter_map(|pair| case_of(pair[0], pair[1])));
                found.extend(words.iter().filter_map(|word| field_case(word)));
            }
        }
    }
}

fn case_of(kind: &str, number: &str) -> Option<String> {
    let number_is_one = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
    match kind {
        "tc" if number_is_one => Some(format!("TC-{number}")),
        "td" if number_is_one => Some(format!("TD-{number}")),
        _ => None,
    }
}

fn field_case(word: &str) -> Option<String> {
    let number = word.strip_prefix('t')?;
    let number_is_one = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
    number_is_one.then(|| format!("T{number}"))
}

/// The cases that the reference lists with a reason.
fn listed(text: &str) -> BTreeSet<String> {
    text.lines()
        .filter(|line| line.starts_with("| T"))
        .filter_map(|line| line.split('|').nth(1))
        .flat_map(|cell| cell.split(','))
        .map(|case| case.trim().to_owned())
        .collect()
}

#[test]
fn every_case_is_a_test_or_listed() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut found = BTreeSet::new();
    for folder in ["crates", "tests"] {
        named(&root.join(folder), &mut found);
    }
    found.extend(listed(&fs::read_to_string(root.join("docs/reference/cases.md")).unwrap()));
    let missing: Vec<String> = cases().into_iter().filter(|case| !found.contains(case)).collect();
    assert!(missing.is_empty(), "neither a test nor listed: {missing:?}");
}
