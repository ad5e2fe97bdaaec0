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
