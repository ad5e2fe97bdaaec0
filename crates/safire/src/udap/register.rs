//! Registers a client by a software statement so that no answer is ever lost.
//!
//! The order is that of every registration: the local rules, the server's metadata, the *intent* in the store, the
//! POST, the answer in place of the intent.

use std::future::IntoFuture;
use std::sync::Arc;

use safire_protocol::identifier::ClientId;
use safire_protocol::registration::ClientMetadata;
use safire_protocol::registration::Registration;
use safire_protocol::udap::Certifications;
use safire_protocol::udap::RegistrationOutcome;
use safire_protocol::udap::UdapClientMetadata;
use safire_protocol::udap::UdapMetadata;
use safire_protocol::udap::UdapRegistrationRequest;

use super::exchange::post;
use super::exchange::sign;
use super::identity::ClientIdentity;
use super::kept::Who;
use super::registered::UdapRegistered;
use super::server::UdapServer;
use crate::error::Error;
use crate::future::BoxFuture;
use crate::random;
use crate::server::Origin;
use crate::server::Registered;
use crate::store::Change;
use crate::store::Content;
use crate::store::KeyMaterial;
use crate::store::Protocol;
use crate::store::Record;
use crate::store::RecordId;
use crate::store::Repeat;
use crate::store::Settings;
use crate::store::State;
use crate::store::Store;
use crate::store::StoreError;
use crate::store::UdapSettings;

/// A registration that is about to be made; awaiting it makes it.
#[derive(Debug)]
#[must_use = "nothing is registered until it is awaited"]
pub struct RegisterUdapClient<'a> {
    udap: &'a UdapServer,
    identity: &'a ClientIdentity,
    metadata: &'a ClientMetadata,
    certifications: Certifications,
    store: Option<&'a dyn Store>,
    key: KeyMaterial,
    settings: Settings,
    previous: Option<ClientId>,
    repeat: Repeat,
}

impl<'a> RegisterUdapClient<'a> {
    pub(super) fn new(
        udap: &'a UdapServer,
        identity: &'a ClientIdentity,
        metadata: &'a ClientMetadata,
    ) -> Self {
        Self {
            udap,
            identity,
            metadata,
            certifications: Certifications::none(),
            store: None,
            key: KeyMaterial::None,
            settings: Settings::default(),
            previous: None,
            repeat: Repeat::Find,
        }
    }

    /// Sends these certifications and endorsements along.
    pub fn certifications(mut self, certifications: Certifications) -> Self {
        self.certifications = certifications;
        self
    }

    /// Keeps the registration in this store: the intent before the POST, the answer after it. A registration of the
    /// same client that is kept there is found if nothing of it changes, and modified otherwise.
    pub fn store(mut self, store: &'a dyn Store) -> Self {
        self.store = Some(store);
        self
    }

    /// Keeps the private key, or where it lies, with the registration.
    pub fn key(mut self, key: KeyMaterial) -> Self {
        self.key = key;
        self
    }

    /// Keeps these settings with the registration.
    pub fn settings(mut self, settings: Settings) -> Self {
        self.settings = settings;
        self
    }

    /// Says which client id is modified, where no store knows it.
    pub fn modifies(mut self, client_id: ClientId) -> Self {
        self.previous = Some(client_id);
        self
    }

    /// Registers even if the store has the same registration already.
    pub fn again(mut self) -> Self {
        self.repeat = Repeat::Insert;
        self
    }

