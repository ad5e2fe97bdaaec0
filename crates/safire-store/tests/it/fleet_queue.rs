//! What every queue of fleets promises, whatever it is made of.

use std::time::Duration;

use safire::fleet::Batch;
use safire::fleet::End;
use safire::fleet::Ended;
use safire::fleet::FleetHasher;
use safire::fleet::FleetId;
use safire::fleet::FleetKind;
use safire::fleet::FleetQueue;
use safire::fleet::Load;
use safire::fleet::MemoryQueue;
use safire::fleet::NewRow;
use safire::fleet::Outcome;
use safire::fleet::Progress;
use safire::fleet::RowClaim;
use safire::fleet::RowInput;
use safire::fleet::Settlement;
use safire::fleet::Share;
use safire::fleet::Taken;
use safire::fleet::source::Place;
use safire::protocol::secret::InitialAccessToken;
use safire::protocol::time::UnixTime;
use safire::store::LeaseOwner;
use safire::store::RecordId;

use crate::sample;
use crate::sample::run;

pub(crate) const TOKEN: &str = "planted-initial-access-token-4Fh9";
const NOW: i64 = 1_790_000_000;

#[test]
fn memory_queue_keeps_the_contract() {
    suite(&MemoryQueue::new());
}

#[test]
fn sqlite_store_keeps_the_contract_of_queues() {
    let folder = sample::folder();
    suite(&sample::open(&sample::file_in(&folder)));
}

#[test]
fn what_a_row_needs_is_sealed_and_goes_when_the_row_has_ended() {
    let folder = sample::folder();
    let path = sample::file_in(&folder);
    let store = sample::open(&path);
    let fleet = id("sealed");
    load_all(&store, &fleet, vec![row(1, "https://a.example.com")]);
    assert_eq!(
        claim(&store, &fleet, 1, 10).rows[0].input.initial_access_token.as_ref().unwrap().expose_secret(),
        TOKEN
    );
    settle(&store, &fleet, 1, vec![(1, ended(Outcome::Registered))]);
    drop(store);
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap_or_default();
        assert!(!bytes.windows(TOKEN.len()).any(|window| window == TOKEN.as_bytes()));
    }
    let left: i64 = rusqlite::Connection::open(&path)
        .unwrap()
        .query_row("SELECT count(*) FROM fleet_row WHERE sealed IS NOT NULL", [], |row| row.get(0))
        .unwrap();
    assert_eq!(left, 0);
}

#[test]
fn a_row_that_was_moved_to_another_base_does_not_open() {
    let folder = sample::folder();
    let path = sample::file_in(&folder);
    let store = sample::open(&path);
    let fleet = id("moved");
    load_all(&store, &fleet, vec![row(1, "https://a.example.com")]);
    rusqlite::Connection::open(&path)
        .unwrap()
        .execute("UPDATE fleet_row SET base = 'https://thief.example.com'", [])
        .unwrap();
    let error = run(FleetQueue::claim(&store, ask(&fleet, 1, 10))).unwrap_err();
    assert!(error.to_string().contains("its seal is broken"), "{error}");
}

#[test]
fn a_new_key_opens_what_waits() {
    let folder = sample::folder();
    let path = sample::file_in(&folder);
    let store = sample::open(&path);
    let fleet = id("rotated");
    load_all(&store, &fleet, (1..=20).map(|n| row(n, &format!("https://h{n}.example.com"))).collect());
    run(store.rotate_key_beside()).unwrap();
    drop(store);
    let share = claim(&sample::open(&path), &fleet, 1, 100);
    assert_eq!(share.rows.len(), 20);
    assert!(share.rows.iter().all(|row| row.input.initial_access_token.is_some()));
}

/// The contract, on an empty queue.
pub(crate) fn suite(queue: &dyn FleetQueue) {
    nothing_is_there(queue);
    rows_come_in_order_and_once(queue);
    loading_may_be_repeated(queue);
    bases_are_folded(queue);
    crowded_hosts_are_passed_over(queue);
    rows_of_the_dead_come_back(queue);
    outcomes_are_counted(queue);
    what_was_unreachable_may_be_tried_again(queue);
    a_late_worker_does_not_overwrite(queue);
    a_fleet_that_is_over_begins_anew(queue);
}

fn nothing_is_there(queue: &dyn FleetQueue) {
    assert_eq!(run(queue.progress(&id("none"))).unwrap(), None);
    let share = claim(queue, &id("none"), 1, 10);
    assert_eq!((share.rows.len(), share.open), (0, 0));
}

