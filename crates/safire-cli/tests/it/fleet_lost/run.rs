//! A fleet whose store goes away, as a process, and the servers that it registers at.

use std::io::BufRead;
use std::io::BufReader;
use std::io::Read;
use std::path::PathBuf;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;
use std::sync::mpsc;
use std::sync::mpsc::Receiver;
use std::thread;
use std::thread::JoinHandle;

use safire_postgres_server::Database;
use safire_sandbox::Management;
use serde_json::Value;

use crate::harness::Home;
use crate::harness::LiveSandbox;
use crate::harness::Run;
use crate::postgres::KEY;

/// How many rows a fleet has.
#[expect(clippy::disallowed_methods, reason = "the tests have no command line")]
pub(super) fn rows() -> u32 {
    std::env::var("SAFIRE_FLEET_ROWS").map_or(300, |number| number.parse().unwrap())
}

/// A third of them: by then the fleet is in its middle.
pub(super) fn some() -> u32 {
    rows() / 3
}

/// One fleet: its list, its store, and a sandbox with a tenant for each row.
pub(super) struct LostFleet {
    pub(super) home: Home,
    pub(super) store: String,
    pub(super) live: LiveSandbox,
    list: String,
    template: String,
}

impl LostFleet {
    pub(super) fn at(store: impl Into<String>) -> Self {
        Self::in_home(Home::new(), store.into())
    }

    /// With its store in a file of its home.
    pub(super) fn in_file() -> (Self, PathBuf) {
        let home = Home::new();
        let path = home.path("store.db");
        let store = format!("sqlite:{}", path.display());
        (Self::in_home(home, store), path)
    }

    fn in_home(home: Home, store: String) -> Self {
        let live = LiveSandbox::with(|sandbox| {
            sandbox.without_recording().tenants(rows()).management(Management::new())
        });
        let lines: String =
            live.sandbox.tenants().map(|tenant| format!("{}\n", tenant.fhir_base())).collect();
        let list = home.file("list.txt", lines);
        let template = home.file(
            "template.json",
            r#"{"client_name":"Fleet","redirect_uris":["https://app.example.com/cb"],"token_endpoint_auth_method":"client_secret_basic"}"#,
        );
        Self { home, store, live, list, template }
    }

    fn command(&self, more: &[&str]) -> Command {
        let args = ["fleet", "register", &self.list, "--template", &self.template, "--json"];
        let mut command = self.home.command(&[args.as_slice(), &["--per-host", "24"], more].concat());
        command
            .env("SAFIRE_ALLOW_INSECURE_LOCALHOST", "1")
            .env("SAFIRE_STORE", &self.store)
            .env("SAFIRE_STORE_KEY", KEY)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Starts it. The servers take their time, so that answers are under way whenever the store goes.
    pub(super) fn start(&self) -> Running {
        self.live.sandbox.set_fault("register:slow=40ms").unwrap();
        Running::of(self.command(&[]).spawn().unwrap())
    }

    /// Goes on with it until it is complete: each row has its outcome, and each was registered once, by whichever run.
    pub(super) fn complete(&self) {
        let resumed = self.resume();
        assert_eq!(resumed.code, Some(0), "{:?}", brief(&resumed));
        self.expect_complete(&resumed);
    }

    pub(super) fn resume(&self) -> Run {
        self.live.sandbox.clear_faults();
        self.command(&["--resume"]).output().unwrap().into()
    }

    /// The last run says that every row has ended well, and what the servers issued is what the store holds.
    pub(super) fn expect_complete(&self, run: &Run) {
        let last: Value = serde_json::from_str(run.stdout.lines().last().unwrap()).unwrap();
        let summary = &last["summary"];
        let count = |outcome: &str| summary["outcomes"][outcome].as_u64().unwrap_or_default();
        assert_eq!(
            (count("registered") + count("existing"), summary["left"].as_u64()),
            (u64::from(rows()), Some(0)),
            "{summary}"
        );
        let account = self.account();
        assert_eq!((account.kept, account.in_doubt), (rows(), 0), "{account:?}");
        eprintln!("completed: {summary}");
    }
}

/// The fleet at work.
pub(super) struct Running {
    told: Receiver<()>,
    end: JoinHandle<Run>,
}

impl Running {
    fn of(mut child: Child) -> Self {
        let (send, told) = mpsc::channel();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let mut stderr = child.stderr.take().unwrap();
        let errors = thread::spawn(move || {
            let mut text = String::new();
            stderr.read_to_string(&mut text).unwrap();
            text
        });
        let end = thread::spawn(move || {
            let mut text = String::new();
            for line in stdout.lines() {
                text.push_str(&line.unwrap());
                text.push('\n');
                // Nobody waits any more for the middle of the fleet.
                let _ = send.send(());
            }
            Run { code: child.wait().unwrap().code(), stdout: text, stderr: errors.join().unwrap() }
        });
        Self { told, end }
    }

    /// Waits until so many further rows have ended.
    pub(super) fn wait_for(&self, rows: u32) {
        for _ in 0..rows {
            self.told.recv().expect("the fleet was over before its middle");
        }
    }

    pub(super) fn is_over(&self) -> bool {
        self.end.is_finished()
    }

    pub(super) fn end(self) -> Run {
        let run = self.end.join().unwrap();
        for planted in Database::planted() {
            assert!(!run.stderr.contains(planted) && !run.stdout.contains(planted), "{run:?}");
        }
        run
    }

    pub(super) fn end_without_store(self) -> Value {
        expect_no_store(&self.end())
    }
}

/// The end by exit 8, which says what, why, and how to go on.
pub(super) fn expect_no_store(run: &Run) -> Value {
    assert_eq!(run.code, Some(8), "{:?}", brief(run));
    let rows: Vec<Value> = run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(rows.iter().all(|row| row["outcome"] == "registered"), "{rows:?}");
    let last: Value = serde_json::from_str(run.stderr.lines().last().unwrap()).unwrap();
    let error = last["error"].clone();
    assert_eq!(error["fault"], "store", "{error}");
    assert!(error["message"].as_str().unwrap().len() > 20, "{error}");
    assert!(error["hint"].as_str().unwrap().contains("`--resume`"), "{error}");
    eprintln!("after {} rows: {error}", rows.len());
    error
}

/// How a run ended, without its rows.
pub(super) fn brief(run: &Run) -> (Option<i32>, &str, Option<&str>) {
    (run.code, &run.stderr, run.stdout.lines().last())
}
