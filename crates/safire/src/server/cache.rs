//! Keeps a server's profile: one flight however many wait, as long as it is fresh.

use std::sync::Arc;
use std::sync::PoisonError;
use std::sync::RwLock;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering;
use std::time::Duration;

use safire_protocol::server_profile::ServerProfile;
use tokio::sync::Mutex;

use super::Server;
use crate::error::Error;

/// The kept profile and the flight that fetches it.
#[derive(Debug, Default)]
pub(super) struct MetadataCache {
    kept: RwLock<Option<Kept>>,
    flight: Mutex<Option<Failure>>,
    /// Flights that have ended.
    landed: AtomicU64,
}

#[derive(Debug, Clone)]
struct Kept {
    profile: Arc<ServerProfile>,
    until: Duration,
}

/// How the flight with this number failed.
#[derive(Debug)]
struct Failure {
    flight: u64,
    error: Error,
}

impl MetadataCache {
    pub(super) async fn get(&self, server: &Server) -> Result<Arc<ServerProfile>, Error> {
        if let Some(profile) = self.fresh(server) {
            return Ok(profile);
        }
        let seen = self.landed.load(Ordering::Acquire);
        let mut flight = self.flight.lock().await;
        if let Some(profile) = self.fresh(server) {
            return Ok(profile);
        }
        // Who waited for a flight shares its failure instead of starting the next one.
        if let Some(failure) = flight.as_ref().filter(|failure| failure.flight > seen) {
            return Err(failure.error.clone());
        }
        // On the heap, because it is large and rare: what awaits a kept profile stays small.
        Box::pin(self.fly(server, &mut flight)).await
    }

    pub(super) async fn refresh(&self, server: &Server) -> Result<Arc<ServerProfile>, Error> {
        let mut flight = self.flight.lock().await;
        self.fly(server, &mut flight).await
    }

    async fn fly(&self, server: &Server, failed: &mut Option<Failure>) -> Result<Arc<ServerProfile>, Error> {
        let outcome = super::discover::discover(server).await;
        let flight = self.landed.fetch_add(1, Ordering::AcqRel) + 1;
        match outcome {
            Ok((profile, ttl)) => {
                let profile = Arc::new(profile);
                let until = server.clock().elapsed().saturating_add(ttl);
                *self.kept.write().unwrap_or_else(PoisonError::into_inner) =
                    Some(Kept { profile: Arc::clone(&profile), until });
                *failed = None;
                Ok(profile)
            }
            Err(error) => {
                *failed = Some(Failure { flight, error: error.clone() });
                Err(error)
            }
        }
    }

    /// What was kept last, fresh or not.
    pub(super) fn known(&self) -> Option<Arc<ServerProfile>> {
        let kept = self.kept.read().unwrap_or_else(PoisonError::into_inner);
        kept.as_ref().map(|kept| Arc::clone(&kept.profile))
    }

    fn fresh(&self, server: &Server) -> Option<Arc<ServerProfile>> {
        let kept = self.kept.read().unwrap_or_else(PoisonError::into_inner);
        kept.as_ref()
            .filter(|kept| server.clock().elapsed() < kept.until)
            .map(|kept| Arc::clone(&kept.profile))
    }
}