fn rows_come_in_order_and_once(queue: &dyn FleetQueue) {
    let fleet = id("order");
    load_all(queue, &fleet, (1..=5).map(|n| row(n, &format!("https://h{n}.example.com"))).collect());
    let first = claim(queue, &fleet, 1, 3);
    assert_eq!(numbers(&first), [1, 2, 3]);
    let row = &first.rows[0];
    assert_eq!(
        (row.place, row.base.as_str(), row.host.as_str(), row.attempt),
        (place(1), "https://h1.example.com", "h1.example.com:443", 1)
    );
    assert_eq!(row.input.variables["site"], "Main 1");
    assert_eq!(numbers(&claim(queue, &fleet, 2, 10)), [4, 5]);
    let rest = claim(queue, &fleet, 1, 10);
    assert_eq!((rest.rows.len(), rest.open), (0, 5));
    settle(queue, &fleet, 1, vec![(2, End::GivenBack)]);
    assert_eq!(numbers(&claim(queue, &fleet, 2, 10)), [2]);
}

fn loading_may_be_repeated(queue: &dyn FleetQueue) {
    let fleet = id("again");
    let rows = || (1..=3).map(|n| row(n, &format!("https://h{n}.example.com"))).collect::<Vec<_>>();
    load(queue, &fleet, Batch::Begin);
    assert_eq!(load(queue, &fleet, Batch::Rows(rows())), [Taken::Added; 3]);
    let progress = run(queue.progress(&fleet)).unwrap().unwrap();
    assert!(!progress.loaded && !progress.is_complete());
    claim(queue, &fleet, 1, 1);
    load(queue, &fleet, Batch::Begin);
    assert_eq!(load(queue, &fleet, Batch::Rows(rows())), [Taken::There; 3]);
    load(queue, &fleet, Batch::End);
    assert_eq!(numbers(&claim(queue, &fleet, 2, 10)), [2, 3]);
    assert_eq!(
        run(queue.progress(&fleet)).unwrap().unwrap(),
        Progress { loaded: true, rows: 3, ended: vec![] }
    );
}

fn bases_are_folded(queue: &dyn FleetQueue) {
    let fleet = id("folded");
    let mut bad = row(3, "not a url");
    bad.base_key = None;
    bad.ended = Some(Ended { outcome: Outcome::Invalid, code: Some("base-malformed".to_owned()), ..none() });
    let same = row(2, "https://a.example.com");
    load(queue, &fleet, Batch::Begin);
    let taken = load(queue, &fleet, Batch::Rows(vec![row(1, "https://a.example.com"), same, bad]));
    assert_eq!(taken, [Taken::Added, Taken::DuplicateOf(place(1)), Taken::Added]);
    let later = load(queue, &fleet, Batch::Rows(vec![row(4, "https://a.example.com")]));
    assert_eq!(later, [Taken::DuplicateOf(place(1))]);
    load(queue, &fleet, Batch::End);
    assert_eq!(numbers(&claim(queue, &fleet, 1, 10)), [1]);
    let progress = run(queue.progress(&fleet)).unwrap().unwrap();
    assert_eq!((progress.rows, progress.ended()), (4, 3));
}

fn crowded_hosts_are_passed_over(queue: &dyn FleetQueue) {
    let fleet = id("crowded");
    let rows = (1..=6).map(|n| row(n, &format!("https://h{}.example.com/{n}", n % 2))).collect();
    load_all(queue, &fleet, rows);
    let mut asked = ask(&fleet, 1, 10);
    asked.except_hosts = vec!["h1.example.com:443".to_owned(), "other.example.com:443".to_owned()];
    assert_eq!(numbers(&run(queue.claim(asked)).unwrap()), [2, 4, 6]);
    assert_eq!(numbers(&claim(queue, &fleet, 1, 10)), [1, 3, 5]);
}

fn rows_of_the_dead_come_back(queue: &dyn FleetQueue) {
    let fleet = id("dead");
    load_all(queue, &fleet, (1..=4).map(|n| row(n, &format!("https://h{n}.example.com"))).collect());
    // A database goes by its own clock, so the terms here are what a test can wait for: none, and for ever.
    let mut short = ask(&fleet, 1, 2);
    short.term = Duration::ZERO;
    assert_eq!(numbers(&run(queue.claim(short)).unwrap()), [1, 2]);
    let later = |worker, limit| {
        let mut asked = ask(&fleet, worker, limit);
        asked.now = UnixTime::from_seconds(NOW + 10);
        asked
    };
    let back = run(queue.claim(later(2, 1))).unwrap();
    assert_eq!((numbers(&back), back.rows[0].attempt), (vec![1], 2));
    // The other one is still there to be kept alive by its worker.
    assert!(run(queue.claim(later(1, 0))).unwrap().rows.is_empty());
    assert_eq!(numbers(&run(queue.claim(later(3, 10))).unwrap()), [3, 4]);
}

