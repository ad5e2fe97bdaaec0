//! A test that runs itself again as another process.

use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::process::Stdio;

const FILE: &str = "SAFIRE_STORE_TEST_FILE";
const NUMBER: &str = "SAFIRE_STORE_TEST_NUMBER";

/// In the other process: the store file and the number it was given.
pub(crate) fn task() -> Option<(PathBuf, u64)> {
    let file = std::env::var_os(FILE)?;
    let number = std::env::var_os(NUMBER)?.to_str()?.parse().ok()?;
    Some((PathBuf::from(file), number))
}

/// The command that runs `test` again with a task.
pub(crate) fn again(test: &str, file: &Path, number: u64) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", test, "--nocapture"]);
    with_task(&mut command, file, number);
    command
}

/// The same with no file larger than `kib` KiB: writing on fails as on a full disk.
pub(crate) fn again_limited(test: &str, file: &Path, number: u64, kib: u64) -> Command {
    let mut command = Command::new("sh");
    // POSIX: `ulimit -f` counts 512 bytes; with the signal ignored a write fails with EFBIG.
    let script = format!("trap '' XFSZ; ulimit -f {}; exec \"$0\" \"$@\"", kib * 2);
    command.arg("-c").arg(script).arg(std::env::current_exe().unwrap()).args([
        "--exact",
        test,
        "--nocapture",
    ]);
    with_task(&mut command, file, number);
    command
}

fn with_task(command: &mut Command, file: &Path, number: u64) {
    command.env(FILE, file).env(NUMBER, number.to_string()).stdin(Stdio::null());
}
