//! Whether the credentials of a registration work.

use safire_protocol::client_profile::ClientProfile;
use safire_protocol::credentials::Credentials as Proof;
use safire_protocol::jose::PrivateKey;
use safire_protocol::registration::Registration;
use safire_protocol::registration::SecretsShown;
use safire_protocol::registration::Trial;
use safire_protocol::secret::ClientSecret;
use serde_json::Value;

use super::managed::ManagedRegistration;
use super::managed::Opened;
use crate::credentials::Credentials;
use crate::error::Error;
use crate::store::Change;
use crate::store::Record;
use crate::store::State;

/// Whether the credentials of a registration were seen to work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "they work, or nobody can tell without a user")]
pub enum Proven {
    /// The server gave a token for them.
    Works,
    /// The client gets tokens only for a user who logs in, so they cannot be tried here.
    NotProvable,
}

impl ManagedRegistration<'_> {
    /// Asks for a token of the client's own and writes down that its credentials work, after a secret was replaced
    /// above all: until then the secret before it is held. Where the server does not take the new one and takes the
    /// one before, that one is used from then on.
    ///
    /// # Errors
    /// [`Error::Token`] when the server takes neither, [`Error::Credentials`] when the client cannot prove itself, and
    /// those of discovery, transport and store.
    pub async fn prove(&self) -> Result<Proven, Error> {
        self.in_turn(Box::pin(self.prove_now())).await
    }

    pub(super) async fn prove_now(&self) -> Result<Proven, Error> {
        let Opened { record, registration } = self.open().await?;
        if !is_provable(&record, &registration) {
            return Ok(Proven::NotProvable);
        }
        let credentials = Credentials::of_record(&record, &registration, None)?;
        let newest = secret_of(&credentials);
        let (works, refused) = match self.ask(&record, credentials.clone()).await {
            Ok(()) => (newest, None),
            Err(Error::Token(error)) if error.refuses_client() => {
                let older = registration.superseded_secret().cloned();
                let (Some(older), Some(_)) = (older, &newest) else { return Err(Error::Token(error)) };
                match self.ask(&record, with_secret(credentials, older.clone())).await {
                    Ok(()) => (Some(older), newest),
                    // The refusal of the secret that should work is the one to tell.
                    Err(_) => return Err(Error::Token(error)),
                }
            }
            Err(error) => return Err(error),
        };
        self.store_proof(record, works.as_ref(), refused.as_ref()).await?;
        Ok(Proven::Works)
    }

    /// Writes down that the present credentials work: a token was obtained with them elsewhere, such as in a login.
    /// Nothing is sent, and where it is known already nothing is written.
    ///
    /// # Errors
    /// [`Error::Manage`] when another process manages the registration, and those of the store.
    pub async fn seen_to_work(&self) -> Result<(), Error> {
        let Opened { record, registration } = self.open().await?;
        if record.state == State::Active && registration.superseded_secret().is_none() {
            return Ok(());
        }
        self.in_turn(Box::pin(async {
            let Opened { record, registration } = self.open().await?;
            self.store_proof(record, registration.client_secret(), None).await
        }))
        .await
    }

    /// The same for a token that these credentials brought, which may be older ones than the record's.
    pub(crate) async fn seen_to_work_with(&self, proof: &Proof) -> Result<(), Error> {
        if let Proof::Secret { secret, .. } = proof {
            let Opened { registration, .. } = self.open().await?;
            let held = registration.client_secret().map(ClientSecret::expose_secret);
            if held != Some(secret.expose_secret()) {
                return Ok(());
            }
        }
        self.seen_to_work().await
    }

    async fn store_proof(
        &self,
        mut record: Record,
        works: Option<&ClientSecret>,
        refused: Option<&ClientSecret>,
    ) -> Result<(), Error> {
        let mut answers = record.content.answers();
        if let Some(refused) = refused {
            answers.mark_secret(refused, Trial::Refused);
        }
        if let Some(works) = works {
            answers.mark_secret(works, Trial::Works);
        }
        record.content.set_answers(answers);
        mark_active(&mut record);
        record.updated_at = self.server.clock().now();
        Ok(self.store.commit(Change::Replace(Box::new(record))).await?)
    }

    /// Tries this key, where the client gets tokens of its own.
    pub(super) async fn try_key(
        &self,
        record: &Record,
        registration: &Registration,
        key: PrivateKey,
    ) -> Result<Proven, Error> {
        if !is_provable(record, registration) {
            return Ok(Proven::NotProvable);
        }
        // The name under which the server knows the old key is not the new one's.
        let mut record = record.clone();
        record.content.settings.kid = None;
        let credentials = Credentials::of_record(&record, registration, Some(key))?;
        self.ask(&record, credentials).await?;
        Ok(Proven::Works)
    }

    async fn ask(&self, record: &Record, credentials: Credentials) -> Result<(), Error> {
        let client = self.server.client(credentials);
        if record.content.settings.profile == ClientProfile::EpicDynamic {
            client.request_jwt_bearer_token().await?;
        } else {
            client.request_backend_token(None).await?;
        }
        Ok(())
    }
}

/// A token was obtained with it.
pub(super) fn mark_active(record: &mut Record) {
    if matches!(record.state, State::Registered | State::AwaitingApproval | State::Expiring | State::Gone) {
        record.state = State::Active;
    }
}

/// Whether the client gets tokens of its own: by what the server shows, and where it shows no grants, as asked.
fn is_provable(record: &Record, registration: &Registration) -> bool {
    const NAME: &str = "grant_types";
    const OWN: &str = "client_credentials";
    let asked = registration.requested().get(NAME).and_then(Value::as_array);
    let is_shown = registration.registered_json(SecretsShown::Masked).get(NAME).is_some_and(Value::is_array);
    record.content.settings.profile == ClientProfile::EpicDynamic
        || registration.granted().grant_types.iter().any(|grant| grant == OWN)
        || (!is_shown && asked.is_some_and(|grants| grants.iter().any(|grant| grant == OWN)))
}

fn secret_of(credentials: &Credentials) -> Option<ClientSecret> {
    if let Proof::Secret { secret, .. } = &credentials.proof { Some(secret.clone()) } else { None }
}

fn with_secret(mut credentials: Credentials, older: ClientSecret) -> Credentials {
    if let Proof::Secret { secret, .. } = &mut credentials.proof {
        *secret = older;
    }
    credentials
}
