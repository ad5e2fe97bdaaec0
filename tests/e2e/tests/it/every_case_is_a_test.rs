//! Each conformance case of this stage is a test that names it, or is listed with the reason why not.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// The cases of the lists, and the parts of T25.
fn cases() -> BTreeSet<String> {
    let field = (1..=25).map(|n| format!("T{n}"));
    let upstream = (1..=140).map(|n| format!("TC-{n:03}"));
    let deliberate = (1..=24).map(|n| format!("TD-{n:02}"));
    let parts = PARTS.iter().map(|part| format!("T25-{part}"));
    field.chain(upstream).chain(deliberate).chain(parts).chain(udap_rules()).collect()
}

/// The rules of UDAP in the reference: signed metadata, structure, client metadata, statements, lifecycle.
fn udap_rules() -> impl Iterator<Item = String> {
    let rules = [('Z', 33), ('B', 19), ('R', 22), ('W', 20), ('N', 22)];
    let numbered =
        rules.into_iter().flat_map(|(kind, last)| (1..=last).map(move |n| format!("{kind}-{n:02}")));
    // No rule has this number.
    numbered.filter(|rule| rule != "Z-19")
}

/// The cases that test functions name: `fn tc_036_tc_037_…` names two, and `fn z_07_t25_iv_…` a rule and a part.
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
    if kind == "t25" {
        return PARTS.contains(&number).then(|| format!("T25-{number}"));
    }
    let is_known = matches!(kind, "tc" | "td" | "z" | "b" | "r" | "w" | "n");
    let number_is_one = number.len() >= 2 && number.bytes().all(|b| b.is_ascii_digit());
    (is_known && number_is_one).then(|| format!("{}-{number}", kind.to_uppercase()))
}

fn field_case(word: &str) -> Option<String> {
    let number = word.strip_prefix('t')?;
    let number_is_one = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
    number_is_one.then(|| format!("T{number}"))
}

/// The cases of the first column of a table in this part of the page, each with a reason.
fn listed(part: &str) -> BTreeSet<String> {
    part.lines()
        .filter(|line| line.starts_with("| ") && !line.starts_with("| case"))
        .flat_map(|line| {
            let cells: Vec<&str> = line.split('|').map(str::trim).collect();
            assert!(cells.len() == 5 && !cells[2].is_empty() && !cells[3].is_empty(), "no reason: {line}");
            cells[1].split(", ").map(str::to_owned).collect::<Vec<_>>()
        })
        .collect()
}

/// The parts of T25.
const PARTS: [&str; 6] = ["i", "ii", "iii", "iv", "v", "vi"];

#[test]
fn every_case_is_a_test_or_listed() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut tests = BTreeSet::new();
    for folder in ["crates", "tests"] {
        named(&root.join(folder), &mut tests);
    }
    let page = fs::read_to_string(root.join("docs/reference/cases.md")).unwrap();
    let (impossible, otherwise) = page.split_once("## Kept otherwise").unwrap();
    let (impossible, otherwise, cases) = (listed(impossible), listed(otherwise), cases());
    let missing: Vec<_> =
        cases.iter().filter(|case| !tests.contains(*case) && !impossible.contains(*case)).collect();
    assert!(missing.is_empty(), "neither a test nor listed: {missing:?}");
    let untested: Vec<_> = otherwise.difference(&tests).collect();
    assert!(untested.is_empty(), "listed as kept otherwise, and no test says how: {untested:?}");
    let unknown: Vec<_> = impossible.union(&otherwise).filter(|case| !cases.contains(*case)).collect();
    assert!(unknown.is_empty(), "listed, and no case: {unknown:?}");
}
