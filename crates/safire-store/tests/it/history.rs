//! Who changed what and when, in every store; never a secret in it.

use safire::store::Change;
use safire::store::RecordId;
use safire::store::Store;
use safire_store::Actor;
use safire_store::AnyStore;
use safire_store::HistoryEntry;
use safire_store::KeySource;
use safire_store::Opening;

use crate::sample;
use crate::sample::answered;
use crate::sample::commit;
use crate::sample::id;
use crate::sample::insertion;
use crate::sample::intent;
use crate::sample::keep;
use crate::sample::replacement;
use crate::sample::run;
use crate::sample::token;
use crate::sample::token_key;

#[test]
fn sqlite_store_keeps_history() {
    let folder = sample::folder();
    let opening = Opening::new(&sample::file_in(&folder), KeySource::Beside);
    suite(&run(opening.actor(Actor::named("the \nsuite")).open_or_create()).unwrap());
}

/// On an empty store of the actor `the  suite`.
pub(crate) fn suite(store: &AnyStore) {
    commit(store, insertion(intent(1))).unwrap();
    commit(store, replacement(answered(1, 0))).unwrap();
    commit(store, keep(token(1))).unwrap();
    commit(store, Change::RemoveToken(token_key(1))).unwrap();
    commit(store, Change::RemoveToken(token_key(1))).unwrap();
    commit(store, insertion(intent(2))).unwrap();
    commit(store, Change::Remove(id(1))).unwrap();
    let entries = history(store, &id(1));
    let lines: Vec<String> = entries.iter().map(line).collect();
    let expected = [
        "inserted - in-doubt - by the  suite",
        "replaced in-doubt registered - by the  suite",
        "token-put - - login by the  suite",
        "token-removed - - login by the  suite",
        "removed registered - - by the  suite",
    ];
    assert_eq!(lines, expected);
    assert!(entries.iter().all(|entry| entry.at.as_seconds() > 1_700_000_000), "by a clock");
    assert!(entries.is_sorted_by_key(|entry| entry.at));
    assert_eq!(history(store, &id(2)).len(), 1);
    assert!(history(store, &id(3)).is_empty());
    renewals_are_remembered_up_to_a_number(store);
    assert_eq!(history(store, &id(2)).len(), 101);
}

fn renewals_are_remembered_up_to_a_number(store: &dyn Store) {
    for _ in 0..105 {
        commit(store, keep(token(2))).unwrap();
    }
}

pub(crate) fn history(store: &AnyStore, id: &RecordId) -> Vec<HistoryEntry> {
    run(store.load_history(id)).unwrap()
}

fn line(entry: &HistoryEntry) -> String {
    let state = |state: Option<safire::store::State>| state.map_or("-", |state| state.as_str());
    let slot = entry.slot.as_ref().map_or("-", |slot| slot.as_str());
    format!("{} {} {} {slot} by {}", entry.what, state(entry.from), state(entry.to), entry.by)
}

#[test]
fn a_process_tells_who_it_is() {
    let told = Actor::this_process().to_string();
    assert!(told.contains(&format!("pid {}", std::process::id())), "{told}");
}
