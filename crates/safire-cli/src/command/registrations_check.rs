//! `safire registrations check`: does every registration still work?

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream;
use safire::Error;
use safire::clock::Clock as _;
use safire::clock::SystemClock;
use safire::fleet::PaceLimits;
use safire::store::Query;
use safire::store::Store as _;
use serde_json::Value;

use super::checked::Checked;
use crate::failure::Failure;
use crate::output::Listing;
use crate::output::by_trouble;
use crate::output::clipped;
use crate::output::date_time;
use crate::output::with_progress;
use crate::plan::Answers;
use crate::session::Session;

/// Registrations that are checked at once.
const AT_ONCE: usize = 8;
/// Two requests at one host; one that asks for more patience than a check has gets its answer told as it is.
const PACE: PaceLimits = PaceLimits {
    requests: AT_ONCE,
    per_host: 2,
    interval: Duration::ZERO,
    longest_pause: Duration::from_secs(5),
    repetitions: 1,
};

/// Asks every server whether its registration still works. The soonest trouble comes first.
pub(crate) async fn registrations_check(session: &Session) -> Result<(), Failure> {
    let store = Arc::new(session.store()?);
    let connection = session.connection(Answers::Protocol)?.paced(PACE);
    let mut records = store.load(Query::All).await.map_err(Error::from)?;
    by_trouble(&mut records, SystemClock::new().now());
    // A server that is slow to answer holds up nobody but itself.
    let (connection, kept) = (&connection, &store);
    let checking = stream::iter(records.into_iter().enumerate())
        .map(|(place, record)| async move {
            (place, Box::pin(Checked::check(session, connection, kept, record)).await)
        })
        .buffer_unordered(AT_ONCE)
        .collect();
    let mut found: Vec<(usize, Checked)> =
        with_progress(session.output, "asking the servers", Box::pin(checking)).await;
    // What the servers said comes before what nobody has to do anything about.
    found.sort_by_key(|(place, row)| (row.is_fine(), *place));
    let rows: Vec<Checked> = found.into_iter().map(|(_, row)| row).collect();
    let json = Value::Array(rows.iter().map(Checked::to_json).collect());
    session.output.data(&json, || table(&rows).to_string())?;
    if !session.output.is_json() {
        tell(session, &rows);
    }
    match rows.iter().filter(|row| !row.is_fine()).count() {
        0 => Ok(()),
        troubled => Err(Failure::Trouble { troubled, checked: rows.len() }),
    }
}

fn table(rows: &[Checked]) -> Listing {
    let heading =
        ["ID", "STATE", "DISCOVERY", "SECRET ENDS", "REGISTRATION", "TOKEN", "TROUBLE", "FHIR BASE"];
    let mut listing = Listing::headed(heading);
    for row in rows {
        let codes: Vec<&str> = row.findings().map(|finding| finding.code.as_str()).collect();
        listing.add([
            row.record.id.to_string(),
            row.state().to_string(),
            row.discovery.to_owned(),
            row.secret_ends().map_or_else(|| "-".to_owned(), date_time),
            row.registration.to_owned(),
            row.token.to_owned(),
            if codes.is_empty() { "-".to_owned() } else { clipped(&codes.join(", ")) },
            row.record.base_url.clone(),
        ]);
    }
    listing
}

fn tell(session: &Session, rows: &[Checked]) {
    if rows.is_empty() {
        session.output.note("note", "no registrations in this store");
    }
    for row in rows {
        for finding in row.findings() {
            let label = finding.severity.to_string();
            session.output.note(&label, &format!("`{}`: {}", row.record.id, finding.message));
            if let Some(hint) = &finding.hint {
                session.output.note("hint", hint);
            }
        }
    }
}
