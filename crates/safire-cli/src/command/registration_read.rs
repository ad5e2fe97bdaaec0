//! `safire registration read`.

use super::managed_client::ManagedClient;
use super::managed_client::show;
use crate::args::IdArgs;
use crate::failure::Failure;
use crate::output::with_progress;
use crate::session::Session;

/// Reads a registration at its server, and keeps what the server has changed.
pub(crate) async fn registration_read(session: &Session, args: &IdArgs) -> Result<(), Failure> {
    let client = ManagedClient::find(session, &args.id).await?;
    let managed = with_progress(session.output, "reading the registration", client.managed().read()).await?;
    show(session, "read", &managed)
}
