//! One lease, many processes.

use std::time::Duration;

use safire::protocol::time::UnixTime;
use safire::store::Claim;
use safire::store::Claimed;
use safire::store::LeaseOwner;
use safire::store::Store;

use crate::postgres::processes::at_once;
use crate::postgres::server::Place;
use crate::postgres::server::builder;
use crate::postgres::server::opened;
use crate::postgres::server::shared;
use crate::process;
use crate::sample;
use crate::sample::answered;
use crate::sample::commit;
use crate::sample::insertion;

#[test]
fn of_four_processes_one_has_the_lease() {
    if let Some((url, number)) = process::task() {
        let rooms = sample::folder();
        let store = opened(builder(url.to_str().unwrap(), rooms.path()));
        let by = u8::try_from(number).unwrap();
        // Clocks that are hours apart: the database's counts.
        let now = UnixTime::from_seconds(1_700_000_000 + i64::from(by) * 10_000);
        let claim = Claim {
            key: sample::token_key(1),
            owner: LeaseOwner::from_random([by; 16]),
            now,
            term: Duration::from_secs(600),
        };
        match sample::run(store.claim(claim)).unwrap() {
            Claimed::Ours => println!("said ours"),
            Claimed::Theirs { until } => {
                let left = until.as_seconds() - now.as_seconds();
                assert!((1..=600).contains(&left), "{left}");
                println!("said theirs");
            }
        }
        return;
    }
    let Some(server) = shared() else { return };
    let place = Place::at(server);
    commit(&place.open(), insertion(answered(1, 0))).unwrap();
    let name = "postgres::leases::of_four_processes_one_has_the_lease";
    let said = at_once(name, &place.database.url(), 4);
    assert_eq!(said.iter().filter(|text| text.contains("said ours")).count(), 1, "{said:?}");
    assert_eq!(said.iter().filter(|text| text.contains("said theirs")).count(), 3, "{said:?}");
}
