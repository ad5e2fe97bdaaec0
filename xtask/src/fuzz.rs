//! `cargo xtask fuzz`: looks for new inputs with libFuzzer. The corpus itself is played by the ordinary tests.

use std::fs;

use crate::options::FuzzOptions;
use crate::run::cargo;
use crate::run::root;
use crate::run::run as run_command;
use crate::run::succeeds;

pub(crate) fn run(options: &FuzzOptions) -> Result<(), String> {
    let known = targets()?;
    let wanted = match &options.target {
        Some(target) if known.contains(target) => vec![target.clone()],
        Some(target) => return Err(format!("no fuzz target `{target}`; there are: {}", known.join(", "))),
        None => known,
    };
    if !succeeds(&mut cargo(&["+nightly", "--version"])) {
        return Err(
            "CANNOT FUZZ: libFuzzer needs a nightly toolchain, and `cargo +nightly` does not run here\n\
                    hint: `rustup toolchain install nightly`; `cargo xtask test` plays the corpus without it"
                .to_owned(),
        );
    }
    if !succeeds(&mut cargo(&["+nightly", "fuzz", "--version"])) {
        run_command(&mut cargo(&["install", "cargo-fuzz", "--locked"]))
            .map_err(|error| format!("CANNOT FUZZ: cargo-fuzz is missing and was not installed: {error}"))?;
    }
    let limit = format!("-max_total_time={}", options.duration.as_secs());
    for target in wanted {
        // libFuzzer writes what it finds into the first folder; the corpus of the repository is chosen by hand.
        let found = root().join("fuzz").join("target").join("found").join(&target);
        fs::create_dir_all(&found).map_err(|error| format!("{}: {error}", found.display()))?;
        let corpus = root().join("fuzz").join("corpus").join(&target);
        run_command(
            cargo(&["+nightly", "fuzz", "run", &target]).arg(found).arg(corpus).args(["--", limit.as_str()]),
        )?;
    }
    Ok(())
}

/// The files in `fuzz/fuzz_targets`, without their extension.
fn targets() -> Result<Vec<String>, String> {
    let folder = root().join("fuzz").join("fuzz_targets");
    let entries = fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let files = entries.filter_map(Result::ok).map(|entry| entry.path());
    let mut names: Vec<String> = files
        .filter(|file| file.extension().is_some_and(|extension| extension == "rs"))
        .filter_map(|file| Some(file.file_stem()?.to_str()?.to_owned()))
        .collect();
    names.sort();
    if names.is_empty() { Err(format!("no fuzz target in {}", folder.display())) } else { Ok(names) }
}
