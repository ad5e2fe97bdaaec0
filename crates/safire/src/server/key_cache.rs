//! Keeps the issuer's keys: one flight however many wait, and none sooner than the policy allows.

use std::sync::Arc;
use std::sync::PoisonError;
use std::sync::RwLock;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering;

use safire_protocol::id_token::KeySetCache;
use safire_protocol::id_token::Refetch;
use safire_protocol::id_token::RefetchPolicy;
use safire_protocol::server_profile::ServerProfile;
use tokio::sync::Mutex;

use super::Server;
use super::issuer_keys;
use super::issuer_keys::IssuerKeys;
use super::issuer_keys::KeySource;
use crate::error::Error;

/// The kept keys and the flight that fetches them.
#[derive(Debug, Default)]
pub(super) struct KeyCache {
    policy: RefetchPolicy,
    kept: RwLock<Option<Kept>>,
    flight: Mutex<Option<Failure>>,
    /// Flights that have ended.
    landed: AtomicU64,
}

#[derive(Debug, Clone)]
struct Kept {
    source: KeySource,
    cache: KeySetCache,
    /// The flight that brought them.
    flight: u64,
}

/// How the flight with this number failed.
#[derive(Debug)]
struct Failure {
    flight: u64,
    error: Error,
}

impl Kept {
    fn keys(&self) -> IssuerKeys {
        let (issuer, keys) = (self.source.issuer.clone(), self.cache.keys().clone());
        IssuerKeys { issuer, keys, flight: self.flight }
    }
}

impl KeyCache {
    pub(super) fn new(policy: RefetchPolicy) -> Self {
        Self { policy, ..Self::default() }
    }

    pub(super) async fn get(
        &self,
        server: &Server,
        profile: &Arc<ServerProfile>,
        source: KeySource,
    ) -> Result<IssuerKeys, Error> {
        let fresh = || self.kept(&source).filter(|kept| !kept.cache.is_stale(server.clock().now()));
        if let Some(kept) = fresh() {
            return Ok(kept.keys());
        }
        let seen = self.landed.load(Ordering::Acquire);
        let mut flight = self.flight.lock().await;
        if let Some(kept) = fresh() {
            return Ok(kept.keys());
        }
        // Who waited for a flight shares its failure instead of starting the next one.
        if let Some(failure) = flight.as_ref().filter(|failure| failure.flight > seen) {
            return Err(failure.error.clone());
        }
        let error = match Box::pin(self.fly(server, profile, &source, &mut flight)).await {
            Ok(keys) => return Ok(keys),
            Err(error) => error,
        };
        // Old keys still verify what they signed; the policy says when they are asked for again.
        let kept = self.kept(&source).ok_or_else(|| error.clone())?;
        tracing::warn!(%error, "the issuer's keys could not be renewed; the old ones serve on");
        Ok(kept.keys())
    }

    pub(super) async fn newer(
        &self,
        server: &Server,
        profile: &Arc<ServerProfile>,
        source: KeySource,
        than: u64,
    ) -> Result<Option<IssuerKeys>, Error> {
        let mut flight = self.flight.lock().await;
        if let Some(kept) = self.kept(&source) {
            if kept.flight != than {
                return Ok(Some(kept.keys()));
            }
            if kept.cache.refetch(server.clock().now()) != Refetch::Allowed {
                tracing::warn!("the issuer's keys were fetched just now and are not fetched again so soon");
                return Ok(None);
            }
        }
        Box::pin(self.fly(server, profile, &source, &mut flight)).await.map(Some)
    }

    async fn fly(
        &self,
        server: &Server,
        profile: &Arc<ServerProfile>,
        source: &KeySource,
        failed: &mut Option<Failure>,
    ) -> Result<IssuerKeys, Error> {
        let outcome = issuer_keys::fetch(server, profile).await;
        let flight = self.landed.fetch_add(1, Ordering::AcqRel) + 1;
        let now = server.clock().now();
        let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        match outcome {
            Ok(keys) => {
                let cache = KeySetCache::new(keys, self.policy, now);
                let next = Kept { source: source.clone(), cache, flight };
                *failed = None;
                Ok(kept.insert(next).keys())
            }
            Err(error) => {
                if let Some(kept) = kept.as_mut().filter(|kept| kept.source == *source) {
                    kept.cache.failed(now);
                }
                *failed = Some(Failure { flight, error: error.clone() });
                Err(error)
            }
        }
    }

    fn kept(&self, source: &KeySource) -> Option<Kept> {
        let kept = self.kept.read().unwrap_or_else(PoisonError::into_inner);
        kept.as_ref().filter(|kept| kept.source == *source).cloned()
    }
}
