//! A registration of the store, ready to act: its client, its credentials, and the tokens that are held.

use std::borrow::Cow;
use std::path::Path;
use std::sync::Arc;

use safire::Client;
use safire::Credentials;
use safire::Error;
use safire::clock::Clock as _;
use safire::clock::SystemClock;
use safire::protocol::credentials::Credentials as Proof;
use safire::protocol::credentials::SecretPlacement;
use safire::protocol::fault::Diagnose;
use safire::protocol::registration::Registration;
use safire::protocol::registration::SecretExpiry;
use safire::protocol::secret::IdToken;
use safire::protocol::secret::RefreshToken;
use safire::protocol::token::TokenResponse;
use safire::store::Change;
use safire::store::Record;
use safire::store::State;
use safire::store::Store as _;
use safire::store::TokenQuery;
use safire::store::TokenRecord;

use super::managed_client;
use crate::args::TrustArgs;
use crate::failure::Failure;
use crate::output;
use crate::output::Output;
use crate::output::date_time;
use crate::plan::Answers;
use crate::plan::Circumstances;
use crate::plan::ClientKey;
use crate::plan::CommandStore;
use crate::plan::Connection;
use crate::plan::Keep;
use crate::plan::Trust;
use crate::plan::find;
use crate::session::Session;

/// A registration of the store, ready to act.
#[derive(Debug)]
pub(super) struct KnownClient {
    pub(super) store: Arc<CommandStore>,
    pub(super) record: Record,
    pub(super) registration: Registration,
    pub(super) client: Client,
}

/// What was said for this time only.
#[derive(Debug, Default)]
pub(super) struct ThisTime<'a> {
    pub(super) key: Option<&'a Path>,
    pub(super) basic_encoding: Option<&'a str>,
    pub(super) token_endpoint: Option<&'a str>,
    pub(super) answers: Answers,
    /// Whom a registration by UDAP trusts.
    pub(super) trust: Option<&'a TrustArgs>,
    /// For whom and what for its tokens are asked.
    pub(super) circumstances: Option<&'a Circumstances>,
}

impl KnownClient {
    /// Finds it by its id or its server. Nothing is sent.
    pub(super) async fn find(session: &Session, id: &str, this_time: &ThisTime<'_>) -> Result<Self, Failure> {
        let connection = session.connection(this_time.answers)?;
        let store = session.store()?;
        let record = find(&store, id).await?;
        let known = Self::of_record(session.output, &connection, Arc::new(store), record, this_time)?;
        warn_of_expiry(session, &known.registration);
        Ok(known)
    }

    /// The client of this record. Nothing is sent.
    pub(super) fn of_record(
        output: Output,
        connection: &Connection,
        store: Arc<CommandStore>,
        record: Record,
        this_time: &ThisTime<'_>,
    ) -> Result<Self, Failure> {
        let key = this_time.key.map(|path| ClientKey::read(path, Keep::Sealed)).transpose()?;
        check_state(&record)?;
        let registration = record.registration().map_err(Error::from)?;
        managed_client::never_show(&registration);
        let credentials = credentials(this_time, &record, &registration, key)?;
        let settings = &record.content.settings;
        let mut builder = connection.server(&record.base_url);
        if let Some(url) = this_time.token_endpoint.or(settings.token_endpoint.as_deref()) {
            builder = builder.token_endpoint(url);
        }
        if let Some(url) = &settings.authorization_endpoint {
            builder = builder.authorization_endpoint(url);
        }
        let client = match &settings.udap {
            None => builder.build().map_err(Error::from)?.client(credentials),
            Some(_) => {
                let said = TrustArgs::default();
                let said = this_time.trust.unwrap_or(&said);
                let trust = Trust::of_record(said, &record, connection, output)?;
                builder.build_udap(trust.trust).map_err(Error::from)?.client(credentials)
            }
        };
        Ok(Self { store, record, registration, client })
    }

    /// Whether it is a public client, which proves nothing.
    pub(super) const fn is_public(&self) -> bool {
        matches!(self.client.credentials().proof, Proof::Public { .. })
    }

    /// The scope fixed by hand, else the one registered.
    pub(super) fn known_scope(&self) -> Option<&str> {
        self.client.credentials().scope.as_deref()
    }

