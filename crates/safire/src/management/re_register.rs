//! A client that its server no longer knows is registered once more, never twice.

use safire_protocol::registration::ClientMetadata;
use safire_protocol::secret::AuthorizationHeader;

use super::error::Unmanaged;
use super::managed::ManagedRegistration;
use super::settle;
use crate::error::Error;
use crate::server::Origin;
use crate::server::Registered;
use crate::store::Change;
use crate::store::Query;
use crate::store::Record;
use crate::store::State;

/// What follows when the token endpoint says `invalid_client`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(clippy::exhaustive_enums, reason = "once or not at all; more is a loop")]
pub enum ReRegister {
    /// The refusal is the error.
    #[default]
    Report,
    /// The client is registered once more with the same metadata; the old record stays as history.
    Once,
}

/// A client that was made in place of another and is refused within this time is not the server's forgetting.
const PROBATION_SECONDS: i64 = 24 * 3600;

impl ManagedRegistration<'_> {
    /// Deals with a refusal of the token endpoint by the policy: `invalid_client`, whatever its status, of a client
    /// that was registered dynamically leads to one new registration with the same metadata, key and settings. Every
    /// other refusal is returned as it is.
    ///
    /// It is never made twice: the record that was replaced leads to its successor, and a successor that is refused
    /// within a day, or never worked, is not replaced. Where an update seemed to replace the secret, the one before it
    /// is tried first. `authorization` is sent as for any registration.
    ///
    /// # Errors
    /// The refusal itself where no registration follows, and the errors of a registration.
    pub async fn after_refusal(
        &self,
        refusal: &Error,
        policy: ReRegister,
        authorization: Option<AuthorizationHeader>,
    ) -> Result<Registered, Error> {
        let is_unknown = matches!(refusal.without_record(), Error::Token(error) if error.refuses_client());
        if policy == ReRegister::Report || !is_unknown {
            return Err(refusal.clone());
        }
        match self.in_turn(Box::pin(self.replace_now(authorization))).await? {
            Some(registered) => Ok(registered),
            None => Err(refusal.clone()),
        }
    }

    /// The registration in place of this one, made now or before; `None` where none is to be made.
    async fn replace_now(
        &self,
        authorization: Option<AuthorizationHeader>,
    ) -> Result<Option<Registered>, Error> {
        let record = self.record().await?;
        if let Some(successor) = self.successor(&record).await? {
            return self.found(record, successor).await;
        }
        if let Some(pending) = settle::doubt(record.content.pending.as_ref()) {
            // The answer that was lost may hold the secret that works.
            return Err(self.error(Unmanaged::InDoubt { pending: Box::new(pending.clone()) }));
        }
        if !self.may_be_replaced(&record) {
            return Ok(None);
        }
        if let Some(registered) = self.with_older_secret(&record).await? {
            return Ok(Some(registered));
        }
        let metadata = ClientMetadata::from_json(record.content.requested.clone())?
            .with_profile(record.content.settings.profile);
        tracing::warn!(id = %self.id, "the server no longer knows the client; it is registered once more");
        let mut call = self.server.register_client(&metadata).store(self.store).replacing(&record);
        if let Some(value) = authorization {
            call = call.authorization(value);
        }
        let registered = call.await?;
        self.link(record, &registered).await;
        Ok(Some(registered))
    }

    /// The same registration, where the server goes on with a secret that an update seemed to replace.
    async fn with_older_secret(&self, record: &Record) -> Result<Option<Registered>, Error> {
        if record.registration()?.superseded_secret().is_none() || self.prove_now().await.is_err() {
            return Ok(None);
        }
        let record = self.record().await?;
        let registration = record.registration()?;
        Ok(Some(Registered::of_record(registration, Origin::Found, record)))
    }

    /// The record that was made in place of this one: the link is written last, the successor's own first.
    async fn successor(&self, record: &Record) -> Result<Option<Record>, Error> {
        let query = match (&record.content.replaced_by, &record.fingerprint) {
            (Some(id), _) => Query::Id(id.clone()),
            (None, Some(fingerprint)) => Query::Fingerprint(fingerprint.clone()),
            (None, None) => return Ok(None),
        };
        let found = self.store.load(query).await?;
        Ok(found.into_iter().rfind(|other| other.content.replaces.as_ref() == Some(&record.id)))
    }

    async fn found(&self, record: Record, successor: Record) -> Result<Option<Registered>, Error> {
        if successor.state == State::InDoubt {
            return Err(Error::InDoubt { id: successor.id, note: successor.content.note });
        }
        if !successor.state.is_live() {
            return Ok(None);
        }
        let registration = successor.registration()?;
        let registered = Registered::of_record(registration, Origin::Found, successor);
        if record.content.replaced_by.is_none() {
            self.link(record, &registered).await;
        }
        Ok(Some(registered))
    }

    /// Only what a registration request made, and what is not known to be in some other state.
    fn may_be_replaced(&self, record: &Record) -> bool {
        let was_made = record.fingerprint.is_some()
            && record.content.registration_endpoint.is_some()
            && record.content.replaced_by.is_none();
        let stands = match record.state {
            State::Registered | State::Active | State::Expiring | State::Gone => true,
            // It is refused because nobody has approved it: another one would wait as well.
            State::AwaitingApproval | State::InDoubt | State::Refused | State::Deleted => false,
        };
        let age = self.server.clock().now().as_seconds() - record.created_at.as_seconds();
        let is_proven =
            record.content.replaces.is_none() || (record.state == State::Active && age >= PROBATION_SECONDS);
        was_made && stands && is_proven
    }

    /// The new registration is stored already; without this link it is found by its own.
    async fn link(&self, mut old: Record, registered: &Registered) {
        old.state = State::Gone;
        old.content.replaced_by = registered.id().cloned();
        old.content.note = Some("the token endpoint no longer knew the client".to_owned());
        old.updated_at = self.server.clock().now();
        if let Err(error) = self.store.commit(Change::Replace(Box::new(old))).await {
            tracing::warn!(id = %self.id, %error, "the old registration could not be marked as gone");
        }
    }
}
