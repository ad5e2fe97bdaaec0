//! The guides show the examples as they are.

use std::fs;
use std::path::Path;

/// Each guide with the example that it explains.
const GUIDES: [(&str, &str); 3] = [
    ("standalone-launch.md", "standalone_launch"),
    ("ehr-launch.md", "ehr_launch"),
    ("backend-service.md", "backend_service"),
];

fn read(path: &str) -> String {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    fs::read_to_string(package.join(path)).unwrap()
}

/// Without the indentation, which depends on where the lines stand.
fn flush_left(text: &str) -> String {
    text.lines().map(|line| format!("{}\n", line.trim_start())).collect()
}

/// The blocks of Rust in a document.
fn blocks(document: &str) -> Vec<&str> {
    document.split("```rust\n").skip(1).map(|rest| rest.split_once("```").unwrap().0).collect()
}

#[test]
fn every_block_is_a_part_of_its_example() {
    for (guide, example) in GUIDES {
        let text = read(&format!("../../docs/guide/{guide}"));
        let source = flush_left(&read(&format!("examples/{example}.rs")));
        let blocks = blocks(&text);
        assert!(blocks.len() >= 4, "{guide} shows {} parts", blocks.len());
        for block in blocks {
            assert!(source.contains(&flush_left(block)), "{guide} shows what {example}.rs has not:\n{block}");
        }
    }
}

#[test]
fn every_guide_says_how_its_example_is_run() {
    for (guide, example) in GUIDES {
        let text = read(&format!("../../docs/guide/{guide}"));
        assert!(text.contains(&format!("cargo run --package safire --example {example} ")), "{guide}");
    }
}

#[test]
fn every_code_of_a_guide_is_explained() {
    let errors = read("../../docs/reference/errors.md");
    for (guide, _) in GUIDES {
        let text = read(&format!("../../docs/guide/{guide}"));
        let rows: Vec<&str> = text.lines().filter(|line| line.starts_with("| ")).skip(1).collect();
        assert!(rows.len() >= 4, "{guide} has {} rows", rows.len());
        for row in rows {
            let code = row.split(" | ").nth(1).unwrap();
            assert!(code == "–" || errors.contains(&format!("| {code} |")), "{guide}: {code}");
        }
    }
}
