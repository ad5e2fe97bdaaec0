use rustls_pki_types::UnixTime;

use crate::chain::Chain;
use crate::evidence::Evidence;
use crate::evidence::limit_of;
use crate::need::Need;
use crate::path_search::Outcome;
use crate::path_search::Search;
use crate::signatures::Signatures;
use crate::trust_community::TrustCommunity;
use crate::trust_failure::TrustFailure;
use crate::trusted_path::TrustedPath;

/// The verification of one chain in one community, as a loop without I/O.
///
/// Call [`Self::step`] until it says `Trusted` or `Refused`. Where it says `Need`, fetch each of the needs, at the
/// same time if you like, and hand over what came with [`Self::supply`] or that nothing came with
/// [`Self::cannot_fetch`]. Each need is told once answered and never again, so the loop ends.
///
/// ```
/// use safire_pki::PathVerification;
/// use safire_pki::Step;
/// # fn fetch(_: &safire_pki::Need) -> Result<Vec<u8>, String> { Err("no network in an example".to_owned()) }
/// # fn verify(chain: safire_pki::Chain, community: &safire_pki::TrustCommunity, now: rustls_pki_types::UnixTime)
/// # -> Result<safire_pki::TrustedPath, safire_pki::TrustFailure> {
/// let mut verification = PathVerification::begin(chain, community, now);
/// loop {
///     match verification.step() {
///         Step::Trusted(path) => return Ok(path),
///         Step::Refused(failure) => return Err(failure),
///         Step::Need(needs) => {
///             for need in needs {
///                 match fetch(&need) {
///                     Ok(body) => verification.supply(&need, &body),
///                     Err(why) => verification.cannot_fetch(&need, &why),
///                 }
///             }
///         }
///     }
/// }
/// # }
/// ```
///
/// Specification: RFC 5280 §6; UDAP Security 2.0, 2.3 and 7.1.3.
#[derive(Debug)]
pub struct PathVerification<'a> {
    chain: Chain,
    community: &'a TrustCommunity,
    now: UnixTime,
    evidence: Evidence,
    signatures: Signatures,
}

/// What a step came to.
#[derive(Debug)]
pub enum Step {
    /// These would help; never empty.
    Need(Vec<Need>),
    /// There is a path.
    Trusted(TrustedPath),
    /// There is none.
    Refused(TrustFailure),
}

impl<'a> PathVerification<'a> {
    /// Starts the verification of `chain` as of `now`.
    #[must_use]
    pub fn begin(chain: Chain, community: &'a TrustCommunity, now: UnixTime) -> Self {
        Self { chain, community, now, evidence: Evidence::default(), signatures: Signatures::default() }
    }

    /// Goes on with what is at hand.
    #[must_use]
    pub fn step(&mut self) -> Step {
        let search = Search::new(self.community, &self.chain, &self.evidence, self.now, &mut self.signatures);
        match search.run() {
            Outcome::Trusted(path) => Step::Trusted(path),
            Outcome::Refused(attempts) => Step::Refused(TrustFailure::new(self.community.name(), attempts)),
            Outcome::Needs(mut needs) => {
                needs.sort();
                needs.dedup();
                let limit = self.community.rules().limits_of_work().fetches;
                needs.truncate(limit.saturating_sub(self.evidence.fetches()).max(1));
                Step::Need(needs)
            }
        }
    }

    /// Hands over what was fetched for a need: the body as it came. The first answer to a need counts.
    pub fn supply(&mut self, need: &Need, body: &[u8]) {
        self.evidence.keep(need, body, self.community.rules().limits_of_work());
    }

    /// Says that nothing could be fetched for a need. `why` stands in the failure.
    pub fn cannot_fetch(&mut self, need: &Need, why: &str) {
        self.evidence.keep_failure(need, why);
    }

    /// The most bytes worth fetching for a need.
    #[must_use]
    pub fn max_bytes(&self, need: &Need) -> usize {
        limit_of(need, self.community.rules().limits_of_work())
    }

    /// The chain in question.
    #[must_use]
    pub const fn chain(&self) -> &Chain {
        &self.chain
    }
}
