//! Many servers from one list.

use std::io::BufRead;
use std::io::BufReader;
use std::io::Write;
use std::net::TcpListener;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;

use serde_json::Value;
use serde_json::json;

use crate::harness::Home;
use crate::harness::Run;
use crate::many_bases::ManyBases;

const TEMPLATE: &str = r#"{"client_name":"App at {site}","redirect_uris":["https://app.example.com/{line}"],"token_endpoint_auth_method":"client_secret_basic"}"#;

/// The rows and the summary of a run with `--json`.
fn told(run: &Run) -> (Vec<Value>, Value) {
    let mut lines: Vec<Value> = run
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}")))
        .collect();
    let last = lines.pop().unwrap_or_else(|| panic!("{}", run.stderr));
    lines.sort_by_key(|row| row["line"].as_u64());
    (lines, last["summary"].clone())
}

fn outcomes(rows: &[Value]) -> Vec<(u64, &str)> {
    rows.iter().map(|row| (row["line"].as_u64().unwrap(), row["outcome"].as_str().unwrap())).collect()
}

#[test]
fn a_list_is_registered_row_by_row() {
    let (home, servers) = (Home::new(), ManyBases::start());
    let origin = servers.origin();
    let list = home.file(
        "servers.csv",
        format!(
            "base_url,Site\n{origin}/good/1,One\n{origin}/good/2,Two\n{origin}/good/1/,Twice\n\
             {origin}/refusing/3,Three\nnot a url,Four\n{origin}/good/5,\n"
        ),
    );
    let template = home.file("template.json", TEMPLATE);
    let run = home.local(&["fleet", "register", &list, "--template", &template, "--json"]);
    assert_eq!(run.code, Some(9), "{run:?}");
    let (rows, summary) = told(&run);
    assert_eq!(
        outcomes(&rows),
        [
            (2, "registered"),
            (3, "registered"),
            (4, "duplicate"),
            (5, "refused"),
            (6, "invalid"),
            (7, "invalid")
        ]
    );
    assert_eq!(rows[0]["base_url"], format!("{origin}/good/1"));
    assert_eq!(rows[2]["duplicate_of"], 2);
    assert_eq!((&rows[3]["code"], &rows[3]["status"]), (&json!("registration-refused"), &json!(400)));
    assert_eq!(rows[4]["code"], "base-blank-inside");
    assert_eq!(rows[5]["code"], "template-empty-variable");
    assert_eq!(summary["rows"], 6);
    assert_eq!(summary["outcomes"], json!({"registered": 2, "duplicate": 1, "refused": 1, "invalid": 2}));
    assert_eq!((&summary["good"], &summary["failed"], &summary["left"]), (&json!(3), &json!(3), &json!(0)));
    let error: Value = serde_json::from_str(run.stderr.lines().last().unwrap()).unwrap();
    assert_eq!(error["error"]["code"], "fleet-rows-failed");
    let names: Vec<Value> = home
        .registrations()
        .iter()
        .filter(|r| r["state"] == "registered")
        .map(|r| r["client_name"].clone())
        .collect();
    assert_eq!(names.len(), 2);
    assert!(names.contains(&json!("App at One")) && names.contains(&json!("App at Two")));
    assert!(rows.iter().filter(|row| row["outcome"] == "registered").all(|row| {
        home.json(&["registration", "show", row["id"].as_str().unwrap()])["client_id"] == row["client_id"]
    }));
}

#[test]
fn people_get_a_table_and_each_bad_row_with_its_line() {
    let (home, servers) = (Home::new(), ManyBases::start());
    let list = home.file(
        "servers.txt",
        format!("{0}/good/1\n\nhttp://fhir.example.com/r4\n{0}/absent/1\n", servers.origin()),
    );
    let run = home.local(&["fleet", "discover", &list]);
    assert_eq!(run.code, Some(9), "{run:?}");
    assert!(
        run.stderr.contains("line 3: invalid http://fhir.example.com/r4: the FHIR base is not https"),
        "{}",
        run.stderr
    );
    assert!(run.stderr.contains("line 4: unsupported"), "{}", run.stderr);
    assert!(
        run.stdout.contains("OUTCOME") && run.stdout.contains("discovered") && run.stdout.contains("VENDOR"),
        "{}",
        run.stdout
    );
    let quiet = home.local(&["fleet", "discover", &list, "-q"]);
    assert!(!quiet.stderr.contains("line 3"), "{}", quiet.stderr);
}

#[test]
fn exit_codes_tell_what_a_fleet_came_to() {
    let (home, servers) = (Home::new(), ManyBases::start());
    let origin = servers.origin();
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let code = |text: String| home.local(&["fleet", "discover", &home.file("list.txt", text), "--json"]).code;
    assert_eq!(code(format!("{origin}/good/1\n{origin}/good/1/\n")), Some(0));
    assert_eq!(code(format!("{origin}/good/1\n{origin}/absent/1\n")), Some(9));
    assert_eq!(code(format!("{origin}/absent/1\n{origin}/absent/2\n")), Some(3));
    assert_eq!(code(format!("http://{closed}/fhir\n")), Some(6));
    assert_eq!(code(format!("{origin}/absent/1\nhttp://{closed}/fhir\n")), Some(9));
    assert_eq!(code("ftp://fhir.example.com\n".to_owned()), Some(2));
    assert_eq!(code(String::new()), Some(0));
}

