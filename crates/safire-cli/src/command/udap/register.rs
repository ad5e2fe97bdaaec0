//! `safire udap register` and `safire udap modify`.

use safire::Error;
use safire::protocol::identifier::ClientId;
use safire::protocol::registration::ClientMetadata;
use safire::protocol::udap::Certifications;
use safire::store::Record;
use safire::store::Settings;
use safire::store::State;
use safire::store::Store;
use safire::udap::UdapRegistered;

use super::registered::for_people;
use crate::args::ModifyArgs;
use crate::args::UdapRegisterArgs;
use crate::args::UsualArgs;
use crate::failure::Failure;
use crate::output::udap_registration_json;
use crate::output::with_progress;
use crate::plan::Answers;
use crate::plan::CertifiedClient;
use crate::plan::CommandStore;
use crate::plan::Connection;
use crate::plan::Trust;
use crate::plan::certifications;
use crate::plan::find;
use crate::plan::statement;
use crate::plan::statement_of;
use crate::plan::usual;
use crate::session::Session;

/// Everything that is sent and kept.
struct Intended {
    base: String,
    metadata: ClientMetadata,
    certifications: Certifications,
    client: CertifiedClient,
    trust: Trust,
    settings: Settings,
    repeat: Repeat,
}

/// Whether a registration that the store has is found.
enum Repeat {
    Find,
    Again,
    /// A change of this client; it is sent even where only the certificate is another.
    Modify(ClientId),
}

/// Registers a client by a software statement.
pub(super) async fn register(session: &Session, args: &UdapRegisterArgs) -> Result<(), Failure> {
    let metadata = statement(&args.statement)?;
    let certifications = certifications(&args.statement.certification)?;
    let client = CertifiedClient::plan(&args.certificate)?;
    let connection = session.connection(Answers::Protocol)?;
    let trust = Trust::plan(&args.trust, &connection, session.output)?;
    let settings = settings(Settings::default(), &args.usual)?;
    let repeat = if args.again { Repeat::Again } else { Repeat::Find };
    let base = args.base.clone();
    let intended = Intended { base, metadata, certifications, client, trust, settings, repeat };
    send(session, &connection, &session.store()?, intended).await
}

/// Registers the client again, with something else in its statement.
pub(super) async fn modify(session: &Session, args: &ModifyArgs) -> Result<(), Failure> {
    let connection = session.connection(Answers::Protocol)?;
    let store = session.store()?;
    let record = find(&store, &args.id).await?;
    let client = CertifiedClient::of_record(&args.certificate, &record)?;
    let metadata = statement_of(&record, &args.statement)?;
    let certifications = certifications(&args.statement.certification)?;
    let trust = Trust::of_record(&args.trust, &record, &connection, session.output)?;
    let settings = settings(record.content.settings.clone(), &args.usual)?;
    let repeat = Repeat::Modify(live_client(&record)?);
    let base = record.base_url.clone();
    let intended = Intended { base, metadata, certifications, client, trust, settings, repeat };
    send(session, &connection, &store, intended).await
}

/// What was kept before, with what was said now in its place.
fn settings(mut settings: Settings, said: &UsualArgs) -> Result<Settings, Failure> {
    let said = usual(said)?;
    if !said.is_empty() {
        settings.authorization_extensions = said;
    }
    Ok(settings)
}

/// What never came to be, or is over, cannot be changed.
pub(super) fn live_client(record: &Record) -> Result<ClientId, Failure> {
    let is_over = matches!(record.state, State::Deleted | State::Gone | State::Refused | State::InDoubt);
    record.client_id.clone().filter(|_| !is_over).ok_or_else(|| Failure::Usage {
        code: "registration-gone",
        message: format!("registration `{}` is {}: there is no client to change", record.id, record.state),
        hint: Some(format!("`safire registration show {}` tells what is known of it", record.id)),
    })
}

async fn send(
    session: &Session,
    connection: &Connection,
    store: &CommandStore,
    intended: Intended,
) -> Result<(), Failure> {
    let Intended { base, metadata, certifications, client, trust, mut settings, repeat } = intended;
    let udap = connection.server(&base).build_udap(trust.trust).map_err(Error::from)?;
    settings.udap_trust = Some(trust.kept);
    let mut request = udap
        .register_client(&client.identity, &metadata)
        .certifications(certifications)
        .key(client.material)
        .settings(settings)
        .store(store as &dyn Store);
    request = match repeat {
        Repeat::Find => request,
        Repeat::Again => request.again(),
        Repeat::Modify(client_id) => request.modifies(client_id).again(),
    };
    let registering = request.into_future();
    let registered = with_progress(session.output, "registering", registering).await?;
    show(session, udap.server().base().as_str(), &registered)
}

fn show(session: &Session, base: &str, registered: &UdapRegistered) -> Result<(), Failure> {
    let json = udap_registration_json(base, registered, session.output.secrets());
    session.output.data(&json, || for_people(base, registered))
}
