//! What was typed → what is meant → what is done → what is told: no layer uses a later one.

use std::path::Path;

/// What the files of a layer may use of this crate.
const LAYERS: [(&str, &[&str]); 5] = [
    ("args", &["args"]),
    ("output", &["args", "failure", "output"]),
    ("plan", &["args", "environment", "failure", "output", "plan"]),
    ("loopback", &["failure", "loopback", "output", "plan"]),
    ("command", &["args", "command", "environment", "failure", "loopback", "output", "plan", "session"]),
];

/// Every file below the folder with its text.
fn files(folder: &Path) -> Vec<(String, String)> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| {
            if path.is_dir() {
                return files(&path);
            }
            vec![(path.display().to_string(), std::fs::read_to_string(&path).unwrap())]
        })
        .collect()
}

#[test]
fn no_layer_uses_a_later_one() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for (layer, allowed) in LAYERS {
        let files = files(&source.join(layer));
        assert!(files.len() > 4, "{layer}");
        for (name, text) in files {
            for line in text.lines().filter_map(|line| line.trim().strip_prefix("use crate::")) {
                let used = line.split([':', ';']).next().unwrap();
                assert!(allowed.contains(&used), "{name} uses {used}");
            }
        }
    }
}

#[test]
fn one_file_reads_the_environment() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut all = files(&source.join("args"));
    for layer in ["output", "plan", "loopback", "command"] {
        all.extend(files(&source.join(layer)));
    }
    for (name, text) in all {
        assert!(!text.contains("env::var") && !text.contains("env = "), "{name}");
    }
}
