//! What cargo knows of the workspace.

use std::path::PathBuf;

use serde_json::Value;

use crate::run::cargo;
use crate::run::read;

/// The answer of `cargo metadata`, without dependencies.
pub(crate) fn metadata() -> Result<Value, String> {
    let text = read(&mut cargo(&["metadata", "--no-deps", "--format-version", "1"]))?;
    serde_json::from_str(&text).map_err(|error| format!("`cargo metadata` is not JSON: {error}"))
}

/// Where cargo builds to, whatever has configured it.
pub(crate) fn target_directory() -> Result<PathBuf, String> {
    let metadata = metadata()?;
    let directory = metadata.get("target_directory").and_then(Value::as_str);
    directory.map(PathBuf::from).ok_or_else(|| "`cargo metadata` names no target directory".to_owned())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;

    use super::*;
    use crate::run::root;

    #[test]
    fn every_direct_dependency_has_its_line() {
        let metadata = metadata().unwrap();
        let packages = metadata["packages"].as_array().unwrap();
        let ours: BTreeSet<&str> = packages.iter().map(|package| package["name"].as_str().unwrap()).collect();
        let dependencies = packages.iter().flat_map(|package| package["dependencies"].as_array().unwrap());
        let names: BTreeSet<&str> =
            dependencies.map(|dependency| dependency["name"].as_str().unwrap()).collect();
        assert!(names.contains("serde_json"), "this package's own is missing: {names:?}");

        let lines = fs::read_to_string(root().join("docs/dependencies.md")).unwrap();
        let missing: Vec<_> =
            names.difference(&ours).filter(|name| !lines.contains(&format!("\n| `{name}` |"))).collect();
        assert!(missing.is_empty(), "no line in docs/dependencies.md for {missing:?}");
    }
}
