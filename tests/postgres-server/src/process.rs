//! The server process: started, ready, stopped; and gone when this process is, however that ends.

use std::fs;
use std::io::BufRead as _;
use std::io::BufReader;
use std::path::Path;
use std::process::Child;
use std::process::Stdio;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use crate::failure::Failure;
use crate::folder::Folder;

/// A second is usual; a machine busy with compiling may need much longer.
const READY_WITHIN: Duration = Duration::from_secs(60);
const READY: &str = "database system is ready to accept connections";
const KEPT_LINES: usize = 30;

/// The end of its input comes when the process that started it ends, killed or not: then the server ends at once and its
/// folder goes. A server that ends otherwise leaves its folder, to be started again.
///
/// The server takes the place of the shell, because what a shell runs in the background ignores SIGQUIT; the one that
/// watches is nobody's child, because the server takes every child of its own for a part of it.
const SUPERVISOR: &str = r#"
folder=$1
shift
exec 3<&0
( (
    cat <&3 >/dev/null
    kill -QUIT $$ || exit
    while kill -0 $$; do sleep 0.1; done
    rm -rf "$folder"
) >/dev/null 2>&1 & )
exec "$@" </dev/null 3<&-
"#;

/// A running server.
#[derive(Debug)]
pub(crate) struct Process(Child);

/// How a server ends.
#[derive(Debug, Clone, Copy)]
pub(crate) enum End {
    /// Connections are ended, everything is written.
    Fast,
    /// As in a power cut: nothing is written any more.
    Immediate,
}

impl Process {
    /// Starts the server of the folder; ready when this returns.
    pub(crate) fn start(programs: &Path, folder: &Folder, port: u16) -> Result<Self, Failure> {
        let mut command = folder.command("sh");
        command.args(["-c", SUPERVISOR, "sh"]).arg(folder.path()).arg(programs.join("postgres"));
        command.arg("-D").arg(folder.data()).args(["-p", &port.to_string(), "-k"]).arg(folder.path());
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().map_err(Failure::of("starting the server"))?;
        let (sender, lines) = mpsc::channel();
        if let Some(stderr) = child.stderr.take() {
            thread::spawn(move || {
                for line in BufReader::new(stderr).split(b'\n').map_while(Result::ok) {
                    // Nobody listens once the server is ready; the pipe is emptied all the same.
                    let _ = sender.send(String::from_utf8_lossy(&line).into_owned());
                }
            });
        }
        let process = Self(child);
        wait_until_ready(&lines)?;
        Ok(process)
    }

    /// Ends the server and waits for its end; its folder stays.
    pub(crate) fn end(mut self, folder: &Folder, how: End) -> Result<(), Failure> {
        let signal = match how {
            End::Fast => "-INT",
            End::Immediate => "-QUIT",
        };
        let failed = Failure::of("stopping the server");
        let lines = fs::read_to_string(folder.data().join("postmaster.pid")).map_err(&failed)?;
        let pid = lines.lines().next().unwrap_or_default();
        folder.command("kill").args([signal, pid]).status().map_err(&failed)?;
        // Not the input before that: its end would take the folder along.
        let stdin = self.0.stdin.take();
        let ended = self.0.wait();
        drop(stdin);
        ended.map(|_| ()).map_err(&failed)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // The end of its input ends it; there is nothing to do about an error either way.
        drop(self.0.stdin.take());
        let _ = self.0.wait();
    }
}

fn wait_until_ready(lines: &mpsc::Receiver<String>) -> Result<(), Failure> {
    let mut seen = Vec::new();
    loop {
        let why = match lines.recv_timeout(READY_WITHIN) {
            Ok(line) if line.contains(READY) => return Ok(()),
            Ok(line) => {
                seen.push(format!("    {line}"));
                continue;
            }
            Err(mpsc::RecvTimeoutError::Timeout) => "was not ready in time",
            Err(mpsc::RecvTimeoutError::Disconnected) => "ended before it was ready",
        };
        let kept = seen.iter().skip(seen.len().saturating_sub(KEPT_LINES));
        let text: Vec<&str> = kept.map(String::as_str).collect();
        return Err(Failure::new(format!("PostgreSQL {why}; it wrote:\n{}", text.join("\n"))));
    }
}