fn outcomes_are_counted(queue: &dyn FleetQueue) {
    let fleet = id("counted");
    load_all(queue, &fleet, (1..=5).map(|n| row(n, &format!("https://h{n}.example.com"))).collect());
    claim(queue, &fleet, 1, 10);
    let refused = End::Ended(Ended {
        outcome: Outcome::Refused,
        code: Some("registration-refused".to_owned()),
        vendor: Some("epic".to_owned()),
        ..none()
    });
    let rows = vec![
        (1, ended(Outcome::Registered)),
        (2, refused.clone()),
        (3, refused),
        (4, ended(Outcome::Registered)),
    ];
    settle(queue, &fleet, 1, rows);
    let progress = run(queue.progress(&fleet)).unwrap().unwrap();
    let mut told: Vec<_> = progress
        .ended
        .iter()
        .map(|t| (t.outcome.as_str(), t.vendor.as_deref(), t.code.as_deref(), t.rows))
        .collect();
    told.sort_unstable();
    assert_eq!(
        told,
        [("refused", Some("epic"), Some("registration-refused"), 2), ("registered", None, None, 2)]
    );
    assert!(!progress.is_complete());
    settle(queue, &fleet, 1, vec![(5, ended(Outcome::Registered))]);
    assert!(run(queue.progress(&fleet)).unwrap().unwrap().is_complete());
    let share = claim(queue, &fleet, 2, 10);
    assert_eq!((share.rows.len(), share.open), (0, 0));
}

fn what_was_unreachable_may_be_tried_again(queue: &dyn FleetQueue) {
    let fleet = id("unreachable");
    load_all(queue, &fleet, (1..=3).map(|n| row(n, &format!("https://h{n}.example.com"))).collect());
    claim(queue, &fleet, 1, 10);
    settle(
        queue,
        &fleet,
        1,
        vec![
            (1, ended(Outcome::Unreachable)),
            (2, ended(Outcome::Refused)),
            (3, ended(Outcome::Unreachable)),
        ],
    );
    assert!(claim(queue, &fleet, 1, 10).rows.is_empty());
    let again = |worker, before| {
        let mut asked = ask(&fleet, worker, 10);
        asked.again_before = Some(UnixTime::from_seconds(before));
        run(queue.claim(asked)).unwrap()
    };
    assert!(again(2, NOW - 1).rows.is_empty(), "they ended later");
    assert!(again(1, NOW).rows.is_empty(), "this worker has just tried them");
    let share = again(2, NOW);
    assert_eq!((numbers(&share), share.rows[0].attempt), (vec![1, 3], 2));
    assert!(share.rows[0].input.initial_access_token.is_some(), "what the row needs was kept");
    assert_eq!(run(queue.progress(&fleet)).unwrap().unwrap().ended(), 1);
}

fn a_late_worker_does_not_overwrite(queue: &dyn FleetQueue) {
    let fleet = id("late");
    load_all(queue, &fleet, (1..=2).map(|n| row(n, &format!("https://h{n}.example.com"))).collect());
    let mut short = ask(&fleet, 1, 2);
    short.term = Duration::ZERO;
    run(queue.claim(short)).unwrap();
    let mut later = ask(&fleet, 2, 2);
    later.now = UnixTime::from_seconds(NOW + 10);
    assert_eq!(numbers(&run(queue.claim(later)).unwrap()), [1, 2]);
    // Not its rows any more, and nothing to give back.
    settle(queue, &fleet, 1, vec![(1, ended(Outcome::Refused)), (2, End::GivenBack)]);
    assert_eq!(run(queue.progress(&fleet)).unwrap().unwrap().ended(), 0);
    settle(queue, &fleet, 2, vec![(1, ended(Outcome::InDoubt)), (2, ended(Outcome::Refused))]);
    // What it knows for certain is better than a doubt, and no better than another certainty.
    settle(queue, &fleet, 1, vec![(1, ended(Outcome::Registered)), (2, ended(Outcome::Registered))]);
    let progress = run(queue.progress(&fleet)).unwrap().unwrap();
    let mut told: Vec<_> = progress.ended.iter().map(|tally| tally.outcome.as_str()).collect();
    told.sort_unstable();
    assert_eq!(told, ["refused", "registered"]);
}

