//! `safire store history`: who changed what and when.

use safire::Error;
use safire::protocol::time::UnixTime;
use safire::store::Query;
use safire::store::RecordId;
use safire::store::State;
use safire::store::Store as _;
use safire_store::HistoryEntry;
use serde_json::Value;
use serde_json::json;

use crate::args::HistoryArgs;
use crate::failure::Failure;
use crate::output::Listing;
use crate::output::clean;
use crate::output::date_time;
use crate::plan::find;
use crate::session::Session;

/// Tells the history of one registration, or of all that are there; oldest first.
pub(crate) async fn store_history(session: &Session, args: &HistoryArgs) -> Result<(), Failure> {
    let store = session.store()?;
    let opened = store.there().await?;
    let ids = match args.id.as_deref() {
        // History outlives its registration, so an id is taken as it is.
        Some(text) => match RecordId::parse(text) {
            Some(id) => vec![id],
            None => vec![find(&store, text).await?.id],
        },
        None => {
            let records = store.load(Query::All).await.map_err(Error::from)?;
            records.into_iter().map(|record| record.id).collect()
        }
    };
    let mut entries: Vec<(RecordId, HistoryEntry)> = Vec::new();
    for id in ids {
        let found = opened.load_history(&id).await.map_err(Error::from)?;
        if found.is_empty() && args.id.is_some() {
            find(&store, id.as_str()).await?;
        }
        entries.extend(found.into_iter().map(|entry| (id.clone(), entry)));
    }
    entries.sort_by_key(|(_, entry)| entry.at);
    let json: Value = entries.iter().map(|(id, entry)| entry_json(id, entry)).collect();
    session.output.data(&json, || table(&entries).to_string())
}

fn entry_json(id: &RecordId, entry: &HistoryEntry) -> Value {
    json!({
        "id": id.as_str(),
        "at": UnixTime::as_seconds(entry.at),
        "what": entry.what.as_str(),
        "from": entry.from.map(State::as_str),
        "to": entry.to.map(State::as_str),
        "slot": entry.slot.as_ref().map(|slot| slot.as_str()),
        "by": entry.by,
    })
}

fn table(entries: &[(RecordId, HistoryEntry)]) -> Listing {
    let mut listing = Listing::headed(["WHEN", "ID", "WHAT", "FROM", "TO", "BY"]);
    let state = |state: Option<State>| state.map_or_else(|| "-".to_owned(), |state| state.to_string());
    for (id, entry) in entries {
        let slot = entry.slot.as_ref().map(|slot| format!(" {}", clean(slot.as_str())));
        listing.add([
            date_time(entry.at),
            id.to_string(),
            format!("{}{}", entry.what, slot.unwrap_or_default()),
            state(entry.from),
            state(entry.to),
            clean(&entry.by),
        ]);
    }
    listing
}
