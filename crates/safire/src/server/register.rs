//! Registers a client so that no answer is ever lost.
//!
//! The order is the safety: the local rules, then the endpoint, then the *intent* in the store, then the POST,
//! then the answer in place of the intent. Whatever instruction the process dies at, either nothing was sent,
//! or the store holds the registration, or it holds an intent that says what is in doubt.

use std::fmt;
use std::future::IntoFuture;
use std::sync::Arc;

use bytes::Bytes;
use http::Request;
use safire_protocol::discovery::EndpointKind;
use safire_protocol::jose::JwkSet;
use safire_protocol::jose::PrivateKey;
use safire_protocol::registration::Answer;
use safire_protocol::registration::ClientMetadata;
use safire_protocol::registration::Registration;
use safire_protocol::registration::RegistrationRequest;
use safire_protocol::secret::AccessToken;
use safire_protocol::secret::AuthorizationHeader;
use safire_protocol::secret::InitialAccessToken;
use url::Url;

use super::Server;
use super::registered::Origin;
use super::registered::Registered;
use crate::error::Error;
use crate::error::Stage;
use crate::future::BoxFuture;
use crate::random;
use crate::store::Change;
use crate::store::Content;
use crate::store::KeyMaterial;
use crate::store::Query;
use crate::store::Record;
use crate::store::RecordId;
use crate::store::Repeat;
use crate::store::Settings;
use crate::store::State;
use crate::store::Store;
use crate::store::StoreError;
use crate::transport::ServerSupplied;

/// A registration that is about to be made; awaiting it makes it.
#[derive(Debug)]
#[must_use = "nothing is registered until it is awaited"]
pub struct RegisterClient<'a> {
    server: &'a Server,
    metadata: &'a ClientMetadata,
    /// The metadata with the key's public half in it.
    with_key: Option<Box<ClientMetadata>>,
    endpoint: Option<String>,
    authorization: Option<AuthorizationHeader>,
    store: Option<&'a dyn Store>,
    key: KeyMaterial,
    settings: Settings,
    repeat: Repeat,
    strictness: Strictness,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Strictness {
    Tolerant,
    Strict,
}

/// A registration request that was checked and not sent.
#[non_exhaustive]
pub struct PreparedRegistration {
    /// Where it would go.
    pub endpoint: Url,
    /// The request as it would be sent. It holds secrets.
    pub request: Request<Bytes>,
    step: RegistrationRequest,
}

impl fmt::Debug for PreparedRegistration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PreparedRegistration")
            .field("endpoint", &self.endpoint.as_str())
            .finish_non_exhaustive()
    }
}

impl<'a> RegisterClient<'a> {
    pub(super) fn new(server: &'a Server, metadata: &'a ClientMetadata) -> Self {
        Self {
            server,
            metadata,
            with_key: None,
            endpoint: None,
            authorization: None,
            store: None,
            key: KeyMaterial::None,
            settings: Settings::default(),
            repeat: Repeat::Find,
            strictness: Strictness::Tolerant,
        }
    }

    /// Sends it to this endpoint; no discovery at all.
    pub fn registration_endpoint(mut self, url: impl Into<String>) -> Self {
        self.endpoint = Some(url.into());
        self
    }

    /// Sends this `Authorization` value verbatim, to that endpoint and nowhere else.
    pub fn authorization(mut self, value: AuthorizationHeader) -> Self {
        self.authorization = Some(value);
        self
    }

    /// Sends this initial access token as a bearer token (RFC 7591 §3), to that endpoint and nowhere else.
    pub fn initial_access_token(self, token: &InitialAccessToken) -> Self {
        self.authorization(AuthorizationHeader::new(format!("Bearer {}", token.expose_secret())))
    }

    /// Sends the access token of a login as a bearer token, as [`ClientMetadata::epic_dynamic_client`] needs it; to
    /// that endpoint and nowhere else.
    pub fn user_token(self, token: &AccessToken) -> Self {
        self.authorization(AuthorizationHeader::new(format!("Bearer {}", token.expose_secret())))
    }

