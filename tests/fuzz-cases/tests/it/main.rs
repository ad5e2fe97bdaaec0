//! Every corpus file through its case, as an ordinary test.

#![cfg(test)]

use std::fs;
use std::path::Path;

use safire_fuzz_cases::CASES;

#[test]
fn every_corpus_file_holds() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus");
    for (name, case) in CASES {
        let folder = root.join(name);
        let mut files = 0;
        for entry in fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
            let bytes = fs::read(entry.unwrap().path()).unwrap();
            case(&bytes);
            // Cut anywhere, it must hold too.
            for end in (0..bytes.len().min(4096)).step_by(7) {
                case(&bytes[..end]);
            }
            files += 1;
        }
        assert!(files > 0, "the corpus of {name} is empty");
    }
}

#[test]
fn every_case_has_its_fuzz_target() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/fuzz_targets");
    for (name, _) in CASES {
        assert!(root.join(format!("{name}.rs")).is_file(), "{name} has no fuzz target");
    }
}
