//! A process: started, ready, and gone with the value that stands for it.

use std::collections::VecDeque;
use std::io::BufRead as _;
use std::io::BufReader;
use std::io::Read;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use crate::failure::Failure;

/// All need about a second; a machine busy with compiling may need much longer.
const READY_WITHIN: Duration = Duration::from_secs(60);
/// How many of its last lines a failure shows.
const KEPT_LINES: usize = 40;

/// A process that runs until this value is dropped.
#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
    log: Log,
}

impl Process {
    /// Starts it and waits for the line on stdout that has `ready` in it; what is behind that comes back.
    pub(crate) fn start(name: &str, command: &mut Command, ready: &str) -> Result<(Self, String), Failure> {
        let program = command.get_program().to_owned();
        let mut child = command
            // Open as long as we live: our servers end with it, even when this process is killed and drops nothing.
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| Failure::new(format!("{name}: {} did not start: {error}", program.display())))?;

        let log = Log::default();
        let (sender, lines) = mpsc::channel();
        if let Some(stderr) = child.stderr.take() {
            let log = log.clone();
            thread::spawn(move || each_line(stderr, |line| log.push(line)));
        }
        if let Some(stdout) = child.stdout.take() {
            let log = log.clone();
            thread::spawn(move || {
                each_line(stdout, |line| {
                    // Nobody listens once it is ready.
                    let _ = sender.send(line.clone());
                    log.push(line);
                });
            });
        }
        let mut process = Self { child, log };
        let told = wait_until_ready(&lines, ready).map_err(|why| {
            // The last lines of what has ended are all there only after its end.
            process.end();
            Failure::new(format!("{name} {why}; it wrote:\n{}", process.log()))
        })?;
        Ok((process, told))
    }

    /// The last lines that it wrote.
    pub(crate) fn log(&self) -> String {
        self.log.text()
    }

    fn end(&mut self) {
        // It may have ended by itself; there is nothing to do about an error either way.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.end();
    }
}

fn wait_until_ready(lines: &mpsc::Receiver<String>, ready: &str) -> Result<String, String> {
    loop {
        match lines.recv_timeout(READY_WITHIN) {
            Ok(line) => {
                if let Some((_, told)) = line.split_once(ready) {
                    return Ok(told.trim().to_owned());
                }
            }
            Err(mpsc::RecvTimeoutError::Timeout) => {
                return Err(format!("was not ready within {} s", READY_WITHIN.as_secs()));
            }
            Err(mpsc::RecvTimeoutError::Disconnected) => {
                return Err("ended before it was ready".to_owned());
            }
        }
    }
}

/// The last lines of the output.
#[derive(Debug, Clone, Default)]
struct Log(Arc<Mutex<VecDeque<String>>>);

impl Log {
    fn push(&self, line: String) {
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if lines.len() == KEPT_LINES {
            lines.pop_front();
        }
        lines.push_back(line);
    }

    fn text(&self) -> String {
        let lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        lines.iter().map(|line| format!("    {line}\n")).collect()
    }
}

fn each_line(source: impl Read, mut take: impl FnMut(String)) {
    for line in BufReader::new(source).split(b'\n').map_while(Result::ok) {
        take(String::from_utf8_lossy(&line).trim_end().to_owned());
    }
}
