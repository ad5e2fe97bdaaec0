//! Kills the command, again and again, and looks whether anything was lost.

use crate::run;

/// The commands that are killed: register, update, rotate, refresh.
const COMMANDS: u32 = 4;

/// So many kills on each store, spread over the commands.
pub(crate) fn run(kills: u32) -> Result<(), String> {
    let each = kills.div_ceil(COMMANDS).max(1);
    let arguments = [
        "test",
        "--package",
        "safire-cli",
        "--test",
        "it",
        "crash::",
        "--",
        "--nocapture",
        "--test-threads",
        "1",
    ];
    run::run(run::cargo(&arguments).env("SAFIRE_CRASH_KILLS", each.to_string()))
}
