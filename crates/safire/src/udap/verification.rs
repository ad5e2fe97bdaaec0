//! Trusts a document or not: signature, claims, then the chain with what has to be fetched for it.

use std::sync::Arc;
use std::time::Duration;

use rustls_pki_types::UnixTime as PkiTime;
use safire_protocol::pki::Chain;
use safire_protocol::pki::PathVerification;
use safire_protocol::pki::Policy;
use safire_protocol::pki::Step;
use safire_protocol::pki::TrustCommunity;
use safire_protocol::pki::TrustFailure;
use safire_protocol::pki::TrustedPath;
use safire_protocol::pki::UnanchoredPath;
use safire_protocol::time::UnixTime;
use safire_protocol::udap::ChainTrust;
use safire_protocol::udap::UdapMetadata;
use safire_protocol::udap::UntrustedMetadata;
use safire_protocol::url::UrlPolicy;

use super::evidence::Fetches;
use super::evidence::transport;
use super::trust::Anchors;
use super::trust::UdapTrust;
use crate::clock::Clock;
use crate::error::Error;
use crate::server::Server;
use crate::transport::Transport;

/// Trusts the document at this moment, or says why not.
pub(super) async fn judge(
    document: &UntrustedMetadata,
    trust: &UdapTrust,
    server: &Server,
    evidence: &dyn Transport,
) -> Result<Arc<UdapMetadata>, Error> {
    let now = server.clock().now();
    let signed = document.signed_metadata(&trust.metadata_policy(server.policy()), now)?;
    let found = match trust.anchors() {
        Anchors::Of(community) => {
            path(signed.chain(), community, trust, evidence, server.clock()).await.map(ChainTrust::Anchored)
        }
        Anchors::NoneForTesting(policy) => {
            unanchored(signed.chain(), policy, now).map(ChainTrust::Unanchored)
        }
    };
    let chain = found.map_err(|failure| document.untrusted(failure))?;
    Ok(Arc::new(document.trusted(&signed, chain)?))
}

impl UdapTrust {
    /// Trusts a chain at this moment by the rules for servers, or says why not. What its certificates name is fetched
    /// as [`Self::evidence_transport`] says.
    ///
    /// # Errors
    /// [`TrustFailure`] with every path that was tried.
    pub async fn verify_chain(
        &self,
        chain: &Chain,
        clock: &dyn Clock,
        urls: &UrlPolicy,
    ) -> Result<ChainTrust, TrustFailure> {
        let evidence = transport(self, urls);
        match self.anchors() {
            Anchors::Of(community) => {
                path(chain, community, self, &*evidence, clock).await.map(ChainTrust::Anchored)
            }
            Anchors::NoneForTesting(policy) => {
                unanchored(chain, policy, clock.now()).map(ChainTrust::Unanchored)
            }
        }
    }
}

/// What was kept may be out of date: a refusal that rests on it is made sure of with what is fetched now.
async fn path(
    chain: &Chain,
    community: &TrustCommunity,
    trust: &UdapTrust,
    evidence: &dyn Transport,
    clock: &dyn Clock,
) -> Result<TrustedPath, TrustFailure> {
    let now = clock.now();
    let mut fetches = Fetches::new(evidence, trust, clock);
    let outcome = run(chain, community, &mut fetches, now).await;
    if outcome.is_ok() || fetches.from_cache.is_empty() {
        return outcome;
    }
    trust.fetched.forget(&fetches.from_cache);
    run(chain, community, &mut Fetches::new(evidence, trust, clock), now).await
}

async fn run(
    chain: &Chain,
    community: &TrustCommunity,
    fetches: &mut Fetches<'_>,
    now: UnixTime,
) -> Result<TrustedPath, TrustFailure> {
    let mut verification = PathVerification::begin(chain.clone(), community, pki_time(now));
    loop {
        match verification.step() {
            Step::Trusted(path) => return Ok(path),
            Step::Refused(failure) => return Err(failure),
            Step::Need(needs) => {
                for need in needs {
                    match fetches.get(&need, verification.max_bytes(&need)).await {
                        Ok(body) => verification.supply(&need, &body),
                        Err(why) => verification.cannot_fetch(&need, &why),
                    }
                }
            }
        }
    }
}

fn unanchored(chain: &Chain, policy: &Policy, now: UnixTime) -> Result<UnanchoredPath, TrustFailure> {
    tracing::warn!("INSECURE: the server's certificate is taken without any anchor of trust, for testing");
    UnanchoredPath::accept_without_trust_anchors_for_testing(chain, policy, pki_time(now))
}

fn pki_time(time: UnixTime) -> PkiTime {
    PkiTime::since_unix_epoch(Duration::from_secs(u64::try_from(time.as_seconds()).unwrap_or_default()))
}
