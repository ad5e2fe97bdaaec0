//! Each stable code is in the reference, and the reference names no code that does not exist.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::path::PathBuf;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Every source below a folder, without the tests at its end.
fn sources(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|end| end == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            found.push(text.split("#[cfg(test)]").next().unwrap_or_default().to_owned());
        }
    }
    found
}

/// The texts between quotes that have the form of a code. No code has a quote within.
fn codes_in(text: &str) -> impl Iterator<Item = String> {
    text.split('"').skip(1).step_by(2).filter(|word| is_code(word)).map(str::to_owned)
}

fn is_code(word: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    word.starts_with(|c: char| c.is_ascii_lowercase()) && word.chars().all(plain) && !word.ends_with('-')
}

/// What stands between a mark and the end that closes it, for each place of the mark.
fn after<'a>(text: &'a str, mark: &str, end: &str) -> Vec<&'a str> {
    let places = text.match_indices(mark).map(|(at, _)| &text[at + mark.len()..]);
    places.map(|rest| rest.split(end).next().unwrap_or_default()).collect()
}

/// What the errors answer in `code()`, and what the command says of its own.
fn error_codes() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(root().join("crates")).unwrap() {
        let source = entry.unwrap().path().join("src");
        for text in sources(&source) {
            for body in after(&text, "fn code(&self)", "\n    }") {
                // `#[cfg(feature = "…")]` before an arm is no code.
                let arms = body.lines().filter(|line| !line.trim_start().starts_with("#["));
                found.extend(arms.flat_map(codes_in));
            }
        }
    }
    for text in sources(&root().join("crates/safire-cli/src")) {
        for value in after(&text, "code: \"", "\"") {
            found.insert(value.to_owned());
        }
        // `(code, hint)` of a match, and the code given to a helper.
        for body in
            after(&text, "let (code, hint) = match", "};").into_iter().chain(after(&text, "system(", ","))
        {
            found.extend(codes_in(body));
        }
    }
    found
}

/// The texts that stand before a severity, those of an oddity, and those that a match gives as a code.
fn deviation_codes() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for text in sources(&root().join("crates/safire-protocol/src")) {
        for (at, _) in text.match_indices('"') {
            let Some((word, rest)) = text[at + 1..].split_once('"') else { continue };
            let next = rest.strip_prefix(',').unwrap_or_default().trim_start();
            let odd = text[..at].trim_end().ends_with("Some((") && next.starts_with(['"', 'k']);
            if word.contains('-')
                && is_code(word)
                && (next.starts_with("Severity::") || next.starts_with("severity") || odd)
            {
                found.insert(word.to_owned());
            }
        }
        for body in after(&text, "let code = match", "};") {
            for (_, rest) in body.lines().filter_map(|line| line.split_once("=>")) {
                found.extend(codes_in(rest));
            }
        }
    }
    found
}

/// The first cell of every row: `` | `code` | … ``.
fn documented(name: &str) -> BTreeSet<String> {
    let text = fs::read_to_string(root().join("docs/reference").join(name)).unwrap();
    let cells = text.lines().filter_map(|line| line.strip_prefix("| `"));
    cells.filter_map(|rest| rest.split('`').next()).map(str::to_owned).collect()
}

fn compare(codes: &BTreeSet<String>, name: &str) {
    let documented = documented(name);
    let missing: Vec<&String> = codes.difference(&documented).collect();
    let unknown: Vec<&String> = documented.difference(codes).collect();
    assert!(missing.is_empty(), "docs/reference/{name} lacks {missing:?}");
    assert!(unknown.is_empty(), "docs/reference/{name} names what does not exist: {unknown:?}");
}

#[test]
fn every_error_code_is_documented() {
    let codes = error_codes();
    assert!(codes.len() > 100, "{codes:?}");
    compare(&codes, "errors.md");
}

#[test]
fn every_deviation_code_is_documented() {
    let codes = deviation_codes();
    assert!(codes.len() > 60, "{codes:?}");
    compare(&codes, "deviations.md");
}

#[test]
fn every_fault_is_documented() {
    let faults: BTreeSet<String> =
        safire_sandbox::faults().into_iter().map(|fault| fault.name.to_owned()).collect();
    compare(&faults, "faults.md");
}