    fn who(&self) -> Who<'_> {
        Who {
            base: self.udap.server().base(),
            community: self.udap.trust().community(),
            identity: self.identity.identity(),
        }
    }

    async fn send(self) -> Result<UdapRegistered, Error> {
        let (server, now) = (self.udap.server(), self.udap.server().clock().now());
        let metadata = UdapClientMetadata::register(self.metadata, server.policy())?;
        self.identity.identity().check_at(now)?;
        for member in metadata.loopback_members() {
            tracing::warn!(member, "http on a loopback address is for development only");
        }
        let found = self.udap.metadata().await?;
        let grants = found.profile.grant_types_supported.as_deref();
        for name in metadata.not_offered(grants, found.profile.scopes_supported().as_deref()) {
            tracing::warn!(name, "asked for, and not among what the server says that it supports");
        }
        let client = (self.identity.identity(), metadata);
        let step = UdapRegistrationRequest::new(
            server.base(),
            &found,
            server.policy(),
            client,
            self.certifications.clone(),
            self.identity.asked_algorithm(),
        )?;
        let bound = self.bound(&found)?;
        match self.store {
            Some(store) => Box::pin(self.send_with_intent(store, step, bound)).await,
            None => {
                let step = step.of_client(self.previous.clone());
                let statement = sign(server, self.identity, &step).await?;
                let outcome = post(server, &step, &statement).await.map_err(|failure| failure.error)?;
                Ok(UdapRegistered { outcome, origin: Origin::Sent, record: None, bound })
            }
        }
    }

    fn bound(&self, found: &UdapMetadata) -> Result<UdapSettings, Error> {
        let identity = self.identity.identity();
        let (algorithm, extensions_required) =
            identity.token_requirements(found, self.identity.asked_algorithm())?;
        Ok(UdapSettings {
            community: self.udap.trust().community().map(ToString::to_string),
            client_uri: identity.client_uri().as_str().to_owned(),
            exchange_purpose: identity.client_uri().exchange_purpose().map(|purpose| purpose.to_string()),
            chain: identity.chain().to_x5c(),
            algorithm,
            extensions_required,
        })
    }

    async fn send_with_intent(
        &self,
        store: &dyn Store,
        step: UdapRegistrationRequest,
        bound: UdapSettings,
    ) -> Result<UdapRegistered, Error> {
        let who = self.who();
        let fingerprint = who.fingerprint(self.metadata, &self.certifications, step.endpoint().as_str());
        let found = who.records(store).await?;
        let same = |record: &&Record| record.fingerprint.as_deref() == Some(fingerprint.as_str());
        if self.repeat == Repeat::Find
            && let Some(record) = found.iter().rfind(same)
        {
            let record = self.with_present_certificate(store, record.clone(), &bound).await?;
            return of_record(record, bound);
        }
        let before = found.into_iter().rfind(|record| record.client_id.is_some());
        let previous = self.previous.clone().or_else(|| before.as_ref()?.client_id.clone());
        let step = step.of_client(previous);
        let server = self.udap.server();
        // Signed before the intent: who cannot sign leaves nothing in doubt.
        let statement = sign(server, self.identity, &step).await?;
        let record = self.intent(&step, fingerprint, bound.clone())?;
        let insert = Change::Insert { record: Box::new(record.clone()), repeat: self.repeat };
        match store.commit(insert).await {
            Ok(()) => {}
            // Another process was faster: its registration is ours too.
            Err(StoreError::Exists { id }) => {
                let query = crate::store::Query::Id(id.clone());
                let record = store.load(query).await?.pop().ok_or(StoreError::Unknown { id })?;
                return of_record(record, bound);
            }
            Err(error) => return Err(error.into()),
        }
        match post(server, &step, &statement).await {
            Ok(outcome) => self.settle(store, (record, before), outcome, bound).await,
            Err(failure) => Err(failure.settle(store, record).await),
        }
    }

    /// A certificate is renewed without a registration: the record keeps the present one, and its key.
    async fn with_present_certificate(
        &self,
        store: &dyn Store,
        mut record: Record,
        bound: &UdapSettings,
    ) -> Result<Record, Error> {
        if record.state == State::InDoubt || record.content.settings.udap.as_ref() == Some(bound) {
            return Ok(record);
        }
        record.content.settings.udap = Some(bound.clone());
        if !matches!(self.key, KeyMaterial::None) {
            record.content.key = self.key.clone();
        }
        record.updated_at = self.udap.server().clock().now();
        store.commit(Change::Replace(Box::new(record.clone()))).await?;
        Ok(record)
    }

    fn intent(
        &self,
        step: &UdapRegistrationRequest,
        fingerprint: String,
        bound: UdapSettings,
    ) -> Result<Record, Error> {
        let base = self.udap.server().base();
        let mut settings = self.settings.clone();
        settings.udap = Some(bound);
        let content = Content {
            registration_endpoint: Some(step.endpoint().to_string()),
            requested: step.requested().clone(),
            key: self.key.clone(),
            settings,
            ..Content::default()
        };
        let id = RecordId::from_random(random::bytes()?);
        let now = self.udap.server().clock().now();
        let mut record = Record::new(id, base.as_str().to_owned(), base.key(), State::InDoubt, now, content);
        record.protocol = Protocol::Udap;
        record.fingerprint = Some(fingerprint);
        record.client_name = self.metadata.client_name.clone();
        Ok(record)
    }

    /// Writes the answer in place of the intent. A modification takes the place of what it modifies, tokens and all;
    /// what was replaced or cancelled is over.
    async fn settle(
        &self,
        store: &dyn Store,
        (mut record, before): (Record, Option<Record>),
        outcome: RegistrationOutcome,
        bound: UdapSettings,
    ) -> Result<UdapRegistered, Error> {
        let registration = outcome.registration().clone();
        record.updated_at = self.udap.server().clock().now();
        record.client_id = Some(registration.client_id().clone());
        record.content.answer = Some(registration.answer().clone());
        record.state = if outcome.usable().is_some() { State::Registered } else { State::Deleted };
        let after = match (&outcome, before) {
            (RegistrationOutcome::Modified(_), Some(before)) if before.client_id == record.client_id => {
                record.created_at = before.created_at;
                Some(Change::Remove(std::mem::replace(&mut record.id, before.id)))
            }
            (_, before) => before.map(|before| Change::Replace(Box::new(over(before, &record, &outcome)))),
        };
        if let Err(source) = store.commit(Change::Replace(Box::new(record.clone()))).await {
            let registered = Arc::new(Registered::of_record(registration, Origin::Sent, record));
            return Err(Error::NotStored { registered, source });
        }
        // The registration is kept; what is left of the earlier one can be tidied up by hand.
        if let Some(change) = after
            && let Err(error) = store.commit(change).await
        {
            tracing::error!(id = %record.id, %error, "the earlier registration could not be written to the store");
        }
        Ok(UdapRegistered { outcome, origin: Origin::Sent, record: Some(Box::new(record)), bound })
    }
}

/// The earlier registration, now that the server has another word on it.
fn over(mut before: Record, now: &Record, outcome: &RegistrationOutcome) -> Record {
    before.updated_at = now.updated_at;
    let (state, note) = match outcome.usable() {
        None => (State::Deleted, "the server cancelled it".to_owned()),
        Some(_) => (State::Gone, format!("registration `{}` took its place", now.id)),
    };
    before.state = state;
    before.content.note = Some(note);
    before
}

fn of_record(record: Record, bound: UdapSettings) -> Result<UdapRegistered, Error> {
    if record.state == State::InDoubt {
        return Err(Error::InDoubt { id: record.id, note: record.content.note });
    }
    let registration: Registration = record.registration()?;
    let bound = record.content.settings.udap.clone().unwrap_or(bound);
    let outcome = RegistrationOutcome::Registered(registration);
    Ok(UdapRegistered { outcome, origin: Origin::Found, record: Some(Box::new(record)), bound })
}

impl<'a> IntoFuture for RegisterUdapClient<'a> {
    type Output = Result<UdapRegistered, Error>;
    type IntoFuture = BoxFuture<'a, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}