    /// Keeps the registration in this store: the intent before the POST, the answer after it.
    pub fn store(mut self, store: &'a dyn Store) -> Self {
        self.store = Some(store);
        self
    }

    /// Registers the public half of `key`, unless the metadata has `jwks` or `jwks_uri` already, and keeps
    /// `material` with the registration.
    pub fn key(mut self, key: &PrivateKey, material: KeyMaterial) -> Self {
        if self.metadata.jwks.is_none() && self.metadata.jwks_uri.is_none() {
            let set = JwkSet::from_keys([key.public_jwk()]).to_json();
            self.with_key = Some(Box::new(self.metadata.clone().jwks(set)));
        }
        self.key = material;
        self
    }

    /// Keeps these settings with the registration.
    pub fn settings(mut self, settings: Settings) -> Self {
        self.settings = settings;
        self
    }

    /// Registers even if the store has the same registration already.
    pub fn again(mut self) -> Self {
        self.repeat = Repeat::Insert;
        self
    }

    /// Turns deviations and differences of severity `error` into [`Error::Strict`], after the answer is stored.
    pub fn strict(mut self) -> Self {
        self.strictness = Strictness::Strict;
        self
    }

    /// Checks everything and builds the request, without sending it and without touching the store. Discovery
    /// happens unless an endpoint was given.
    ///
    /// # Errors
    /// Those of the local rules and of discovery.
    pub async fn prepare(&self) -> Result<PreparedRegistration, Error> {
        self.metadata().check(self.server.policy())?;
        let (endpoint, supplied) = self.endpoint().await?;
        let step = RegistrationRequest::new(endpoint.clone(), self.metadata(), self.authorization.clone())?;
        let mut request = step.request();
        if let Some(marker) = supplied {
            request.extensions_mut().insert(marker);
        }
        Ok(PreparedRegistration { endpoint, request, step })
    }

    fn metadata(&self) -> &ClientMetadata {
        self.with_key.as_deref().unwrap_or(self.metadata)
    }

    async fn endpoint(&self) -> Result<(Url, Option<ServerSupplied>), Error> {
        match &self.endpoint {
            Some(text) => Ok((self.server.policy().check_given("registration_endpoint", text)?, None)),
            None => {
                let kind = EndpointKind::Registration;
                let supplied = self.server.is_supplied(kind).then_some(ServerSupplied);
                Ok((self.server.endpoint(kind).await?, supplied))
            }
        }
    }

    async fn send(self) -> Result<Registered, Error> {
        let prepared = self.prepare().await?;
        let registered = match self.store {
            Some(store) => Box::pin(self.send_with_intent(store, prepared)).await?,
            None => {
                let PreparedRegistration { request, step, .. } = prepared;
                let registration = self.exchange(request, &step).await.map_err(|failure| failure.error)?;
                let profile = self.metadata().profile();
                Registered { registration, origin: Origin::Sent, record: None, profile }
            }
        };
        if self.strictness == Strictness::Strict && registered.registration.has_error_severity() {
            return Err(Error::strict(registered));
        }
        Ok(registered)
    }

    async fn send_with_intent(
        &self,
        store: &dyn Store,
        prepared: PreparedRegistration,
    ) -> Result<Registered, Error> {
        let fingerprint = self.metadata().fingerprint(self.server.base(), prepared.endpoint.as_str());
        if self.repeat == Repeat::Find
            && let Some(found) = find(store, &fingerprint).await?
        {
            return found;
        }
        let mut record = self.intent(&prepared, fingerprint)?;
        let insert = Change::Insert { record: Box::new(record.clone()), repeat: self.repeat };
        match store.commit(insert).await {
            Ok(()) => {}
            // Another process was faster: its registration is ours too.
            Err(StoreError::Exists { id }) => return existing(store, &id).await,
            Err(error) => return Err(error.into()),
        }
        tracing::debug!(id = %record.id, "the intent is stored");
        let outcome = self.exchange(prepared.request, &prepared.step).await;
        record.updated_at = self.server.clock().now();
        match outcome {
            Ok(registration) => {
                record.state = State::Registered;
                record.client_id = Some(registration.client_id().clone());
                record.content.answer = Some(registration.answer().clone());
                let stored = store.commit(Change::Replace(Box::new(record.clone()))).await;
                let registered = Registered::of_record(registration, Origin::Sent, record);
                match stored {
                    Ok(()) => Ok(registered),
                    Err(source) => Err(Error::NotStored { registered: Arc::new(registered), source }),
                }
            }
            Err(failure) => Err(failure.settle(store, record).await),
        }
    }

