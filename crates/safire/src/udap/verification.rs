//! Trusts a document or not: signature, claims, then the chain with what has to be fetched for it.

use std::sync::Arc;
use std::time::Duration;

use rustls_pki_types::UnixTime as PkiTime;
use safire_protocol::pki::PathVerification;
use safire_protocol::pki::Policy;
use safire_protocol::pki::Step;
use safire_protocol::pki::TrustCommunity;
use safire_protocol::pki::TrustFailure;
use safire_protocol::pki::TrustedPath;
use safire_protocol::pki::UnanchoredPath;
use safire_protocol::time::UnixTime;
use safire_protocol::udap::ChainTrust;
use safire_protocol::udap::SignedMetadata;
use safire_protocol::udap::UdapMetadata;
use safire_protocol::udap::UntrustedMetadata;

use super::evidence::Fetches;
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
            path(&signed, community, trust, evidence, server.clock(), now).await.map(ChainTrust::Anchored)
        }
        Anchors::NoneForTesting(policy) => unanchored(&signed, policy, now).map(ChainTrust::Unanchored),
    };
    let chain = found.map_err(|failure| document.untrusted(failure))?;
    Ok(Arc::new(document.trusted(&signed, chain)?))
}

/// What was kept may be out of date: a refusal that rests on it is made sure of with what is fetched now.
async fn path(
    signed: &SignedMetadata,
    community: &TrustCommunity,
    trust: &UdapTrust,
    evidence: &dyn Transport,
    clock: &dyn Clock,
    now: UnixTime,
) -> Result<TrustedPath, TrustFailure> {
    let mut fetches = Fetches::new(evidence, trust, clock);
    let outcome = run(signed, community, &mut fetches, now).await;
    if outcome.is_ok() || fetches.from_cache.is_empty() {
        return outcome;
    }
    trust.fetched.forget(&fetches.from_cache);
    run(signed, community, &mut Fetches::new(evidence, trust, clock), now).await
}

async fn run(
    signed: &SignedMetadata,
    community: &TrustCommunity,
    fetches: &mut Fetches<'_>,
    now: UnixTime,
) -> Result<TrustedPath, TrustFailure> {
    let mut verification = PathVerification::begin(signed.chain().clone(), community, pki_time(now));
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

fn unanchored(
    signed: &SignedMetadata,
    policy: &Policy,
    now: UnixTime,
) -> Result<UnanchoredPath, TrustFailure> {
    tracing::warn!("INSECURE: the server's certificate is taken without any anchor of trust, for testing");
    UnanchoredPath::accept_without_trust_anchors_for_testing(signed.chain(), policy, pki_time(now))
}

fn pki_time(time: UnixTime) -> PkiTime {
    PkiTime::since_unix_epoch(Duration::from_secs(u64::try_from(time.as_seconds()).unwrap_or_default()))
}
