//! `safire registrations`.

use safire::Error;
use safire::store::Query;
use safire::store::Store as _;
use serde_json::Value;

use crate::failure::Failure;
use crate::output::Listing;
use crate::output::advice;
use crate::output::listing_json;
use crate::session::Session;

/// Lists the registrations of the store, oldest first.
pub(crate) async fn registrations(session: &Session) -> Result<(), Failure> {
    let records = session.store()?.load(Query::All).await.map_err(Error::from)?;
    let json = Value::Array(records.iter().map(listing_json).collect());
    session.output.data(&json, || Listing::of(&records).to_string())?;
    if session.output.is_json() {
        return Ok(());
    }
    if records.is_empty() {
        session.output.note("note", "no registrations in this store");
    }
    for advice in records.iter().filter_map(advice) {
        session.output.note("hint", &advice);
    }
    Ok(())
}
