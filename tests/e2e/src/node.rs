//! Finds or brings Node and npm.

use std::path::Path;
use std::path::PathBuf;
use std::process::Command;

use crate::environment::find_program;
use crate::failure::Missing;
use crate::install::apt_install;
use crate::install::run;

/// The oldest major version that oidc-provider 9 runs on.
const OLDEST_NODE: u32 = 20;
/// What is brought where the system's own is older, as Debian's often is: npm has Node itself as a package.
const BROUGHT_NODE: &str = "node@22";

/// A command that waits for the registry for a minute, not for five.
pub(crate) fn npm(folder: &Path) -> Command {
    let mut npm = Command::new("npm");
    npm.args(["--no-audit", "--no-fund", "--no-update-notifier", "--fetch-timeout=60000"])
        .current_dir(folder);
    npm
}

/// A `node` that is new enough, and an `npm` beside it on `PATH`.
pub(crate) fn find_or_bring(cache: &Path) -> Result<PathBuf, Missing> {
    // One after the other: some distributions' `nodejs` brings npm, and conflicts with the package of that name.
    for (program, package) in [("node", "nodejs"), ("npm", "npm")] {
        if find_program(program).is_none() {
            apt_install(&[package])?;
        }
    }
    if let Some(node) = find_program("node").filter(|node| is_new_enough(node)) {
        return Ok(node);
    }
    let folder = cache.join("node");
    let node = folder.join("node_modules").join("node").join("bin").join("node");
    if !is_new_enough(&node) {
        std::fs::create_dir_all(&folder)
            .map_err(|error| Missing::new(format!("{} is not usable: {error}", folder.display())))?;
        run(npm(&folder).args(["install", "--no-save", "--prefix", ".", BROUGHT_NODE]))?;
    }
    if is_new_enough(&node) {
        Ok(node)
    } else {
        Err(Missing::new(format!(
            "Node {OLDEST_NODE} or newer is needed, and `npm install {BROUGHT_NODE}` brought none"
        )))
    }
}

fn is_new_enough(node: &Path) -> bool {
    major_version(node).is_some_and(|major| major >= OLDEST_NODE)
}

/// `v20.11.1` → 20
fn major_version(node: &Path) -> Option<u32> {
    let output = Command::new(node).arg("--version").output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    text.trim().strip_prefix('v')?.split('.').next()?.parse().ok()
}