#[test]
fn mistakes_are_told_before_anything_is_sent() {
    let (home, servers) = (Home::new(), ManyBases::start());
    let list = home.file("servers.csv", format!("base_url,sight\n{}/good/1,x\n", servers.origin()));
    let template = home.file("template.json", TEMPLATE);
    let error = home.local(&["fleet", "register", &list, "--template", &template, "--json"]).error();
    assert_eq!(error["code"], "template-unknown-variable");
    assert!(error["message"].as_str().unwrap().contains("{sight}"), "{error}");
    let broken = home.file("broken.json", r#"{"client_name":"{"}"#);
    for (args, code) in [
        (vec!["fleet", "register", &list, "--template", &broken], "template-brace"),
        (vec!["fleet", "register", "none.csv", "--template", &template], "file-unreadable"),
        (vec!["fleet", "discover", &list, "--rate", "0"], "usage"),
        (vec!["fleet", "discover", &list, "--per-host", "0"], "usage"),
        (vec!["fleet", "discover", &list, "--format", "xlsx"], "usage"),
        (vec!["fleet", "discover", &home.file("x.json", "[1]")], "fleet-format-unknown"),
        (vec!["fleet", "discover", &home.file("y.csv", "a,b\n1,2\n")], "fleet-no-base-column"),
    ] {
        let run = home.local(&[args.as_slice(), &["--json"]].concat());
        assert_eq!((run.code, run.error()["code"].as_str().unwrap()), (Some(2), code), "{args:?}");
    }
    assert_eq!(servers.asked(), 0);
}

#[test]
fn a_list_comes_from_stdin_too() {
    let (home, servers) = (Home::new(), ManyBases::start());
    let mut child = home
        .command(&["fleet", "discover", "-", "--json"])
        .env("SAFIRE_ALLOW_INSECURE_LOCALHOST", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    writeln!(child.stdin.take().unwrap(), "{}/good/1", servers.origin()).unwrap();
    let run = Run::from(child.wait_with_output().unwrap());
    assert_eq!((run.code, outcomes(&told(&run).0)), (Some(0), vec![(1, "discovered")]));
}

#[test]
fn the_same_list_again_finds_what_is_there() {
    let (home, servers) = (Home::new(), ManyBases::start());
    let list = home.file(
        "servers.ndjson",
        format!("{{\"base_url\":\"{}/good/1\",\"site\":\"One\"}}\n", servers.origin()),
    );
    let template = home.file("template.json", TEMPLATE);
    let args = ["fleet", "register", &list, "--template", &template, "--json"];
    let first = told(&home.local(&args)).0;
    let second = home.local(&args);
    assert_eq!((second.code, outcomes(&told(&second).0)), (Some(0), vec![(1, "existing")]));
    assert_eq!(told(&second).0[0]["id"], first[0]["id"]);
    // Resumed, a fleet that is over stays over.
    let resumed = home.local(&[args.as_slice(), &["--resume"]].concat());
    assert_eq!((resumed.code, told(&resumed).0.len()), (Some(0), 0));
    assert_eq!(servers.posts(), 1);
}

#[test]
fn what_was_unreachable_is_tried_again_with_resume() {
    let home = Home::new();
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let list = home.file("list.txt", format!("http://{address}/good/1\n"));
    let args = ["fleet", "discover", &list, "--json"];
    assert_eq!(home.local(&args).code, Some(6));
    let _servers = ManyBases::start_at(address);
    let run = home.local(&[args.as_slice(), &["--resume"]].concat());
    assert_eq!((run.code, outcomes(&told(&run).0)), (Some(0), vec![(1, "discovered")]));
}

#[test]
fn ctrl_c_stops_cleanly_and_resume_does_the_rest() {
    let (home, servers) = (Home::new(), ManyBases::start());
    let lines: String = (0..400).map(|n| format!("{}/good/{n}\n", servers.origin())).collect();
    let list = home.file("list.txt", lines);
    let template = home.file("template.json", TEMPLATE.replace("{site}", "{host}"));
    let args = ["fleet", "register", &list, "--template", &template, "--per-host", "2", "--json"];
    let mut child = home
        .command(&args)
        .env("SAFIRE_ALLOW_INSECURE_LOCALHOST", "1")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut seen: Vec<Value> = Vec::new();
    seen.push(serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap());
    assert!(
        std::process::Command::new("kill")
            .args(["-INT", &child.id().to_string()])
            .status()
            .unwrap()
            .success()
    );
    seen.extend(lines.map(|line| serde_json::from_str::<Value>(&line.unwrap()).unwrap()));
    let run = Run::from(child.wait_with_output().unwrap());
    assert_eq!(run.code, Some(130), "{}", run.stderr);
    let summary = seen.pop().unwrap()["summary"].clone();
    assert_eq!(summary["ended"], seen.len());
    assert!(seen.len() < 400 && seen.iter().all(|row| row["outcome"] == "registered"));
    assert_eq!(servers.posts(), seen.len(), "what was begun has ended");
    let rest = home.local(&[args.as_slice(), &["--resume"]].concat());
    assert_eq!(rest.code, Some(0), "{}", rest.stderr);
    let (rows, summary) = told(&rest);
    assert_eq!(seen.len() + rows.len(), 400);
    assert_eq!((&summary["good"], &summary["this_run"]), (&json!(400), &json!(rows.len())));
    assert_eq!(servers.posts(), 400, "nothing was sent twice");
}

#[test]
fn a_killed_worker_leaves_nothing_that_is_registered_twice() {
    let (home, servers) = (Home::new(), ManyBases::start());
    let lines: String = (0..300).map(|n| format!("{}/good/{n}\n", servers.origin())).collect();
    let list = home.file("list.txt", lines);
    let template = home.file("template.json", TEMPLATE.replace("{site}", "{host}"));
    let args = ["fleet", "register", &list, "--template", &template, "--json"];
    let mut child = home
        .command(&args)
        .env("SAFIRE_ALLOW_INSECURE_LOCALHOST", "1")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    lines.next().unwrap().unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    let rest = home.local(&[args.as_slice(), &["--resume"]].concat());
    let (_, summary) = told(&rest);
    let count = |outcome: &str| summary["outcomes"][outcome].as_u64().unwrap_or_default();
    assert_eq!(count("registered") + count("existing") + count("in-doubt"), 300, "{summary}");
    assert_eq!(rest.code, Some(if count("in-doubt") > 0 { 9 } else { 0 }));
    assert_eq!(servers.most_posts_for_one_base(), 1, "no base was registered at twice");
    let records = home.registrations();
    assert_eq!(records.len(), 300);
    let in_doubt = records.iter().filter(|record| record["state"] == "in-doubt").count();
    assert_eq!(in_doubt as u64, count("in-doubt"));
}

#[test]
fn a_reader_that_goes_away_ends_nothing_half_way() {
    let (home, servers) = (Home::new(), ManyBases::start());
    let lines: String = (0..50).map(|n| format!("{}/good/{n}\n", servers.origin())).collect();
    let list = home.file("list.txt", lines);
    let mut child = home
        .command(&["fleet", "discover", &list, "--json"])
        .env("SAFIRE_ALLOW_INSECURE_LOCALHOST", "1")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
    let ended = Arc::new(AtomicUsize::new(servers.asked()));
    assert_eq!(ended.load(Ordering::Relaxed), 50);
}

#[test]
fn a_slow_reader_slows_the_run_and_nothing_runs_out_of_time() {
    let (home, servers) = (Home::new(), ManyBases::start());
    let lines: String = (0..3000).map(|n| format!("{}/good/{n}\n", servers.origin())).collect();
    let list = home.file("list.txt", lines);
    let mut child = home
        .command(&["fleet", "discover", &list, "--json", "--timeout", "2s"])
        .env("SAFIRE_ALLOW_INSECURE_LOCALHOST", "1")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // Nobody reads, and the pipe is full after some forty rows; the rows go on until a thousand wait to be told.
    while servers.asked() < 1000 {
        std::thread::yield_now();
    }
    let mut rows: Vec<Value> = Vec::new();
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        rows.push(serde_json::from_str(&line.unwrap()).unwrap());
    }
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert_eq!(rows.pop().unwrap()["summary"]["outcomes"], json!({"discovered": 3000}));
}

#[test]
fn a_full_stdout_stops_the_run_and_says_so() {
    if !std::path::Path::new("/dev/full").exists() {
        return;
    }
    let (home, servers) = (Home::new(), ManyBases::start());
    let lines: String = (0..200).map(|n| format!("{}/good/{n}\n", servers.origin())).collect();
    let list = home.file("list.txt", lines);
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = home
        .command(&["fleet", "discover", &list, "--json", "--per-host", "1"])
        .env("SAFIRE_ALLOW_INSECURE_LOCALHOST", "1")
        .stdout(full)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("output-failed"));
    assert!(servers.asked() < 200);
}

#[test]
fn a_key_is_registered_everywhere_and_kept() {
    let (home, servers) = (Home::new(), ManyBases::start());
    let key = home.key("key.pem", "ES384");
    let list = home.file("list.txt", format!("{0}/good/1\n{0}/good/2\n", servers.origin()));
    let template = home.file(
        "template.json",
        r#"{"client_name":"Backend","grant_types":["client_credentials"],"token_endpoint_auth_method":"private_key_jwt","scope":"system/*.rs"}"#,
    );
    let run = home.local(&["fleet", "register", &list, "--template", &template, "--key", &key, "--json"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let (rows, _) = told(&run);
    let shown = home.json(&["registration", "show", rows[0]["id"].as_str().unwrap()]);
    assert_eq!(shown["key"], "sealed");
    assert!(shown["requested"]["jwks"]["keys"].is_array());
}
