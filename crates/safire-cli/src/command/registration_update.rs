//! `safire registration update`.

use super::managed_client::ManagedClient;
use super::managed_client::show;
use crate::args::UpdateArgs;
use crate::failure::Failure;
use crate::output::with_progress;
use crate::plan::changed_metadata;
use crate::session::Session;

/// Changes a registration at its server. An update replaces everything, so it begins with what is registered.
pub(crate) async fn registration_update(session: &Session, args: &UpdateArgs) -> Result<(), Failure> {
    let client = ManagedClient::find(session, &args.id).await?;
    let registered = match client.record.registration() {
        Ok(registration) => registration.to_metadata().to_json(),
        // What is to be managed tells why it cannot be.
        Err(_) => client.record.content.requested.clone(),
    };
    let profile = client.record.content.settings.profile;
    let metadata = changed_metadata(registered, args)?.with_profile(profile);
    let registration = client.managed();
    let mut update = registration.update(&metadata);
    if args.without_client_id {
        update = update.without_client_id();
    }
    if args.without_client_secret {
        update = update.without_client_secret();
    }
    let managed = with_progress(session.output, "updating the registration", update.into_future()).await?;
    show(session, "updated", &managed)
}
