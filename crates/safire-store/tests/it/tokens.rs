//! Tokens and leases, in every store.

use std::time::Duration;

use rusqlite::Connection;
use safire::protocol::time::UnixTime;
use safire::store::Change;
use safire::store::Claim;
use safire::store::Claimed;
use safire::store::LeaseOwner;
use safire::store::MemoryStore;
use safire::store::Standing;
use safire::store::Store;
use safire::store::StoreError;
use safire::store::TokenKey;
use safire::store::TokenQuery;
use safire::store::TokenSlot;

use crate::sample;
use crate::sample::answered;
use crate::sample::commit;
use crate::sample::id;
use crate::sample::insertion;
use crate::sample::keep;
use crate::sample::load_tokens;
use crate::sample::run;
use crate::sample::token;
use crate::sample::token_key;
use crate::sample::told_token;

#[test]
fn memory_store_keeps_tokens() {
    suite(&MemoryStore::new());
}

#[test]
fn sqlite_store_keeps_tokens() {
    let folder = sample::folder();
    suite(&sample::open(&sample::file_in(&folder)));
}

pub(crate) fn suite(store: &dyn Store) {
    a_token_needs_its_registration(store);
    a_token_comes_back_whole(store);
    a_lease_has_one_owner(store);
    a_kept_token_ends_the_lease(store);
    a_removed_registration_takes_its_tokens_along(store);
}

fn a_token_needs_its_registration(store: &dyn Store) {
    assert_eq!(commit(store, keep(token(1))), Err(StoreError::Unknown { id: id(1) }));
    assert!(load_tokens(store, TokenQuery::Of(id(1))).is_empty());
}

fn a_token_comes_back_whole(store: &dyn Store) {
    for number in [1, 2] {
        commit(store, insertion(answered(number, 0))).unwrap();
        commit(store, keep(token(number))).unwrap();
    }
    let found = load_tokens(store, TokenQuery::At(token_key(1)));
    assert_eq!(found.iter().map(told_token).collect::<Vec<_>>(), [told_token(&token(1))]);

    let mut next = token(1).next(token(2).token, UnixTime::from_seconds(1_700_000_300));
    next.standing = Standing::LoginNeeded;
    commit(store, keep(next.clone())).unwrap();
    let other = TokenKey { record: id(1), slot: TokenSlot::backend(Some("system/*.rs")) };
    let mut of_itself = token(1);
    of_itself.key = other.clone();
    commit(store, keep(of_itself.clone())).unwrap();
    let found = load_tokens(store, TokenQuery::Of(id(1)));
    let told: Vec<_> = found.iter().map(told_token).collect();
    assert_eq!(told, [told_token(&of_itself), told_token(&next)]);
    assert_eq!(found[1].generation, 2);

    commit(store, Change::RemoveToken(other.clone())).unwrap();
    commit(store, Change::RemoveToken(other)).unwrap();
    assert_eq!(load_tokens(store, TokenQuery::Of(id(1))).len(), 1);
}

fn owner(number: u8) -> LeaseOwner {
    LeaseOwner::from_random([number; 16])
}

/// A claim for a minute, or for no time at all. A store may have a clock of its own: terms decide here, not times.
fn claim(store: &dyn Store, by: u8, term: Duration) -> Claimed {
    let (key, now) = (token_key(1), UnixTime::from_seconds(1_700_000_000));
    run(store.claim(Claim { key, owner: owner(by), now, term })).unwrap()
}

const MINUTE: Duration = Duration::from_secs(60);

fn assert_taken(claimed: Claimed) {
    let Claimed::Theirs { until } = claimed else { panic!("it should be another one's") };
    let left = until.as_seconds() - 1_700_000_000;
    assert!((1..=60).contains(&left), "{left}");
}

fn a_lease_has_one_owner(store: &dyn Store) {
    assert_eq!(claim(store, 1, MINUTE), Claimed::Ours);
    assert_taken(claim(store, 2, MINUTE));
    assert_eq!(claim(store, 1, Duration::ZERO), Claimed::Ours, "its owner may change its end");
    assert_eq!(claim(store, 2, MINUTE), Claimed::Ours, "its time is over");
    commit(store, Change::Release { key: token_key(1), owner: owner(1) }).unwrap();
    assert_taken(claim(store, 1, MINUTE));
    commit(store, Change::Release { key: token_key(1), owner: owner(2) }).unwrap();
    assert_eq!(claim(store, 1, MINUTE), Claimed::Ours);
}

