//! Keeps a server's UDAP document for one community and policy: trusted anew at each use.

use std::sync::Arc;
use std::sync::PoisonError;
use std::sync::RwLock;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering;
use std::time::Duration;

use safire_protocol::server_profile::ServerProfile;
use safire_protocol::time::UnixTime;
use safire_protocol::udap::UdapDiscoveryError;
use safire_protocol::udap::UdapLocation;
use safire_protocol::udap::UdapMetadata;
use safire_protocol::udap::UntrustedMetadata;
use tokio::sync::Mutex;

use super::trust::UdapTrust;
use super::verification::judge;
use crate::error::Error;
use crate::error::Stage;
use crate::future::BoxFuture;
use crate::server::MetadataSource;
use crate::server::Server;
use crate::server::time_to_live;
use crate::transport::FollowError;
use crate::transport::Follower;
use crate::transport::RetryPolicy;
use crate::transport::Transport;

/// One server's document for one community and one policy: each further pair has a source of its own.
#[derive(Debug)]
pub(super) struct UdapSource {
    pub(super) trust: UdapTrust,
    evidence: Arc<dyn Transport>,
    kept: RwLock<Option<Kept>>,
    flight: Mutex<Option<Failure>>,
    /// Flights that have ended.
    landed: AtomicU64,
}

#[derive(Debug, Clone)]
struct Kept {
    document: Arc<UntrustedMetadata>,
    until: Duration,
    /// The last verdict. It is a function of the second, so within one it stands.
    trusted: Arc<UdapMetadata>,
    at: UnixTime,
}

/// How the flight with this number failed.
#[derive(Debug)]
struct Failure {
    flight: u64,
    error: Error,
}

impl UdapSource {
    pub(super) fn new(trust: UdapTrust, evidence: Arc<dyn Transport>) -> Self {
        Self { trust, evidence, kept: RwLock::default(), flight: Mutex::default(), landed: AtomicU64::new(0) }
    }

    pub(super) async fn get(&self, server: &Server) -> Result<Arc<UdapMetadata>, Error> {
        if let Some(metadata) = self.still_trusted(server).await {
            return Ok(metadata);
        }
        let seen = self.landed.load(Ordering::Acquire);
        let mut flight = self.flight.lock().await;
        if let Some(metadata) = self.still_trusted(server).await {
            return Ok(metadata);
        }
        // Who waited for a flight shares its failure instead of starting the next one.
        if let Some(failure) = flight.as_ref().filter(|failure| failure.flight > seen) {
            return Err(failure.error.clone());
        }
        Box::pin(self.fly(server, &mut flight)).await
    }

    pub(super) async fn refresh(&self, server: &Server) -> Result<Arc<UdapMetadata>, Error> {
        let mut flight = self.flight.lock().await;
        Box::pin(self.fly(server, &mut flight)).await
    }

    /// What is kept, if it is fresh and holds by every rule at this moment; else it is dropped.
    async fn still_trusted(&self, server: &Server) -> Option<Arc<UdapMetadata>> {
        let kept = self.kept.read().unwrap_or_else(PoisonError::into_inner).clone()?;
        let now = server.clock().now();
        if server.clock().elapsed() < kept.until {
            if kept.at == now {
                return Some(kept.trusted);
            }
            match Box::pin(judge(&kept.document, &self.trust, server, &*self.evidence)).await {
                Ok(trusted) => {
                    self.keep(Some(Kept { trusted: Arc::clone(&trusted), at: now, ..kept }));
                    return Some(trusted);
                }
                Err(error) => {
                    tracing::warn!(%error, "the kept UDAP metadata no longer hold; they are fetched again")
                }
            }
        }
        self.keep(None);
        None
    }

    async fn fly(&self, server: &Server, failed: &mut Option<Failure>) -> Result<Arc<UdapMetadata>, Error> {
        let outcome = self.discover(server).await;
        let flight = self.landed.fetch_add(1, Ordering::AcqRel) + 1;
        match outcome {
            Ok(kept) => {
                let trusted = Arc::clone(&kept.trusted);
                self.keep(Some(kept));
                *failed = None;
                Ok(trusted)
            }
            Err(error) => {
                tracing::error!(%error, "UDAP discovery failed");
                *failed = Some(Failure { flight, error: error.clone() });
                Err(error)
            }
        }
    }

    async fn discover(&self, server: &Server) -> Result<Kept, Error> {
        let location = UdapLocation::new(server.base(), self.trust.community().cloned());
        tracing::info!(url = %location.url(), "UDAP discovery");
        let (headers, default_ttl) = server.discovery_settings();
        let follower = Follower {
            transport: server.transport(),
            policy: server.policy(),
            retry: RetryPolicy::default(),
            headers,
        };
        let followed =
            follower.get(location.url().clone(), location.request()).await.map_err(|error| match error {
                FollowError::Transport(source) => Error::Transport { stage: Stage::Discovery, source },
                FollowError::Redirect(error) => Error::Redirect(error),
            })?;
        let document: Result<UntrustedMetadata, UdapDiscoveryError> =
            location.accept(server.base(), &followed.url, &followed.response);
        let document = Arc::new(document?);
        let at = server.clock().now();
        let trusted = judge(&document, &self.trust, server, &*self.evidence).await?;
        for deviation in &trusted.profile.deviations {
            tracing::warn!(code = deviation.code, member = deviation.member, "{}", deviation.detail);
        }
        let ttl = time_to_live(followed.response.headers(), default_ttl);
        let until = server.clock().elapsed().saturating_add(ttl);
        Ok(Kept { document, until, trusted, at })
    }

    fn keep(&self, kept: Option<Kept>) {
        *self.kept.write().unwrap_or_else(PoisonError::into_inner) = kept;
    }
}

impl MetadataSource for UdapSource {
    fn profile<'a>(&'a self, server: &'a Server) -> BoxFuture<'a, Result<Arc<ServerProfile>, Error>> {
        Box::pin(async move { Ok(Arc::clone(&self.get(server).await?.profile)) })
    }

    fn refreshed_profile<'a>(
        &'a self,
        server: &'a Server,
    ) -> BoxFuture<'a, Result<Arc<ServerProfile>, Error>> {
        Box::pin(async move { Ok(Arc::clone(&self.refresh(server).await?.profile)) })
    }
}
