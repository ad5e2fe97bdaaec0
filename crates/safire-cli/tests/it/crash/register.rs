//! `register` is killed.

use safire::store::State;

use super::place::Place;
use super::place::Tally;
use super::place::Whole;
use super::place::database_server;
use super::place::kill_at_random;
use super::place::kills;

#[test]
fn done_when_4_two_hundred_kills_lose_nothing_silently() {
    registrations(&Place::in_sqlite(), 200);
}

#[test]
fn done_when_3_killed_registrations_in_postgres() {
    let Some(server) = database_server() else { return };
    registrations(&Place::in_postgres(server), kills());
}

fn registrations(place: &Place, kills: u32) {
    let base = place.live.base();
    let register = |name: &str| {
        let args = ["register", &base, "--client-name", name, "--grant-type", "client_credentials"];
        let more = ["--auth-method", "client_secret_basic", "--scope", "system/*.rs"];
        place.command(&[&args as &[&str], &more].concat())
    };
    let mut whole = Whole::default();
    for n in 0..kills {
        let length = whole.at(n, |number| register(&format!("whole-{number}")));
        kill_at_random(register(&format!("killed-{n}")), length, (n, kills));
    }
    let (rows, issued) = (place.records(), place.live.sandbox.clients());
    let mut tally = Tally::default();
    for n in 0..kills {
        let name = format!("killed-{n}");
        let theirs: Vec<_> = issued.iter().filter(|client| client.metadata["client_name"] == *name).collect();
        let ours: Vec<_> = rows.iter().filter(|row| row.client_name.as_ref() == Some(&name)).collect();
        assert!(theirs.len() <= 1 && ours.len() <= 1, "{name}: registered twice");
        match (theirs.first(), ours.first().map(|row| row.state)) {
            (Some(client), Some(State::Registered)) => {
                let registration = ours[0].registration().unwrap();
                assert_eq!(registration.client_id().as_str(), client.client_id, "{name}");
                assert!(place.takes_token(&registration), "{name}");
                tally.done += 1;
            }
            (_, Some(State::InDoubt)) => tally.in_doubt += 1,
            (None, None) => tally.not_done += 1,
            (theirs, ours) => panic!("{name}: the server has {theirs:?}, the store says {ours:?}"),
        }
    }
    tally.end("register");
}
