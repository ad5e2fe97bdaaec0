//! Puts a server and its packages into the cache, once, whoever asks first.

use std::fs;
use std::fs::File;
use std::io;
use std::io::Write as _;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::process::Stdio;

use crate::environment::cache_folder;
use crate::environment::is_ci;
use crate::environment::may_install_packages;
use crate::failure::Failure;
use crate::failure::Missing;

/// How many of a failed command's last lines are shown.
const SHOWN_LINES: usize = 15;

/// The files of one server, as they lie in this repository.
pub(crate) struct Source {
    pub(crate) name: &'static str,
    /// The program itself: its file names and texts. The first one is started.
    pub(crate) scripts: &'static [(&'static str, &'static str)],
    /// What decides which packages are installed; a change here installs anew.
    pub(crate) packages: &'static [(&'static str, &'static str)],
}

/// Whether a server can be started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prepared {
    /// It is installed.
    Ready,
    /// Something that it needs is missing and could not be installed; stderr says what.
    LeftOut,
}

/// What starts an installed server.
pub(crate) struct Launch {
    pub(crate) program: PathBuf,
    pub(crate) script: PathBuf,
}

impl Source {
    /// Installs what is missing; `install` gets the cache and the server's folder in it, and answers with the interpreter.
    pub(crate) fn install(
        &self,
        install: impl FnOnce(&Folders, Freshness) -> Result<PathBuf, Missing>,
    ) -> Result<Launch, Missing> {
        let cache = cache_folder()?;
        let folder = cache.join(self.name);
        let unusable =
            |error: io::Error| Missing::new(format!("{} is not usable: {error}", folder.display()));
        fs::create_dir_all(&folder).map_err(unusable)?;
        let _lock = lock(&cache)?;

        for (name, text) in self.scripts {
            write_if_changed(&folder.join(name), text).map_err(unusable)?;
        }
        let script = folder.join(self.scripts.first().map(|(name, _)| *name).unwrap_or_default());
        let stamp = folder.join("installed");
        let wanted: String = self.packages.iter().map(|(_, text)| *text).collect();
        let freshness = match fs::read_to_string(&stamp) {
            Ok(installed) if installed == wanted => Freshness::Fresh,
            Ok(_) | Err(_) => Freshness::Stale,
        };
        for (name, text) in self.packages {
            write_if_changed(&folder.join(name), text).map_err(unusable)?;
        }
        let program = install(&Folders { cache, server: folder.clone() }, freshness)?;
        write_if_changed(&stamp, &wanted).map_err(unusable)?;
        Ok(Launch { program, script })
    }
}

/// Tests run in many processes at once: one installs while the others wait. The lock goes with the file handle.
pub(crate) fn lock(cache: &Path) -> Result<File, Missing> {
    let locked = fs::create_dir_all(cache).and_then(|()| File::create(cache.join("lock"))).and_then(|file| {
        file.lock()?;
        Ok(file)
    });
    locked.map_err(|error| Missing::new(format!("{} is not usable: {error}", cache.display())))
}

/// Where an installation may write.
pub(crate) struct Folders {
    pub(crate) cache: PathBuf,
    pub(crate) server: PathBuf,
}

/// Whether the packages in the cache are the ones that the repository names.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Freshness {
    Fresh,
    Stale,
}

/// A running server may have the file open, so it is replaced only when it must be.
fn write_if_changed(path: &Path, text: &str) -> io::Result<()> {
    if fs::read_to_string(path).is_ok_and(|old| old == text) {
        return Ok(());
    }
    fs::write(path, text)
}

/// Installs packages of the system, where this process may.
pub(crate) fn apt_install(packages: &[&str]) -> Result<(), Missing> {
    let wanted = packages.join(" ");
    if !may_install_packages() {
        return Err(Missing::new(format!(
            "`{wanted}` is needed, and only root with apt-get could install it"
        )));
    }
    say(&format!("installing with apt-get: {wanted}"));
    run(Command::new("apt-get").arg("update"))?;
    run(Command::new("apt-get")
        .args(["install", "--yes", "--no-install-recommends"])
        .args(packages)
        .env("DEBIAN_FRONTEND", "noninteractive"))
}

/// Runs an installation step to its end; its output matters only when it fails.
pub(crate) fn run(command: &mut Command) -> Result<(), Missing> {
    let shown = format!("{command:?}");
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|error| Missing::new(format!("{shown} did not start: {error}")))?;
    if output.status.success() {
        return Ok(());
    }
    let text = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    let lines: Vec<&str> = text.lines().collect();
    let tail = lines.iter().skip(lines.len().saturating_sub(SHOWN_LINES));
    let tail: Vec<String> = tail.map(|line| format!("    {line}")).collect();
    Err(Missing::new(format!("{shown} ended with {}:\n{}", output.status, tail.join("\n"))))
}

/// Says that a server is left out; with `CI=true` that is a failure.
pub(crate) fn leave_out(server: &str, missing: &Missing) -> Result<(), Failure> {
    let message = format!("LEFT OUT: the tests against {server} do not run: {missing}");
    if is_ci() {
        return Err(Failure::new(format!("{message}\n(`CI=true` does not allow that)")));
    }
    say(&message);
    Ok(())
}

/// Straight to stderr: the test harness would keep `eprintln!` of a passing test to itself.
fn say(message: &str) {
    // A closed stderr is no reason to fail.
    let _ = writeln!(io::stderr(), "{message}");
}
