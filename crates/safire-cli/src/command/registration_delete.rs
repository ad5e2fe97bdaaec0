//! `safire registration delete`.

use safire::clock::Clock as _;
use safire::clock::SystemClock;
use serde_json::json;

use super::managed_client::ManagedClient;
use crate::args::IdArgs;
use crate::failure::Failure;
use crate::output::Sheet;
use crate::output::record_json;
use crate::output::with_progress;
use crate::session::Session;

/// Deletes a client at its server; here its entry stays, as history.
pub(crate) async fn registration_delete(session: &Session, args: &IdArgs) -> Result<(), Failure> {
    let client = ManagedClient::find(session, &args.id).await?;
    let deleting = client.managed();
    let deletion = with_progress(session.output, "deleting the client", deleting.delete()).await?;
    let record = &deletion.record;
    let mut json = record_json(record, SystemClock::new().now(), session.output.secrets());
    if let Some(members) = json.as_object_mut() {
        members.insert("deleted".to_owned(), json!(deletion.deleted.is_some()));
    }
    session.output.data(&json, || {
        let what = if deletion.deleted.is_some() { "deleted" } else { "was gone already" };
        Sheet::new()
            .row("state", what)
            .row("id", record.id.as_str())
            .maybe("client", record.client_id.as_ref().map(ToString::to_string))
            .row("FHIR base", record.base_url.as_str())
            .to_string()
    })?;
    if !session.output.is_json() {
        session
            .output
            .note("note", &format!("`safire registration forget {}` drops the entry here", record.id));
    }
    Ok(())
}
