//! The environment variables and the places that a run depends on; read here and nowhere else.

use std::env;
use std::path::PathBuf;

use crate::failure::Missing;

#[expect(clippy::disallowed_methods, reason = "the one place of this crate that reads the environment")]
fn variable(name: &str) -> Option<String> {
    env::var(name).ok()
}

/// Whether leaving something out is a failure.
pub(crate) fn is_ci() -> bool {
    variable("CI").is_some_and(|value| value == "true")
}

/// Whether this process is root's.
pub(crate) fn is_root() -> bool {
    let id = std::process::Command::new("id").arg("-u").output();
    id.is_ok_and(|output| String::from_utf8_lossy(&output.stdout).trim() == "0")
}

/// Whether this process may install system packages.
pub(crate) fn may_install_packages() -> bool {
    find_program("apt-get").is_some() && is_root()
}

/// The first file of that name on `PATH`.
pub(crate) fn find_program(name: &str) -> Option<PathBuf> {
    let path = variable("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
}

/// Where servers are installed: `real-servers` in the target directory that this executable was built into.
///
/// `CARGO_TARGET_TMPDIR` would be the natural place, but cargo gives it only to integration tests, and the command that
/// prepares the servers must find the same folder.
pub(crate) fn cache_folder() -> Result<PathBuf, Missing> {
    let executable =
        env::current_exe().map_err(|error| Missing::new(format!("where this program lies: {error}")))?;
    // <target>/<profile>/install-servers or <target>/<profile>/deps/it-0123456789abcdef
    let mut profile = executable.parent();
    if profile.is_some_and(|folder| folder.ends_with("deps")) {
        profile = profile.and_then(|folder| folder.parent());
    }
    profile
        .and_then(|folder| folder.parent())
        .map(|target| target.join("real-servers"))
        .ok_or_else(|| Missing::new(format!("no target directory above {}", executable.display())))
}
