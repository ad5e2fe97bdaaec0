//! `kill -9` at any moment.

use std::collections::BTreeMap;
use std::io::BufRead;
use std::io::BufReader;
use std::io::Write;
use std::process::Command;
use std::process::Stdio;

use rusqlite::Connection;
use safire::store::Query;
use safire::store::State;

use crate::process;
use crate::sample;
use crate::sample::answered;
use crate::sample::commit;
use crate::sample::insertion;
use crate::sample::intent;
use crate::sample::load;
use crate::sample::replacement;
use crate::sample::told;

const ROUNDS: u64 = 40;

/// Says each commit after it returned, until it is killed.
fn write_on(path: &std::path::PathBuf, first: u64) {
    let mut out = std::io::stdout();
    for number in first.. {
        let store = sample::open(path);
        commit(&store, insertion(intent(number))).unwrap();
        writeln!(out, "said intent {number}").unwrap();
        commit(&store, replacement(answered(number, 2_000))).unwrap();
        writeln!(out, "said answer {number}").unwrap();
    }
}

#[test]
fn what_was_committed_survives_and_nothing_is_torn() {
    if let Some((path, first)) = process::task() {
        write_on(&path, first);
        return;
    }
    let folder = sample::folder();
    let path = sample::file_in(&folder);
    let mut said = BTreeMap::new();
    for round in 0..ROUNDS {
        let mut random = [0; 3];
        getrandom::fill(&mut random).unwrap();
        let name = "killed::what_was_committed_survives_and_nothing_is_torn";
        kill_after(process::again(name, &path, round * 1000), random, &mut said);
        check(&path, &said);
    }
    assert!(said.len() >= usize::try_from(ROUNDS / 2).unwrap(), "the children did work: {}", said.len());
}

/// Notes what the child says, and kills it after a random number of lines and a little longer, so that the kill falls
/// between two of them.
pub(crate) fn kill_after(mut command: Command, random: [u8; 3], said: &mut BTreeMap<u64, State>) {
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    for line in lines.by_ref().take(1 + usize::from(random[0] % 8)) {
        note(&line.unwrap(), said);
    }
    for turn in 0..u32::from(u16::from_le_bytes([random[1], random[2]])) * 8 {
        std::hint::black_box(turn);
    }
    child.kill().unwrap();
    child.wait().unwrap();
    for line in lines {
        note(&line.unwrap(), said);
    }
}

fn note(line: &str, said: &mut BTreeMap<u64, State>) {
    // The test harness of the child writes lines too, and may begin one.
    let Some((_, words)) = line.split_once("said ") else { return };
    match words.split_once(' ') {
        Some(("intent", number)) => said.insert(number.parse().unwrap(), State::InDoubt),
        Some(("answer", number)) => said.insert(number.parse().unwrap(), State::Registered),
        _ => None,
    };
}

fn check(path: &std::path::PathBuf, said: &BTreeMap<u64, State>) {
    let store = sample::open(path);
    let sound: String =
        Connection::open(path).unwrap().query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(sound, "ok");
    for (number, state) in said {
        let found = load(&store, Query::Id(sample::id(*number)));
        let is = told(found.first().expect("what was said is there"));
        let done = is == told(&answered(*number, 2_000));
        assert!(done || (*state == State::InDoubt && is == told(&intent(*number))), "{number}: {is}");
    }
}
