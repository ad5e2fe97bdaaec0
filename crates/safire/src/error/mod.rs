//! Everything that can go wrong, by stage.

mod config;
mod fleet;
mod login_needed;
mod of_record;
mod of_step;
mod stage;

pub use config::ConfigError;
pub use fleet::FleetError;
pub use login_needed::LoginNeeded;
pub use of_record::OfRecord;
pub use stage::Stage;

use std::borrow::Cow;
use std::sync::Arc;

use safire_protocol::authorize::AuthorizeError;
use safire_protocol::authorize::CallbackError;
use safire_protocol::authorize::LaunchError;
use safire_protocol::discovery::DiscoveryError;
use safire_protocol::fault::Diagnose;
use safire_protocol::fault::Fault;
use safire_protocol::id_token::IdTokenError;
use safire_protocol::id_token::KeySetError;
use safire_protocol::registration::MetadataError;
use safire_protocol::registration::RegistrationError;
use safire_protocol::server_answer::ServerAnswer;
use safire_protocol::token::TokenError;
use safire_protocol::token_endpoints::TokenEndpointError;
#[cfg(feature = "udap")]
use safire_protocol::udap::UdapError;
use thiserror::Error;

use crate::credentials::UnusableCredentials;
use crate::management::ManageError;
use crate::server::Registered;
use crate::signer::SignerError;
use crate::store::RecordId;
use crate::store::StoreError;
use crate::transport::RedirectError;
use crate::transport::TransportError;