fn a_fleet_that_is_over_begins_anew(queue: &dyn FleetQueue) {
    let fleet = id("anew");
    let rows = || vec![row(1, "https://a.example.com")];
    load_all(queue, &fleet, rows());
    claim(queue, &fleet, 1, 10);
    load(queue, &fleet, Batch::Begin);
    assert_eq!(load(queue, &fleet, Batch::Rows(rows())), [Taken::There], "it is not over");
    settle(queue, &fleet, 1, vec![(1, ended(Outcome::Registered))]);
    load(queue, &fleet, Batch::Begin);
    assert_eq!(load(queue, &fleet, Batch::Rows(rows())), [Taken::Added]);
    assert_eq!(numbers(&claim(queue, &fleet, 1, 10)), [1]);
}

/// What a pinned store holds of fleets.
pub(crate) fn write_sample(queue: &dyn FleetQueue) {
    let fleet = id("sample");
    load_all(queue, &fleet, (1..=3).map(|n| row(n, &format!("https://h{n}.example.com"))).collect());
    claim(queue, &fleet, 1, 1);
    settle(queue, &fleet, 1, vec![(1, ended(Outcome::Registered))]);
}

/// Goes on with it.
pub(crate) fn check_sample(queue: &dyn FleetQueue) {
    let fleet = id("sample");
    let progress = run(queue.progress(&fleet)).unwrap().unwrap();
    assert_eq!((progress.loaded, progress.rows, progress.ended()), (true, 3, 1));
    let share = claim(queue, &fleet, 2, 10);
    assert_eq!(numbers(&share), [2, 3]);
    assert_eq!(share.rows[0].input.initial_access_token.as_ref().unwrap().expose_secret(), TOKEN);
}

pub(crate) fn id(name: &str) -> FleetId {
    let mut hasher = FleetHasher::new(FleetKind::Register);
    hasher.content(name.as_bytes());
    hasher.finish()
}

pub(crate) fn row(number: u64, base: &str) -> NewRow {
    let mut input = RowInput::default();
    input.variables.insert("site".to_owned(), format!("Main {number}"));
    input.initial_access_token = Some(InitialAccessToken::new(TOKEN));
    let host = base.trim_start_matches("https://").split('/').next().unwrap();
    NewRow {
        number,
        place: place(number),
        base: base.to_owned(),
        base_key: Some(base.to_owned()),
        host: format!("{host}:443"),
        input,
        ended: None,
    }
}

fn place(number: u64) -> Place {
    Place { line: number + 1, entry: Some(number) }
}

pub(crate) fn load(queue: &dyn FleetQueue, fleet: &FleetId, batch: Batch) -> Vec<Taken> {
    let load =
        Load { fleet: fleet.clone(), kind: FleetKind::Register, now: UnixTime::from_seconds(NOW), batch };
    run(queue.load(load)).unwrap()
}

pub(crate) fn load_all(queue: &dyn FleetQueue, fleet: &FleetId, rows: Vec<NewRow>) {
    load(queue, fleet, Batch::Begin);
    load(queue, fleet, Batch::Rows(rows));
    load(queue, fleet, Batch::End);
}

pub(crate) fn ask(fleet: &FleetId, worker: u8, limit: usize) -> RowClaim {
    RowClaim {
        fleet: fleet.clone(),
        worker: owner(worker),
        limit,
        except_hosts: Vec::new(),
        again_before: None,
        now: UnixTime::from_seconds(NOW),
        term: Duration::from_secs(3600),
    }
}

pub(crate) fn claim(queue: &dyn FleetQueue, fleet: &FleetId, worker: u8, limit: usize) -> Share {
    run(queue.claim(ask(fleet, worker, limit))).unwrap()
}

pub(crate) fn settle(queue: &dyn FleetQueue, fleet: &FleetId, worker: u8, rows: Vec<(u64, End)>) {
    run(queue.settle(Settlement { fleet: fleet.clone(), worker: owner(worker), rows })).unwrap();
}

pub(crate) fn owner(number: u8) -> LeaseOwner {
    LeaseOwner::from_random([number; 16])
}

fn none() -> Ended {
    Ended {
        outcome: Outcome::Registered,
        code: None,
        vendor: None,
        record: None,
        at: UnixTime::from_seconds(NOW),
    }
}

pub(crate) fn ended(outcome: Outcome) -> End {
    End::Ended(Ended { outcome, record: RecordId::parse("raaaaaaaaaaaaaaa"), ..none() })
}

fn numbers(share: &Share) -> Vec<u64> {
    share.rows.iter().map(|row| row.number).collect()
}