fn a_kept_token_ends_the_lease(store: &dyn Store) {
    let put = |by| Change::PutToken { token: Box::new(token(1)), release: Some(owner(by)) };
    commit(store, put(2)).unwrap();
    assert_taken(claim(store, 2, MINUTE));
    commit(store, put(1)).unwrap();
    assert_eq!(claim(store, 2, MINUTE), Claimed::Ours);
}

fn a_removed_registration_takes_its_tokens_along(store: &dyn Store) {
    commit(store, Change::Remove(id(1))).unwrap();
    assert!(load_tokens(store, TokenQuery::Of(id(1))).is_empty());
    assert_eq!(load_tokens(store, TokenQuery::Of(id(2))).len(), 1);
    commit(store, insertion(answered(1, 0))).unwrap();
    assert_eq!(claim(store, 3, MINUTE), Claimed::Ours, "the lease went too");
}

/// Where the store has no clock of its own, the claimant's decides to the second.
#[test]
fn a_lease_ends_when_it_said() {
    let folder = sample::folder();
    let stores: [&dyn Store; 2] = [&MemoryStore::new(), &sample::open(&sample::file_in(&folder))];
    for store in stores {
        let at = |by, now| {
            let (key, now) = (token_key(1), UnixTime::from_seconds(now));
            run(store.claim(Claim { key, owner: owner(by), now, term: MINUTE })).unwrap()
        };
        let theirs = |until| Claimed::Theirs { until: UnixTime::from_seconds(until) };
        assert_eq!(at(1, 1000), Claimed::Ours);
        assert_eq!(at(2, 1001), theirs(1060));
        assert_eq!(at(1, 1010), Claimed::Ours, "its owner may have it longer");
        assert_eq!(at(2, 1069), theirs(1070));
        assert_eq!(at(2, 1070), Claimed::Ours, "its time is over");
    }
}

#[test]
fn the_order_of_scopes_makes_no_other_slot() {
    let slot = TokenSlot::backend(Some("system/b.rs  system/a.rs system/b.rs"));
    assert_eq!(slot, TokenSlot::backend(Some("system/a.rs system/b.rs")));
    assert_ne!(slot, TokenSlot::backend(None));
    assert_ne!(TokenSlot::login(), TokenSlot::session(""));
}

#[test]
fn no_token_is_readable_in_the_file_and_none_opens_in_another_row() {
    let folder = sample::folder();
    let path = sample::file_in(&folder);
    let store = sample::open(&path);
    for number in [1, 2] {
        commit(&store, insertion(answered(number, 0))).unwrap();
        commit(&store, keep(token(number))).unwrap();
    }
    drop(store);
    let bytes = std::fs::read(&path).unwrap();
    for planted in [sample::REFRESH_TOKEN, "planted-access-token", "p1"] {
        assert!(
            !bytes.windows(planted.len()).any(|at| at == planted.as_bytes()) || planted.len() < 8,
            "{planted}"
        );
    }
    let edits = [
        "UPDATE token SET sealed = (SELECT sealed FROM token t WHERE t.record != token.record)",
        "UPDATE token SET generation = generation + 1",
        "UPDATE token SET slot = 'login somebody'",
    ];
    for edit in edits {
        let copy = folder.path().join("copy.db");
        std::fs::copy(&path, &copy).unwrap();
        std::fs::copy(path.with_file_name("safire.db.key"), folder.path().join("copy.db.key")).unwrap();
        assert_eq!(Connection::open(&copy).unwrap().execute(edit, []).unwrap(), 2, "{edit}");
        let error = run(sample::open(&copy).load_tokens(TokenQuery::Of(id(1)))).unwrap_err();
        assert!(matches!(error, StoreError::Unreadable { .. }), "{edit}: {error}");
    }
}
