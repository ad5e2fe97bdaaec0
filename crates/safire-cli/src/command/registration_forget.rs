//! `safire registration forget`.

use safire::Error;
use safire::store::Change;
use safire::store::Store as _;
use serde_json::json;

use crate::args::IdArgs;
use crate::failure::Failure;
use crate::plan::find;
use crate::session::Session;

/// Removes one registration from the store; the server is not told.
pub(crate) async fn registration_forget(session: &Session, args: &IdArgs) -> Result<(), Failure> {
    let store = session.store()?;
    let record = find(&store, &args.id).await?;
    store.commit(Change::Remove(record.id.clone())).await.map_err(Error::from)?;
    let client_id = record.client_id.as_ref().map(ToString::to_string);
    let json = json!({
        "id": record.id.as_str(),
        "base_url": record.base_url,
        "client_id": client_id,
        "forgotten": true,
    });
    session.output.data(&json, || format!("forgot `{}`; the server still knows its client\n", record.id))
}
