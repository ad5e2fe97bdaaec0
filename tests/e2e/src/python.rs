//! Finds or brings Python, and makes a virtual environment with it.

use std::path::Path;
use std::path::PathBuf;
use std::process::Command;

use crate::environment::find_program;
use crate::failure::Missing;
use crate::install::apt_install;
use crate::install::run;

const VENV: &str = "venv";

/// The interpreter of the virtual environment in `folder`.
pub(crate) fn interpreter(folder: &Path) -> PathBuf {
    folder.join(VENV).join("bin").join("python")
}

/// Whether that interpreter is there and runs: a cache may have outlived the Python that it points to.
pub(crate) fn works(folder: &Path) -> bool {
    Command::new(interpreter(folder)).arg("--version").output().is_ok_and(|output| output.status.success())
}

/// Makes a virtual environment in `folder` and installs `requirements` into it.
pub(crate) fn make_environment(folder: &Path, requirements: &str) -> Result<(), Missing> {
    if find_program("python3").is_none() {
        apt_install(&["python3", "python3-venv"])?;
    }
    let make = || run(Command::new("python3").args(["-m", "venv", "--clear", VENV]).current_dir(folder));
    // Debian ships Python without `ensurepip`, in a package of its own.
    if let Err(first) = make() {
        apt_install(&["python3-venv"]).and_then(|()| make()).map_err(|second| {
            Missing::new(format!("no virtual environment: {first}\nand after that: {second}"))
        })?;
    }
    run(Command::new(interpreter(folder))
        .args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--requirement",
            requirements,
        ])
        .current_dir(folder))
}
