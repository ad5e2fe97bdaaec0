//! A registration of the store, to be managed at its server (RFC 7592).

use safire::Error;
use safire::Server;
use safire::clock::Clock as _;
use safire::clock::SystemClock;
use safire::management::Managed;
use safire::management::ManagedRegistration;
use safire::management::Settled;
use safire::protocol::auth_method::AuthMethod;
use safire::protocol::registration::Registration;
use safire::protocol::secret::ClientSecret;
use safire::protocol::secret::RegistrationAccessToken;
use safire::store::Record;
use url::Url;

use crate::failure::Failure;
use crate::output;
use crate::output::Sheet;
use crate::output::clean;
use crate::output::deviation_lines;
use crate::output::difference_lines;
use crate::output::managed_json;
use crate::plan::Answers;
use crate::plan::CommandStore;
use crate::plan::find;
use crate::session::Session;

/// A registration of the store, to be managed.
#[derive(Debug)]
pub(super) struct ManagedClient {
    store: CommandStore,
    pub(super) record: Record,
    server: Server,
}

impl ManagedClient {
    /// Finds it by its id or its server. Nothing is sent.
    pub(super) async fn find(session: &Session, id: &str) -> Result<Self, Failure> {
        let connection = session.connection(Answers::Protocol)?;
        let store = session.store()?;
        let record = find(&store, id).await?;
        if let Ok(registration) = record.registration() {
            never_show(&registration);
        }
        let settings = &record.content.settings;
        let mut builder = connection.server(&record.base_url);
        if let Some(url) = &settings.token_endpoint {
            builder = builder.token_endpoint(url);
        }
        if let Some(url) = &settings.authorization_endpoint {
            builder = builder.authorization_endpoint(url);
        }
        let server = builder.build().map_err(Error::from)?;
        Ok(Self { store, record, server })
    }

    pub(super) fn managed(&self) -> ManagedRegistration<'_> {
        self.server.manage(&self.store, &self.record.id)
    }
}

/// A server may repeat a secret in a message.
pub(super) fn never_show(registration: &Registration) {
    for secret in [registration.client_secret(), registration.superseded_secret()] {
        output::never_show(secret.map(ClientSecret::expose_secret).unwrap_or_default());
    }
    for token in [registration.registration_access_token(), registration.superseded_token()] {
        output::never_show(token.map(RegistrationAccessToken::expose_secret).unwrap_or_default());
    }
    // Some servers put a secret of its own into the address, under whichever name.
    let address = registration.registration_client_uri().and_then(|address| Url::parse(address).ok());
    for (_, value) in address.iter().flat_map(|address| address.query_pairs()) {
        if value != registration.client_id().as_str() {
            output::never_show(&value);
        }
    }
}

/// Tells what a read or an update has brought.
pub(super) fn show(session: &Session, what: &str, managed: &Managed) -> Result<(), Failure> {
    let now = SystemClock::new().now();
    let json = managed_json(managed, now, session.output.secrets());
    session.output.data(&json, || for_people(what, managed))?;
    if let Some(Settled::Unknown) = managed.settled
        && !session.output.is_json()
    {
        session.output.note("note", "whether the earlier update was done does not show");
    }
    Ok(())
}

fn for_people(what: &str, managed: &Managed) -> String {
    let registration = &managed.registration;
    let listed = |names: &[String]| (!names.is_empty()).then(|| clean(&names.join(", ")));
    let rotated: Vec<String> = managed.rotated.iter().map(|rotated| rotated.member().to_owned()).collect();
    let settled = managed.settled.map(|settled| match settled {
        Settled::Done => "the server had done it",
        Settled::NotDone => "the server had not done it",
        Settled::Unknown => "not to be seen",
    });
    let mut text = Sheet::new()
        .row("state", what)
        .row("id", managed.record.id.as_str())
        .row("client", registration.client_id().as_str())
        .row("FHIR base", managed.record.base_url.as_str())
        .maybe("method", registration.token_endpoint_auth_method().map(AuthMethod::as_str))
        .row("changed", listed(&managed.changed).unwrap_or_else(|| "nothing".to_owned()))
        .maybe("replaced", listed(&rotated))
        .maybe("what was in doubt", settled)
        .to_string();
    text.push_str(&deviation_lines(registration.deviations()));
    text.push_str(&difference_lines(registration.differences()));
    text
}
