//! The issuer's keys: fetched when an id token is to be checked, and kept.

use std::sync::Arc;

use bytes::Bytes;
use http::Request;
use http::Response;
use safire_protocol::discovery::EndpointKind;
use safire_protocol::id_token::IdTokenError;
use safire_protocol::id_token::KeySet;
use safire_protocol::id_token::KeySetRequest;
use safire_protocol::server_profile::ServerProfile;
use url::Url;

use super::Server;
use crate::error::Error;
use crate::error::Stage;
use crate::transport::RetryPolicy;
use crate::transport::ServerSupplied;

/// Keys with the issuer that they are of, and the flight that brought them.
#[derive(Debug, Clone)]
pub(crate) struct IssuerKeys {
    pub(crate) issuer: String,
    pub(crate) keys: KeySet,
    pub(super) flight: u64,
}

/// Where the keys are: kept ones serve only as long as the metadata say the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct KeySource {
    pub(super) issuer: String,
    jwks_uri: Option<String>,
}

impl Server {
    /// The keys of the server's issuer: kept ones while they are fresh, else fetched, in one flight.
    pub(crate) async fn issuer_keys(&self) -> Result<IssuerKeys, Error> {
        let profile = self.metadata().await?;
        let source = KeySource::of(&profile)?;
        self.inner.keys.get(self, &profile, source).await
    }

    /// Newer keys than `held`; `None` where they were fetched so recently that they are not fetched again.
    pub(crate) async fn newer_keys(&self, held: &IssuerKeys) -> Result<Option<IssuerKeys>, Error> {
        let profile = self.metadata().await?;
        let source = KeySource::of(&profile)?;
        self.inner.keys.newer(self, &profile, source, held.flight).await
    }
}

impl KeySource {
    fn of(profile: &ServerProfile) -> Result<Self, Error> {
        match profile.issuer.clone() {
            Some(issuer) => Ok(Self { issuer, jwks_uri: profile.jwks_uri.clone() }),
            None => Err(IdTokenError::NoIssuer { source_url: profile.source_url.clone() }.into()),
        }
    }
}

/// Fetches the keys from where the metadata say that they are.
pub(super) async fn fetch(server: &Server, profile: &Arc<ServerProfile>) -> Result<KeySet, Error> {
    let jwks_uri = jwks_uri(server, profile).await?;
    tracing::info!(endpoint = %jwks_uri.path(), "jwks_uri");
    let step = KeySetRequest::new(jwks_uri);
    let keys = step.accept(&get(server, || step.request()).await?)?;
    for key in keys.unusable() {
        tracing::warn!(kid = key.kid.as_deref(), reason = key.reason, "a key of the issuer is left out");
    }
    Ok(keys)
}

/// SMART 2.2 has it in the server's own document; where it is missing there, the issuer's own document is asked
/// (OpenID Connect Discovery §4).
async fn jwks_uri(server: &Server, profile: &ServerProfile) -> Result<Url, Error> {
    let (base, policy) = (server.base(), server.policy());
    let kind = EndpointKind::Jwks;
    if kind.of(profile).is_some() {
        return Ok(profile.endpoint(kind, base, policy)?);
    }
    let location = profile.issuer_location(base, policy)?;
    tracing::info!(url = %location.url, "discovery of the issuer");
    let response = get(server, || location.request()).await?;
    let document = location.accept(base, &location.url, &response)?;
    profile.check_issuer_of(&document)?;
    Ok(document.endpoint(kind, base, policy)?)
}

/// A GET of what the server named, sent again where that may help. Redirects are not followed: the step refuses them.
async fn get(server: &Server, request: impl Fn() -> Request<Bytes>) -> Result<Response<Bytes>, Error> {
    let retry = RetryPolicy::default();
    let mut tried = 0;
    loop {
        let mut request = request();
        request.extensions_mut().insert(ServerSupplied);
        let outcome = server.transport().send(request).await;
        tried += 1;
        match retry.pause(tried, &outcome) {
            Some(pause) => tokio::time::sleep(pause).await,
            None => return outcome.map_err(|source| Error::Transport { stage: Stage::IdToken, source }),
        }
    }
}
