//! `safire udap cancel`.

use std::future::IntoFuture as _;

use safire::Error;
use safire::protocol::registration::SecretsShown;
use safire::protocol::udap::RegistrationOutcome;
use safire::store::Store;
use serde_json::Value;
use serde_json::json;

use super::register::live_client;
use super::registered::deviations;
use crate::args::CancelArgs;
use crate::failure::Failure;
use crate::output::deviation_lines;
use crate::output::with_progress;
use crate::plan::Answers;
use crate::plan::CertifiedClient;
use crate::plan::Trust;
use crate::plan::cancellation_of;
use crate::plan::find;
use crate::session::Session;

/// Ends a registration at its server, and marks it as deleted here.
pub(super) async fn cancel(session: &Session, args: &CancelArgs) -> Result<(), Failure> {
    let connection = session.connection(Answers::Protocol)?;
    let store = session.store()?;
    let record = find(&store, &args.id).await?;
    let client = CertifiedClient::of_record(&args.certificate, &record)?;
    let client_id = live_client(&record)?;
    let metadata = cancellation_of(&record)?;
    let trust = Trust::of_record(&args.trust, &record, &connection, session.output)?;
    let udap = connection.server(&record.base_url).build_udap(trust.trust).map_err(Error::from)?;
    let request = udap
        .cancel_registration(&client.identity, &metadata)
        .of_client(client_id.clone())
        .store(&store as &dyn Store);
    let outcome = with_progress(session.output, "cancelling", request.into_future()).await?;
    let json = to_json(record.id.as_str(), &record.base_url, &outcome);
    session.output.data(&json, || {
        let mut text = format!("cancelled: client `{client_id}` is no longer known at {}\n", record.base_url);
        text.push_str(&deviation_lines(&deviations(outcome.registration())));
        text
    })
}

fn to_json(id: &str, base: &str, outcome: &RegistrationOutcome) -> Value {
    let registration = outcome.registration();
    json!({
        "id": id,
        "base_url": base,
        "registration_endpoint": registration.endpoint(),
        "status": registration.status(),
        "client_id": registration.client_id().as_str(),
        "outcome": "cancelled",
        "registered": registration.registered_json(SecretsShown::Masked),
        "deviations": deviations(registration),
        "state": "deleted",
    })
}
