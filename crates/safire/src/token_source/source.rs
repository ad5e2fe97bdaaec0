//! A token that is always valid.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use safire_protocol::secret::AccessToken;
use safire_protocol::time::UnixTime;
use safire_protocol::token::TokenResponse;
use tokio::sync::Mutex;

use super::early::EarlyRenewal;
use super::flight::Flight;
use super::held::InHand;
use super::keep::Unkept;
use super::lease::Place;
use super::need::Need;
use super::obtain::Obtain;
use super::reach::Reach;
use crate::client::Client;
use crate::clock::Clock;
use crate::error::Error;
use crate::store::TokenRecord;

/// A token that is always valid: kept, renewed in time, and shared by all tasks and processes that want it.
///
/// Cheap to clone. However many tasks ask at once, one renewal is under way; it goes on when those who wait for it go
/// away, because a refresh token that rotates is spent by the request. A new token is stored before anybody sees it.
/// Several processes on one store renew in turn: whoever comes second takes what the first one stored.
///
/// Its methods need a tokio runtime.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use safire::protocol::credentials::AuthMethod;
/// use safire::protocol::registration::ClientMetadata;
/// use safire::protocol::url::LoopbackHttp;
/// use safire::token_source::Obtain;
///
/// let sandbox = safire_sandbox::Sandbox::builder().start().await?;
/// let server = safire::Server::builder(&sandbox.fhir_base()).loopback(LoopbackHttp::Allowed).build()?;
/// let metadata = ClientMetadata::new()
///     .client_name("Nightly export")
///     .grant_types(["client_credentials"])
///     .token_endpoint_auth_method(AuthMethod::ClientSecretBasic)
///     .scope("system/*.rs");
/// let registered = server.register_client(&metadata).await?;
///
/// let client = server.client(registered.credentials(None)?);
/// let source = client.token_source(Obtain::Backend { scope: None }).build()?;
/// let token = source.token().await?; // asked for
/// let again = source.token().await?; // in hand
/// assert_eq!(token.access_token.expose_secret(), again.access_token.expose_secret());
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct TokenSource {
    pub(super) shared: Arc<Shared>,
}

/// What the clones of a source share.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) client: Client,
    pub(super) obtain: Obtain,
    pub(super) early: EarlyRenewal,
    pub(super) place: Place,
    pub(super) reach: Reach,
    pub(super) in_hand: InHand,
    pub(super) flight: Flight,
    /// Whether it was written down that the credentials work; in memory nobody reads that.
    pub(super) is_noted: AtomicBool,
    /// The one who has it changes the slot. What was obtained and not stored lies in it.
    pub(super) unkept: Mutex<Option<Unkept>>,
}

impl Shared {
    pub(super) fn clock(&self) -> &dyn Clock {
        self.client.server().clock()
    }

    pub(super) fn now(&self) -> UnixTime {
        self.clock().now()
    }
}

impl TokenSource {
    pub(super) fn new(shared: Shared) -> Self {
        Self { shared: Arc::new(shared) }
    }

    /// A token that is valid now.
    ///
    /// The one in hand while it is not due; that touches neither the store nor the network. A token of unknown end is
    /// never due: [`TokenSource::renew_after`] replaces it. Shortly before the end it is renewed; where that fails for a
    /// reason that may pass, the token in hand is given as long as it is good, and a warning is logged.
    ///
    /// # Errors
    /// [`Error::LoginNeeded`] when only a new login helps; nobody is asked again until [`TokenSource::logged_in`].
    /// [`Error::Store`] when the store cannot be read or did not take the new token, which is then tried again at the
    /// next call. [`Error::RenewalAborted`], and those of [`Client::refresh_token`] or
    /// [`Client::request_backend_token`].
    pub async fn token(&self) -> Result<Arc<TokenResponse>, Error> {
        self.shared.token(&Need::Fresh).await
    }

    /// Another token, because a FHIR server answered 401 to this one. However many callers come with the same token,
    /// it is renewed once; who comes late gets what is in hand by then.
    ///
    /// # Errors
    /// As [`TokenSource::token`].
    pub async fn renew_after(&self, rejected: &AccessToken) -> Result<Arc<TokenResponse>, Error> {
        self.shared.token(&Need::OtherThan(rejected.clone())).await
    }

    /// What is stored, whether it is valid or not. No network.
    ///
    /// # Errors
    /// [`Error::Store`] when the store cannot be read.
    pub async fn held(&self) -> Result<Option<TokenRecord>, Error> {
        Ok(self.shared.place.row().await?)
    }

    /// The client.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.shared.client
    }
}