    fn intent(&self, prepared: &PreparedRegistration, fingerprint: String) -> Result<Record, Error> {
        let base = self.server.base();
        let mut settings = self.settings.clone();
        if !self.metadata().profile().is_standard() {
            settings.profile = self.metadata().profile();
        }
        let content = Content {
            registration_endpoint: Some(prepared.endpoint.to_string()),
            requested: self.metadata().to_json(),
            key: self.key.clone(),
            settings,
            ..Content::default()
        };
        let id = RecordId::from_random(random::bytes()?);
        let now = self.server.clock().now();
        let mut record = Record::new(id, base.as_str().to_owned(), base.key(), State::InDoubt, now, content);
        record.fingerprint = Some(fingerprint);
        record.client_name = self.metadata().client_name.clone();
        Ok(record)
    }

    async fn exchange(
        &self,
        request: Request<Bytes>,
        step: &RegistrationRequest,
    ) -> Result<Registration, Failure> {
        tracing::info!(endpoint = %request.uri().path(), "registration");
        let sent = self.server.transport().send(request).await;
        let response = sent.map_err(|source| Failure {
            error: Error::Transport { stage: Stage::Registration, source },
            answer: None,
        })?;
        let now = self.server.clock().now();
        let registration = step.accept(&response, now).map_err(|error| Failure {
            answer: Some(Answer::from_response(&response, now)),
            error: error.into(),
        })?;
        for deviation in registration.deviations() {
            tracing::warn!(code = deviation.code, member = deviation.member, "{}", deviation.detail);
        }
        Ok(registration)
    }
}

impl<'a> IntoFuture for RegisterClient<'a> {
    type Output = Result<Registered, Error>;
    type IntoFuture = BoxFuture<'a, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}

/// Why an exchange brought no registration, and what came instead.
struct Failure {
    error: Error,
    answer: Option<Answer>,
}

impl Failure {
    /// Writes down what became of the intent: refused for certain, or in doubt with the answer kept.
    async fn settle(self, store: &dyn Store, mut record: Record) -> Error {
        let refused = matches!(&self.error, Error::Registration(error) if error.is_definite_refusal());
        record.content.note = Some(self.note());
        record.content.answer = self.answer;
        if refused {
            record.state = State::Refused;
        }
        let id = record.id.clone();
        match store.commit(Change::Replace(Box::new(record))).await {
            Ok(()) => self.error.with_record(id),
            // The intent stands as it was, which is true too; the first failure is the one to tell.
            Err(error) => {
                tracing::error!(%id, %error, "the outcome could not be written to the store");
                self.error.with_record(id)
            }
        }
    }

    fn note(&self) -> String {
        if let Error::Transport { source, .. } = &self.error {
            let sent =
                if source.was_not_sent() { "nothing was sent" } else { "the request may have been sent" };
            return format!("{sent}: {source}");
        }
        self.error.to_string()
    }
}

async fn find(store: &dyn Store, fingerprint: &str) -> Result<Option<Result<Registered, Error>>, Error> {
    let found = store.load(Query::Fingerprint(fingerprint.to_owned())).await?;
    Ok(found.into_iter().rfind(|record| record.state.is_live()).map(of_record))
}

async fn existing(store: &dyn Store, id: &RecordId) -> Result<Registered, Error> {
    match store.load(Query::Id(id.clone())).await?.pop() {
        Some(record) => of_record(record),
        None => Err(StoreError::Unknown { id: id.clone() }.into()),
    }
}

fn of_record(record: Record) -> Result<Registered, Error> {
    if record.state == State::InDoubt {
        return Err(Error::InDoubt { id: record.id, note: record.content.note });
    }
    let registration = record.registration()?;
    Ok(Registered::of_record(registration, Origin::Found, record))
}
