//! Each library crate compiles without its features, and with each feature alone.

use serde_json::Value;

use crate::metadata::metadata;
use crate::run::cargo;
use crate::run::run;

/// A library crate and the features that it declares.
#[derive(Debug, PartialEq, Eq)]
struct Crate {
    name: String,
    features: Vec<String>,
}

/// Checks them all and says how many combinations there were.
///
/// Clippy rather than `cargo check`: what is used only under another feature is a warning here, and an error.
pub(crate) fn check() -> Result<String, String> {
    let mut combinations = 0_u32;
    for Crate { name, features } in library_crates(&metadata()?) {
        let none = [None];
        for feature in none.into_iter().chain(features.iter().map(Some)) {
            let mut command = cargo(&["clippy", "--quiet", "--package", &name, "--no-default-features"]);
            command.args(feature.map(|feature| format!("--features={feature}")));
            run(command.args(["--", "-D", "warnings"]))?;
            combinations += 1;
        }
    }
    if combinations == 0 {
        return Err("`cargo metadata` names no library crate below `crates/`".to_owned());
    }
    Ok(format!("{combinations} combinations"))
}

/// The packages below `crates/` that have a library; `default` is no feature of its own.
fn library_crates(metadata: &Value) -> Vec<Crate> {
    let packages = metadata.get("packages").and_then(Value::as_array).into_iter().flatten();
    packages
        .filter(|package| is_below_crates(package) && has_library(package))
        .filter_map(|package| {
            let name = package.get("name")?.as_str()?.to_owned();
            let features = package.get("features").and_then(Value::as_object).into_iter().flatten();
            let features = features.map(|(feature, _)| feature.clone()).filter(|name| name != "default");
            Some(Crate { name, features: features.collect() })
        })
        .collect()
}

fn is_below_crates(package: &Value) -> bool {
    let manifest = package.get("manifest_path").and_then(Value::as_str).unwrap_or_default();
    let folders = std::path::Path::new(manifest).parent().and_then(|folder| folder.parent());
    folders.is_some_and(|folder| folder.ends_with("crates"))
}

fn has_library(package: &Value) -> bool {
    let targets = package.get("targets").and_then(Value::as_array).into_iter().flatten();
    let mut kinds = targets.filter_map(|target| target.get("kind")?.as_array()).flatten();
    kinds.any(|kind| kind == "lib")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_libraries_below_crates_count() {
        let package = |name: &str, folder: &str, kind: &str| {
            json!({
                "name": name,
                "manifest_path": format!("/somewhere/{folder}/{name}/Cargo.toml"),
                "targets": [{ "kind": [kind] }],
                "features": { "default": ["tower"], "tower": ["dep:tower"], "sqlite": [] },
            })
        };
        let metadata = json!({ "packages": [
            package("library", "crates", "lib"),
            package("command", "crates", "bin"),
            package("e2e", "tests", "lib"),
        ]});
        let features = ["tower".to_owned(), "sqlite".to_owned()];
        let found = library_crates(&metadata);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].name, "library");
        assert!(features.iter().all(|feature| found[0].features.contains(feature)), "{found:?}");
        assert_eq!(found[0].features.len(), 2, "{found:?}");
    }
}