    /// The tokens that are held, a login first, then the newest.
    pub(super) async fn held(&self) -> Result<Vec<TokenRecord>, Failure> {
        let mut held =
            self.store.load_tokens(TokenQuery::Of(self.record.id.clone())).await.map_err(Error::from)?;
        for kept in &held {
            never_show(&kept.token);
        }
        held.sort_by_key(|kept| {
            (!kept.key.slot.as_str().starts_with("login"), std::cmp::Reverse(kept.updated_at))
        });
        Ok(held)
    }

    /// Notes in the store that the client has worked; what it got is there whatever happens to the note.
    pub(super) async fn mark_active(&self, session: &Session) {
        let (id, from) = (self.record.id.clone(), self.record.state);
        if from == State::Active {
            return;
        }
        let set = Change::SetState { id, from, to: State::Active, at: SystemClock::new().now() };
        if let Err(error) = self.store.commit(set).await {
            self.warn_of_note(session, &error);
        }
    }

    /// The same after the credentials of the registration were just taken: a secret that they replaced goes.
    pub(super) async fn note_that_it_works(&self, session: &Session) {
        let managed = self.client.server().manage(&*self.store, &self.record.id);
        match managed.seen_to_work().await {
            Ok(()) => {}
            // Somebody manages it just now, and will see that it works too.
            Err(Error::Manage(_)) => self.mark_active(session).await,
            Err(error) => self.warn_of_note(session, &error),
        }
    }

    fn warn_of_note(&self, session: &Session, error: &dyn Diagnose) {
        let text = format!("`{}` could not be marked as active: {error}", self.record.id);
        session.output.note("warning", &text);
        if let Some(hint) = error.hint() {
            session.output.note("hint", &hint);
        }
    }
}

/// A server may repeat a token in a message.
pub(super) fn never_show(token: &TokenResponse) {
    output::never_show(token.access_token.expose_secret());
    output::never_show(token.refresh_token.as_ref().map(RefreshToken::expose_secret).unwrap_or_default());
    output::never_show(token.id_token.as_ref().map(IdToken::expose_secret).unwrap_or_default());
}

/// Those of the record, with what was said for this time.
fn credentials(
    this_time: &ThisTime<'_>,
    record: &Record,
    registration: &Registration,
    key: Option<ClientKey>,
) -> Result<Credentials, Failure> {
    let mut record = Cow::Borrowed(record);
    if let Some(encoding) = this_time.basic_encoding {
        record.to_mut().content.settings.basic_encoding = Some(encoding.to_owned());
    }
    let credentials = Credentials::of_record(&record, registration, key.map(|key| key.key));
    let mut credentials = credentials.map_err(Error::from)?;
    if let Some(circumstances) = this_time.circumstances.filter(|said| !said.is_empty()) {
        credentials = credentials.with_extensions(circumstances.0.clone()).map_err(Error::from)?;
    }
    let basic = matches!(
        credentials.proof,
        Proof::Secret { placement: SecretPlacement::Basic(_) | SecretPlacement::BasicWithClientId(_), .. }
    );
    if this_time.basic_encoding.is_some() && !basic {
        return Err(Failure::usage(
            format!(
                "`--basic-encoding` is for `client_secret_basic`, which client `{}` does not use",
                record.id
            ),
            "leave `--basic-encoding` out",
        ));
    }
    Ok(credentials)
}

/// A registration that never came to be has nothing to prove.
fn check_state(record: &Record) -> Result<(), Failure> {
    let id = &record.id;
    let (code, hint) = match record.state {
        State::InDoubt => (
            "registration-in-doubt",
            format!("`safire registration show {id}` tells what is known of it and what to do"),
        ),
        State::Refused => (
            "registration-refused",
            format!("`safire registration show {id}` tells why; register again once that is mended"),
        ),
        State::Deleted | State::Gone => ("registration-gone", "register the client again".to_owned()),
        State::Registered | State::AwaitingApproval | State::Active | State::Expiring | _ => return Ok(()),
    };
    let message = format!("registration `{id}` is {}: there is no client to get a token for", record.state);
    Err(Failure::Usage { code, message, hint: Some(hint) })
}

/// It is asked all the same: the server knows best.
fn warn_of_expiry(session: &Session, registration: &Registration) {
    if let SecretExpiry::At(time) = registration.client_secret_expires_at()
        && time <= SystemClock::new().now()
    {
        let text = format!(
            "the client secret expired {}; `safire register --again` gets a new one",
            date_time(time)
        );
        session.output.note("warning", &text);
    }
}
