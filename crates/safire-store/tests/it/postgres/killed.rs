//! `kill -9` at any moment, with the database elsewhere.

use std::collections::BTreeMap;
use std::path::Path;

use safire::store::Query;
use safire::store::State;

use crate::killed::kill_after;
use crate::postgres::server::Place;
use crate::postgres::server::builder;
use crate::postgres::server::opened;
use crate::postgres::server::shared;
use crate::process;
use crate::sample::answered;
use crate::sample::commit;
use crate::sample::id;
use crate::sample::insertion;
use crate::sample::intent;
use crate::sample::load;
use crate::sample::replacement;
use crate::sample::told;

const ROUNDS: u64 = 12;

/// Says each commit after it returned, until it is killed.
fn write_on(url: &str, rooms: &Path, first: u64) {
    use std::io::Write as _;
    let mut out = std::io::stdout();
    let store = opened(builder(url, rooms));
    for number in first.. {
        commit(&store, insertion(intent(number))).unwrap();
        writeln!(out, "said intent {number}").unwrap();
        commit(&store, replacement(answered(number, 2_000))).unwrap();
        writeln!(out, "said answer {number}").unwrap();
    }
}

#[test]
fn what_was_committed_survives_and_nothing_is_torn() {
    if let Some((task, first)) = process::task() {
        let (url, rooms) = task.to_str().unwrap().split_once(' ').unwrap();
        write_on(url, Path::new(rooms), first);
        return;
    }
    let Some(server) = shared() else { return };
    let place = Place::at(server);
    let task = format!("{} {}", place.database.url(), place.rooms().display());
    let mut said = BTreeMap::new();
    for round in 0..ROUNDS {
        let mut random = [0; 3];
        getrandom::fill(&mut random).unwrap();
        let name = "postgres::killed::what_was_committed_survives_and_nothing_is_torn";
        let command = process::again(name, Path::new(&task), round * 1000);
        kill_after(command, random, &mut said);
        let store = place.open();
        for (number, state) in &said {
            let found = load(&store, Query::Id(id(*number)));
            let is = told(found.first().expect("what was said is there"));
            let done = is == told(&answered(*number, 2_000));
            assert!(done || (*state == State::InDoubt && is == told(&intent(*number))), "{number}: {is}");
        }
    }
    assert!(said.len() >= usize::try_from(ROUNDS / 2).unwrap(), "the children did work: {}", said.len());
}
