//! A FHIR server and what can be asked of it.

mod builder;
mod cache;
mod discover;
mod issuer_keys;
mod key_cache;
mod launch;
mod register;
mod registered;
#[cfg(feature = "udap")]
mod source;

pub use builder::ServerBuilder;
#[cfg(feature = "udap")]
pub(crate) use discover::time_to_live;
pub use register::PreparedRegistration;
pub use register::RegisterClient;
pub use registered::Origin;
pub use registered::Registered;
#[cfg(feature = "udap")]
pub(crate) use source::MetadataSource;

use std::sync::Arc;
use std::time::Duration;

use http::HeaderMap;
use safire_protocol::discovery::EndpointKind;
use safire_protocol::registration::ClientMetadata;
use safire_protocol::server_profile::ServerProfile;
use safire_protocol::url::FhirBase;
use safire_protocol::url::UrlPolicy;
use url::Url;

use self::cache::MetadataCache;
use self::key_cache::KeyCache;
use crate::clock::Clock;
use crate::error::ConfigError;
use crate::error::Error;
use crate::transport::Transport;

/// A FHIR server: where it is, whom we trust, and what it told of itself.
///
/// Cheap to clone; clones share the connection pool, the discovery document and the issuer's keys.
///
/// ```no_run
/// # async fn example() -> Result<(), safire::Error> {
/// let server = safire::Server::new("https://fhir.example.com/r4")?; // no network yet
/// let profile = server.metadata().await?; // fetched once, cached, one flight
/// assert!(profile.supports_dynamic_registration());
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Server {
    inner: Arc<Inner>,
    /// Who tells the profile in place of SMART discovery.
    #[cfg(feature = "udap")]
    source: Option<Arc<dyn MetadataSource>>,
}

#[derive(Debug)]
struct Inner {
    base: FhirBase,
    policy: UrlPolicy,
    transport: Arc<dyn Transport>,
    clock: Arc<dyn Clock>,
    given: GivenEndpoints,
    discovery_headers: HeaderMap,
    metadata_ttl: Duration,
    cache: MetadataCache,
    keys: KeyCache,
}

/// Endpoints that the caller fixed; no discovery happens for them.
#[derive(Debug, Clone, Default)]
struct GivenEndpoints {
    authorization: Option<Url>,
    token: Option<Url>,
    registration: Option<Url>,
    introspection: Option<Url>,
    revocation: Option<Url>,
}

impl Server {
    /// The server at `base`, with safe defaults and the operating system's certificate roots.
    ///
    /// # Errors
    /// [`ConfigError`] when `base` is not an https URL that can be a FHIR base.
    pub fn new(base: &str) -> Result<Self, ConfigError> {
        Self::builder(base).build()
    }

    /// Sets a server up piece by piece.
    #[must_use]
    pub fn builder(base: &str) -> ServerBuilder {
        ServerBuilder::new(base)
    }

    /// The FHIR base, as it was given.
    #[must_use]
    pub fn base(&self) -> &FhirBase {
        &self.inner.base
    }

    /// What the server tells of itself: fetched at the first call, then kept for as long as `Cache-Control` or
    /// the time to live says. However many tasks ask at once, one request is sent.
    ///
    /// # Errors
    /// [`Error::Discovery`], [`Error::Redirect`] or [`Error::Transport`]. A failure is not kept.
    pub async fn metadata(&self) -> Result<Arc<ServerProfile>, Error> {
        #[cfg(feature = "udap")]
        if let Some(source) = &self.source {
            return source.profile(self).await;
        }
        self.inner.cache.get(self).await
    }

    /// Fetches the document again, whatever is kept.
    ///
    /// # Errors
    /// As [`Server::metadata`]; what was kept stays then.
    pub async fn refresh_metadata(&self) -> Result<Arc<ServerProfile>, Error> {
        #[cfg(feature = "udap")]
        if let Some(source) = &self.source {
            return source.refreshed_profile(self).await;
        }
        self.inner.cache.refresh(self).await
    }

    /// The profile that was fetched last, however old; nothing is asked.
    pub(crate) fn known_metadata(&self) -> Option<Arc<ServerProfile>> {
        self.inner.cache.known()
    }

    /// The URL of an endpoint: the one given, else the discovered one, checked before use.
    ///
    /// # Errors
    /// As [`Server::metadata`], and [`Error::Discovery`] when the document lacks it or it may not be used.
    pub async fn endpoint(&self, kind: EndpointKind) -> Result<Url, Error> {
        match self.given(kind) {
            Some(url) => Ok(url.clone()),
            None => {
                let profile = self.metadata().await?;
                Ok(profile.endpoint(kind, &self.inner.base, &self.inner.policy)?)
            }
        }
    }

    /// Registers a client with this metadata (RFC 7591). Nothing is sent until it is awaited.
    pub fn register_client<'a>(&'a self, metadata: &'a ClientMetadata) -> RegisterClient<'a> {
        RegisterClient::new(self, metadata)
    }

    /// The same server, whose profile `source` tells from now on; endpoints that were given do not count there.
    #[cfg(feature = "udap")]
    pub(crate) fn with_source(&self, source: Arc<dyn MetadataSource>) -> Self {
        Self { inner: Arc::clone(&self.inner), source: Some(source) }
    }

    pub(crate) fn transport(&self) -> &dyn Transport {
        &*self.inner.transport
    }

    pub(crate) fn clock(&self) -> &dyn Clock {
        &*self.inner.clock
    }

    pub(crate) fn policy(&self) -> &UrlPolicy {
        &self.inner.policy
    }

    /// The header fields that go with discovery, and how long a document is kept where it does not say.
    #[cfg(feature = "udap")]
    pub(crate) fn discovery_settings(&self) -> (&HeaderMap, Duration) {
        (&self.inner.discovery_headers, self.inner.metadata_ttl)
    }

    /// Whether the URL of this endpoint came from the server, so that the guard applies to it.
    pub(crate) fn is_supplied(&self, kind: EndpointKind) -> bool {
        self.given(kind).is_none()
    }

    fn given(&self, kind: EndpointKind) -> Option<&Url> {
        #[cfg(feature = "udap")]
        if self.source.is_some() {
            return None;
        }
        let given = &self.inner.given;
        match kind {
            EndpointKind::Authorization => given.authorization.as_ref(),
            EndpointKind::Token => given.token.as_ref(),
            EndpointKind::Registration => given.registration.as_ref(),
            EndpointKind::Introspection => given.introspection.as_ref(),
            EndpointKind::Revocation => given.revocation.as_ref(),
            // What this crate does not call, or does not know, cannot have been given.
            EndpointKind::Jwks | EndpointKind::Management | _ => None,
        }
    }
}
