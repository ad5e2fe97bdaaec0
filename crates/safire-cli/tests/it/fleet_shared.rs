//! One fleet, many workers, one PostgreSQL database.

use std::io::BufRead;
use std::io::BufReader;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;

use safire_postgres_server::Database;
use safire_postgres_server::PostgresServer;
use serde_json::Value;
use serde_json::json;

use crate::harness::Home;
use crate::harness::Run;
use crate::many_bases::ManyBases;

const KEY: &str = "c2FmaXJlIHRlc3Qga2V5IGZvciBQb3N0Z3JlU1FMLi4=";
const ROWS: usize = 600;

/// A machine: a home of its own, the shared database, the same list.
struct Machine<'a> {
    home: Home,
    database: &'a Database<'a>,
    list: String,
    template: String,
}

impl<'a> Machine<'a> {
    fn new(database: &'a Database<'a>, origin: &str) -> Self {
        let home = Home::new();
        let lines: String = (0..ROWS).map(|n| format!("{origin}/good/{n}\n")).collect();
        let list = home.file("list.txt", lines);
        let template = home.file(
            "template.json",
            r#"{"client_name":"Fleet","redirect_uris":["https://app.example.com/cb"],"token_endpoint_auth_method":"client_secret_basic"}"#,
        );
        Self { home, database, list, template }
    }

    fn command(&self, more: &[&str]) -> Command {
        let args = ["fleet", "register", &self.list, "--template", &self.template, "--json"];
        let mut command = self.home.command(&[args.as_slice(), more].concat());
        command
            .env("SAFIRE_ALLOW_INSECURE_LOCALHOST", "1")
            .env("SAFIRE_STORE", self.database.url())
            .env("SAFIRE_STORE_KEY", KEY)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }
}

fn rows(run: &Run) -> (Vec<Value>, Value) {
    let mut lines: Vec<Value> = run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let last = lines.pop().unwrap_or_else(|| panic!("{}", run.stderr));
    (lines, last["summary"].clone())
}

/// How runs ended, without their thousands of rows.
fn brief(runs: &[Run]) -> Vec<(Option<i32>, &str, &str)> {
    runs.iter()
        .map(|run| (run.code, run.stderr.as_str(), run.stdout.lines().last().unwrap_or_default()))
        .collect()
}

#[test]
fn workers_on_three_machines_share_a_fleet_and_register_nothing_twice() {
    let Some(server) = PostgresServer::start().unwrap() else { return };
    let database = server.create_database().unwrap();
    let servers = ManyBases::start();
    let machines: Vec<Machine<'_>> = (0..3).map(|_| Machine::new(&database, &servers.origin())).collect();
    let workers: Vec<Child> = machines.iter().map(|machine| machine.command(&[]).spawn().unwrap()).collect();
    // Each is read by a thread of its own: a worker whose reader is slow begins nothing new.
    let readers: Vec<_> = workers
        .into_iter()
        .map(|worker| std::thread::spawn(move || Run::from(worker.wait_with_output().unwrap())))
        .collect();
    let runs: Vec<Run> = readers.into_iter().map(|reader| reader.join().unwrap()).collect();
    for run in &runs {
        assert_eq!((run.code, &rows(run).1["good"]), (Some(0), &json!(ROWS)), "{:?}", brief(&runs));
    }
    let told: Vec<Vec<Value>> = runs.iter().map(|run| rows(run).0).collect();
    let registered = told.iter().flatten().filter(|row| row["outcome"] == "registered").count();
    assert_eq!((registered, servers.posts(), servers.most_posts_for_one_base()), (ROWS, ROWS, 1));
}

#[test]
fn the_rows_of_a_worker_that_was_killed_come_back_to_another_one() {
    let Some(server) = PostgresServer::start().unwrap() else { return };
    let database = server.create_database().unwrap();
    let servers = ManyBases::start();
    let (doomed, heir) =
        (Machine::new(&database, &servers.origin()), Machine::new(&database, &servers.origin()));
    let mut first = doomed.command(&[]).spawn().unwrap();
    let mut lines = BufReader::new(first.stdout.take().unwrap()).lines();
    lines.next().unwrap().unwrap();
    first.kill().unwrap();
    first.wait().unwrap();
    let run = Run::from(heir.command(&["--resume"]).output().unwrap());
    let (_, summary) = rows(&run);
    let count = |outcome: &str| summary["outcomes"][outcome].as_u64().unwrap_or_default();
    assert_eq!(count("registered") + count("existing") + count("in-doubt"), ROWS as u64, "{summary}");
    assert_eq!(summary["left"], 0);
    assert_eq!(servers.most_posts_for_one_base(), 1, "no base was registered at twice");
}