/// Everything that can go wrong, by stage.
///
/// [`Diagnose`] gives its stable code, who is at fault, the likely cause and the next step.
#[derive(Debug, Clone, Error)]
#[non_exhaustive]
pub enum Error {
    /// A setting is not usable; nothing was sent.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The metadata break a local rule; nothing was sent.
    #[error("the client metadata are not usable")]
    Metadata(#[from] MetadataError),
    /// No complete answer came.
    #[error("{} got no usable answer", stage.doing())]
    Transport {
        /// What was being done.
        stage: Stage,
        /// Why no answer came.
        source: TransportError,
    },
    /// Discovery failed.
    #[error(transparent)]
    Discovery(Box<DiscoveryError>),
    /// Discovery was led astray.
    #[error("discovery was redirected to where it must not go")]
    Redirect(#[source] RedirectError),
    /// The server did not register the client.
    #[error(transparent)]
    Registration(Box<RegistrationError>),
    /// A registration was not read, updated, deleted or given a new key.
    #[error(transparent)]
    Manage(Box<ManageError>),
    /// A matching registration is in doubt; nothing was sent.
    #[error("registration `{id}` of the same client at the same server is in doubt{}", note_text(note.as_deref()))]
    InDoubt {
        /// The record in doubt.
        id: RecordId,
        /// What is known of it.
        note: Option<String>,
    },
    /// The registration was made and stored, but departs from what was asked, and the caller is strict.
    #[error("{}", strict_text(registered))]
    Strict {
        /// The registration.
        registered: Arc<Registered>,
    },
    /// The registration was made, but could not be stored: it is here and nowhere else.
    #[error("client `{}` was registered, but not stored", registered.registration.client_id())]
    NotStored {
        /// The registration. Store it elsewhere before this value is dropped.
        registered: Arc<Registered>,
        /// Why it was not stored.
        source: StoreError,
    },
    /// The client cannot prove itself.
    #[error(transparent)]
    Credentials(#[from] UnusableCredentials),
    /// Nothing was signed.
    #[error("the client assertion was not signed")]
    Signer(#[from] SignerError),
    /// The server gave no token.
    #[error(transparent)]
    Token(Box<TokenError>),
    /// No authorization request is made; nothing was sent.
    #[error(transparent)]
    Authorize(Box<AuthorizeError>),
    /// A launch is refused; nothing was sent.
    #[error(transparent)]
    Launch(LaunchError),
    /// A callback brought no code that may be used.
    #[error(transparent)]
    Callback(Box<CallbackError>),
    /// Nothing but a new login leads to a token.
    #[error(transparent)]
    LoginNeeded(LoginNeeded),
    /// A renewal ended without a result.
    #[error("the renewal of the token ended without a result: it panicked, or its runtime ended")]
    RenewalAborted,
    /// Who logged in is not known: the id token is absent, or breaks a rule.
    #[error(transparent)]
    IdToken(Box<IdTokenError>),
    /// The issuer gave no keys, so no id token was checked.
    #[error(transparent)]
    KeySet(Box<KeySetError>),
    /// A token was not introspected or not revoked.
    #[error(transparent)]
    TokenEndpoint(Box<TokenEndpointError>),
    /// UDAP went no further: metadata that are not trusted, a client that cannot sign, a registration that failed.
    #[cfg(feature = "udap")]
    #[error(transparent)]
    Udap(Box<UdapError>),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The operating system gave no random bytes.
    #[error("the operating system gave no random bytes: {detail}")]
    Random {
        /// What it says.
        detail: String,
    },
    /// A list of servers, or its template, is not usable; nothing was sent.
    #[error(transparent)]
    Fleet(FleetError),
    /// An error with the record that it left behind.
    #[error(transparent)]
    OfRecord(OfRecord),
}

impl Error {
    /// Where in the flow it went wrong.
    #[must_use]
    pub fn stage(&self) -> Stage {
        match self {
            Self::Config(_)
            | Self::Metadata(_)
            | Self::InDoubt { .. }
            | Self::Credentials(_)
            | Self::Authorize(_)
            | Self::Launch(_)
            | Self::Fleet(_)
            | Self::Random { .. } => Stage::Setup,
            Self::Callback(_) => Stage::Authorization,
            Self::Transport { stage, .. } => *stage,
            Self::Discovery(_) | Self::Redirect(_) => Stage::Discovery,
            Self::Registration(_) | Self::Strict { .. } => Stage::Registration,
            Self::Signer(_) | Self::Token(_) | Self::LoginNeeded(_) | Self::RenewalAborted => Stage::Token,
            Self::IdToken(_) | Self::KeySet(_) => Stage::IdToken,
            Self::Manage(_) => Stage::Management,
            Self::TokenEndpoint(error) => of_step::stage(error),
            #[cfg(feature = "udap")]
            Self::Udap(error) => of_step::udap_stage(error),
            Self::Store(_) | Self::NotStored { .. } => Stage::Store,
            Self::OfRecord(recorded) => recorded.error.stage(),
        }
    }

    /// The record that the error is about or has left behind.
    #[must_use]
    pub fn record_id(&self) -> Option<&RecordId> {
        if let Self::InDoubt { id, .. } | Self::OfRecord(OfRecord { id, .. }) = self {
            return Some(id);
        }
        if let Self::Strict { registered } | Self::NotStored { registered, .. } = self {
            return registered.id();
        }
        if let Self::Manage(error) = self {
            return Some(&error.id);
        }
        if let Self::Store(error) = self { error.record_id() } else { None }
    }

    /// The error itself, without the record that it left behind.
    #[must_use]
    pub fn without_record(&self) -> &Self {
        if let Self::OfRecord(recorded) = self { recorded.error.without_record() } else { self }
    }

    pub(crate) fn with_record(self, id: RecordId) -> Self {
        Self::OfRecord(OfRecord { id, error: Box::new(self) })
    }

    pub(crate) fn strict(registered: Registered) -> Self {
        Self::Strict { registered: Arc::new(registered) }
    }

    /// The error of the stage that tells the rest; `None` where this type tells it.
    fn inner(&self) -> Option<&dyn Diagnose> {
        match self {
            Self::Config(error) => Some(error),
            Self::Metadata(error) => Some(error),
            Self::Transport { source, .. } => Some(source),
            Self::Discovery(error) => Some(&**error),
            Self::Redirect(error) => Some(error),
            Self::Registration(error) => Some(&**error),
            Self::Manage(error) => Some(&**error),
            Self::Credentials(error) => Some(error),
            Self::Token(error) => Some(&**error),
            Self::Authorize(error) => Some(&**error),
            Self::Launch(error) => Some(error),
            Self::Callback(error) => Some(&**error),
            Self::LoginNeeded(error) => Some(error),
            Self::IdToken(error) => Some(&**error),
            Self::KeySet(error) => Some(&**error),
            Self::TokenEndpoint(error) => Some(&**error),
            #[cfg(feature = "udap")]
            Self::Udap(error) => Some(&**error),
            Self::Store(error) | Self::NotStored { source: error, .. } => Some(error),
            Self::Fleet(error) => Some(error),
            Self::OfRecord(recorded) => Some(&*recorded.error),
            Self::InDoubt { .. }
            | Self::Strict { .. }
            | Self::Signer(_)
            | Self::RenewalAborted
            | Self::Random { .. } => None,
        }
    }
}

impl Diagnose for Error {
    fn code(&self) -> &'static str {
        match self.inner() {
            Some(inner) => inner.code(),
            None if matches!(self, Self::InDoubt { .. }) => "registration-in-doubt",
            None if matches!(self, Self::Strict { .. }) => "registration-differs",
            None if matches!(self, Self::Signer(_)) => "signer-failed",
            None if matches!(self, Self::RenewalAborted) => "renewal-aborted",
            None => "no-random-bytes",
        }
    }

    fn fault(&self) -> Fault {
        match self.inner() {
            Some(inner) => inner.fault(),
            None if matches!(self, Self::InDoubt { .. } | Self::Signer(_)) => Fault::Caller,
            None if matches!(self, Self::Strict { .. }) => Fault::Server,
            None => Fault::Bug,
        }
    }

    fn is_retryable(&self) -> bool {
        if let Self::Transport { stage: Stage::Registration | Stage::Management, source } = self {
            // Whether it went through is not known: asking again is not the same call.
            return source.was_not_sent() && source.is_retryable();
        }
        self.inner().is_some_and(Diagnose::is_retryable)
    }

    fn hint(&self) -> Option<Cow<'_, str>> {
        if let Self::OfRecord(recorded) = self {
            return recorded.hint();
        }
        match self.inner() {
            Some(inner) => inner.hint(),
            None => self.own_hint(),
        }
    }

    fn endpoint(&self) -> Option<&str> {
        if let Self::Strict { registered } = self {
            let record = registered.record.as_ref();
            return record.and_then(|record| record.content.registration_endpoint.as_deref());
        }
        self.inner().and_then(Diagnose::endpoint)
    }

    fn server_answer(&self) -> Option<&ServerAnswer> {
        self.inner().and_then(Diagnose::server_answer)
    }
}

impl Error {
    fn own_hint(&self) -> Option<Cow<'_, str>> {
        if let Self::InDoubt { id, .. } = self {
            return Some(Cow::Owned(format!(
                "ask the server's operator whether the client is registered there; then `safire registration forget {id}` and register again, or register anyway with `--again`"
            )));
        }
        if matches!(self, Self::Strict { .. }) {
            return Some(Cow::Borrowed(
                "it is stored: use it without `--strict`, or ask the server's operator for what is missing",
            ));
        }
        matches!(self, Self::Signer(_))
            .then_some(Cow::Borrowed("check that the key's keeper answers and that the key may sign"))
    }
}

fn note_text(note: Option<&str>) -> String {
    note.map(|note| format!(": {note}")).unwrap_or_default()
}

fn strict_text(registered: &Registered) -> String {
    let registration = &registered.registration;
    let severe = safire_protocol::deviation::Severity::Error;
    let deviations =
        registration.deviations().iter().filter(|d| d.severity == severe).map(|d| d.detail.clone());
    let differences = registration
        .differences()
        .iter()
        .filter(|d| d.severity == severe)
        .map(|d| format!("`{}` is not what was asked", d.member));
    let all: Vec<String> = deviations.chain(differences).collect();
    format!("the server registered client `{}`, but: {}", registration.client_id(), all.join("; "))
}
