//! `registration update` is killed, at a server that answers each update with a new secret and a new token.

use safire::protocol::credentials::AuthMethod;
use safire::protocol::registration::ClientMetadata;
use safire::protocol::registration::management::Operation;
use safire::store::Record;
use serde_json::Value;

use super::place::Place;
use super::place::Tally;
use super::place::Whole;
use super::place::database_server;
use super::place::kill_at_random;
use super::place::kills;
use super::place::wait;

#[test]
fn done_when_3_killed_updates_in_sqlite() {
    updates(&Place::in_sqlite());
}

#[test]
fn done_when_3_killed_updates_in_postgres() {
    let Some(server) = database_server() else { return };
    updates(&Place::in_postgres(server));
}

fn updates(place: &Place) {
    let update = |record: &Record, n: u32| {
        let name = format!("client_name=\"updated-{n}\"");
        place.command(&["registration", "update", record.id.as_str(), "--set", &name])
    };
    let mut whole = Whole::default();
    let mut tally = Tally::default();
    let kills = kills();
    for n in 0..kills {
        let length = whole.at(n, |number| update(&registered(place, number), number));
        let id = registered(place, n).id;
        kill_at_random(update(&place.record(&id), n), length, (n, kills));
        let (record, name) = (place.record(&id), format!("updated-{n}"));
        if let Some(pending) = &record.content.pending {
            assert_eq!(pending.operation, Operation::Update);
            assert_eq!(
                pending.requested.as_ref().unwrap()["client_name"],
                *name,
                "the store says what was asked"
            );
            tally.in_doubt += 1;
        } else {
            let is_done = record.client_name.as_ref() == Some(&name);
            assert_eq!(
                at_the_server(place, &record) == name,
                is_done,
                "{n}: the store knows what the server did"
            );
            assert!(
                wait(place.client(&record).request_backend_token(None)).is_ok(),
                "{n}: the secret held works"
            );
            assert!(place.takes_token(&record.registration().unwrap()), "{n}: the token held works");
            *(if is_done { &mut tally.done } else { &mut tally.not_done }) += 1;
        }
    }
    let counted = place.live.sandbox.counts().registrations_updated;
    // Counted before they are looked at: a request may still be under way.
    let clients = place.live.sandbox.clients();
    let is_updated = |name: &Value| name.as_str().is_some_and(|name| name.starts_with("updated-"));
    let updated = clients.iter().filter(|client| is_updated(&client.metadata["client_name"])).count();
    assert!(counted <= updated as u64, "none is updated twice: {counted} at {updated} clients");
    tally.end("update");
}

fn registered(place: &Place, n: u32) -> Record {
    let metadata = ClientMetadata::new()
        .client_name(format!("made-{n}"))
        .grant_types(["client_credentials"])
        .token_endpoint_auth_method(AuthMethod::ClientSecretBasic)
        .scope("system/*.rs");
    let server = place.server();
    let registered = wait(async { server.register_client(&metadata).store(&place.store).await }).unwrap();
    *registered.record.unwrap()
}

/// The name that the server has.
fn at_the_server(place: &Place, record: &Record) -> String {
    let id = record.client_id.as_ref().unwrap().as_str();
    let clients = place.live.sandbox.clients();
    let client = clients.iter().find(|client| client.client_id == id).unwrap();
    client.metadata["client_name"].as_str().unwrap().to_owned()
}
