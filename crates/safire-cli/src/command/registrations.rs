//! `safire registrations`.

use safire::Error;
use safire::clock::Clock as _;
use safire::clock::SystemClock;
use safire::store::Query;
use safire::store::Store as _;
use serde_json::Value;

use crate::failure::Failure;
use crate::output::Listing;
use crate::output::by_trouble;
use crate::output::listing_json;
use crate::output::trouble;
use crate::session::Session;

/// Lists the registrations of the store, the soonest trouble first.
pub(crate) async fn registrations(session: &Session) -> Result<(), Failure> {
    let mut records = session.store()?.load(Query::All).await.map_err(Error::from)?;
    let now = SystemClock::new().now();
    by_trouble(&mut records, now);
    let json = records.iter().map(|record| Value::Object(listing_json(record, now))).collect();
    session.output.data(&Value::Array(json), || Listing::of(&records, now).to_string())?;
    if session.output.is_json() {
        return Ok(());
    }
    if records.is_empty() {
        session.output.note("note", "no registrations in this store");
    }
    for trouble in records.iter().filter_map(|record| trouble(record, now)) {
        session.output.note("hint", &trouble.hint);
    }
    Ok(())
}
