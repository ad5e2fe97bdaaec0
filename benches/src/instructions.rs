//! Instruction counts, read from what `cargo bench --bench assertion_instructions` left behind.

use std::fs;
use std::path::Path;
use std::path::PathBuf;

use safire_jose::Algorithm;

/// Instructions of ours and of the floor.
///
/// # Errors
/// Why there is no count, in words for the table.
pub fn ratio(algorithm: Algorithm) -> Result<(u64, u64), String> {
    let name = algorithm.as_str().to_ascii_lowercase();
    Ok((count("whole", &name)?, count("bare", &name)?))
}

/// The newest callgrind file of one benchmark.
fn count(function: &str, case: &str) -> Result<u64, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/gungraun");
    let wanted = format!("{function}.{case}");
    let mut found = Vec::new();
    collect(&root, &wanted, &mut found);
    let newest = found
        .into_iter()
        .filter_map(|path| Some((fs::metadata(&path).ok()?.modified().ok()?, path)))
        .max()
        .ok_or("not counted: needs valgrind and gungraun-runner")?;
    let text = fs::read_to_string(&newest.1).map_err(|error| error.to_string())?;
    text.lines()
        .find_map(|line| line.strip_prefix("summary: ").or_else(|| line.strip_prefix("totals: ")))
        .and_then(|numbers| numbers.split_whitespace().next()?.parse().ok())
        .ok_or_else(|| "the count has no total".to_owned())
}

fn collect(folder: &Path, wanted: &str, found: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, wanted, found);
        } else if path.extension().is_some_and(|end| end == "out") && path.to_string_lossy().contains(wanted)
        {
            found.push(path);
        }
    }
}
