//! Sets a server up.

use std::sync::Arc;
use std::time::Duration;

use http::HeaderMap;
use safire_protocol::id_token::RefetchPolicy;
use safire_protocol::url::FhirBase;
use safire_protocol::url::LoopbackHttp;
use safire_protocol::url::UrlError;
use safire_protocol::url::UrlPolicy;

use super::GivenEndpoints;
use super::Inner;
use super::Server;
use super::cache::MetadataCache;
use super::key_cache::KeyCache;
use crate::clock::Clock;
use crate::clock::SystemClock;
use crate::error::ConfigError;
use crate::transport::HttpTransport;
use crate::transport::Transport;

const METADATA_TTL: Duration = Duration::from_secs(3600);

/// Sets a [`Server`] up. Nothing is checked before [`ServerBuilder::build`], which reports everything at once.
#[derive(Debug)]
pub struct ServerBuilder {
    base: String,
    loopback: LoopbackHttp,
    auth_hosts: Vec<String>,
    transport: Option<Arc<dyn Transport>>,
    clock: Option<Arc<dyn Clock>>,
    discovery_headers: HeaderMap,
    metadata_ttl: Duration,
    key_refetch: RefetchPolicy,
    authorization_endpoint: Option<String>,
    token_endpoint: Option<String>,
    registration_endpoint: Option<String>,
    introspection_endpoint: Option<String>,
    revocation_endpoint: Option<String>,
}

impl ServerBuilder {
    pub(super) fn new(base: &str) -> Self {
        Self {
            base: base.to_owned(),
            loopback: LoopbackHttp::Refused,
            auth_hosts: Vec::new(),
            transport: None,
            clock: None,
            discovery_headers: HeaderMap::new(),
            metadata_ttl: METADATA_TTL,
            key_refetch: RefetchPolicy::default(),
            authorization_endpoint: None,
            token_endpoint: None,
            registration_endpoint: None,
            introspection_endpoint: None,
            revocation_endpoint: None,
        }
    }

    /// Whether http is accepted on loopback addresses. Default: refused. For development only.
    #[must_use]
    pub const fn loopback(mut self, loopback: LoopbackHttp) -> Self {
        self.loopback = loopback;
        self
    }

    /// Pins server-supplied endpoints, and the targets of redirects, to these hosts and the base's own.
    #[must_use]
    pub fn auth_hosts(mut self, hosts: impl IntoIterator<Item = String>) -> Self {
        self.auth_hosts = hosts.into_iter().collect();
        self
    }

    /// Sends everything through this transport. Default: an [`HttpTransport`] with safe limits.
    #[must_use]
    pub fn transport(mut self, transport: Arc<dyn Transport>) -> Self {
        self.transport = Some(transport);
        self
    }

    /// Tells the time by this clock. Default: the operating system's.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = Some(clock);
        self
    }

    /// Sends these header fields with each discovery request to the base's own origin.
    #[must_use]
    pub fn discovery_headers(mut self, headers: HeaderMap) -> Self {
        self.discovery_headers = headers;
        self
    }

    /// How long a discovery document is kept where `Cache-Control` says nothing. Default: one hour.
    #[must_use]
    pub const fn metadata_ttl(mut self, ttl: Duration) -> Self {
        self.metadata_ttl = ttl;
        self
    }

    /// How often the issuer's keys may be fetched, and how long they are believed. Default: once a minute at most,
    /// once a day at least.
    #[must_use]
    pub const fn key_refetch(mut self, policy: RefetchPolicy) -> Self {
        self.key_refetch = policy;
        self
    }

    /// Uses this authorization endpoint; no discovery for it.
    #[must_use]
    pub fn authorization_endpoint(mut self, url: impl Into<String>) -> Self {
        self.authorization_endpoint = Some(url.into());
        self
    }

    /// Uses this token endpoint; no discovery for it.
    #[must_use]
    pub fn token_endpoint(mut self, url: impl Into<String>) -> Self {
        self.token_endpoint = Some(url.into());
        self
    }

    /// Uses this registration endpoint; no discovery for it.
    #[must_use]
    pub fn registration_endpoint(mut self, url: impl Into<String>) -> Self {
        self.registration_endpoint = Some(url.into());
        self
    }

    /// Uses this introspection endpoint; no discovery for it.
    #[must_use]
    pub fn introspection_endpoint(mut self, url: impl Into<String>) -> Self {
        self.introspection_endpoint = Some(url.into());
        self
    }

    /// Uses this revocation endpoint; no discovery for it.
    #[must_use]
    pub fn revocation_endpoint(mut self, url: impl Into<String>) -> Self {
        self.revocation_endpoint = Some(url.into());
        self
    }

    /// Builds the server. No network.
    ///
    /// # Errors
    /// [`ConfigError::Urls`] with every URL that cannot be used.
    pub fn build(self) -> Result<Server, ConfigError> {
        let policy = UrlPolicy::new(self.loopback).with_auth_hosts(self.auth_hosts);
        let mut problems: Vec<UrlError> = Vec::new();
        let base = FhirBase::parse(&self.base, self.loopback).map_err(|error| problems.push(error)).ok();
        let mut check = |member: &str, text: Option<&String>| {
            let checked = text.map(|text| policy.check_given(member, text)).transpose();
            checked.map_err(|error| problems.push(error)).ok().flatten()
        };
        let given = GivenEndpoints {
            authorization: check("authorization_endpoint", self.authorization_endpoint.as_ref()),
            token: check("token_endpoint", self.token_endpoint.as_ref()),
            registration: check("registration_endpoint", self.registration_endpoint.as_ref()),
            introspection: check("introspection_endpoint", self.introspection_endpoint.as_ref()),
            revocation: check("revocation_endpoint", self.revocation_endpoint.as_ref()),
        };
        let Some(base) = base.filter(|_| problems.is_empty()) else {
            return Err(ConfigError::Urls(problems));
        };
        if base.as_url().scheme() == "http" {
            tracing::warn!(base = %base, "http on a loopback address is for development only");
        }
        let transport = self
            .transport
            .unwrap_or_else(|| Arc::new(HttpTransport::builder().loopback(self.loopback).build()));
        let clock = self.clock.unwrap_or_else(|| Arc::new(SystemClock::new()));
        let inner = Inner {
            base,
            policy,
            transport,
            clock,
            given,
            discovery_headers: self.discovery_headers,
            metadata_ttl: self.metadata_ttl,
            cache: MetadataCache::default(),
            keys: KeyCache::new(self.key_refetch),
        };
        Ok(Server { inner: Arc::new(inner) })
    }
}
