use rustls_pki_types::UnixTime;

use crate::certificate::Certificate;
use crate::chain::Chain;
use crate::path_rules::Place;
use crate::path_rules::check_certificate;
use crate::path_rules::check_signature;
use crate::policy::Policy;
use crate::rule::Rule;
use crate::signatures::Signatures;
use crate::trust_failure::Attempt;
use crate::trust_failure::TrustFailure;

/// A chain that holds together, but leads to nothing that is trusted: anyone can make one.
#[derive(Debug, Clone)]
pub struct UnanchoredPath {
    certificates: Vec<Certificate>,
}

impl UnanchoredPath {
    /// Accepts a chain without any anchor and without revocation. Dates, key sizes, usages and signatures still count.
    ///
    /// For tests and demonstrations only: whoever sends the chain may have made all of it. It is a type of its own,
    /// so that it cannot be taken for a [`TrustedPath`](crate::TrustedPath).
    ///
    /// # Errors
    /// [`TrustFailure`] with the first rule broken on the way up from the leaf.
    pub fn accept_without_trust_anchors_for_testing(
        chain: &Chain,
        policy: &Policy,
        now: UnixTime,
    ) -> Result<Self, TrustFailure> {
        let mut signatures = Signatures::default();
        let mut certificates = vec![chain.leaf().clone()];
        check(chain.leaf(), Place::Leaf, &certificates, policy, now)?;
        let mut top = chain.leaf();
        while let Some(issuer) = issuer_in(chain, top, &certificates, policy, &mut signatures)? {
            check(issuer, Place::Intermediate, &certificates, policy, now)?;
            certificates.push(issuer.clone());
            top = issuer;
        }
        Ok(Self { certificates })
    }

    /// From the leaf upwards, as far as the chain goes.
    #[must_use]
    pub fn certificates(&self) -> &[Certificate] {
        &self.certificates
    }
}

impl Chain {
    /// Whether the chain is fit to be sent with a signature of ours: every certificate is valid now, each is followed
    /// by its issuer, and the leaf may sign.
    ///
    /// Whether anybody trusts it is the receiver's to say.
    ///
    /// # Errors
    /// [`TrustFailure`] with the first rule broken.
    ///
    /// Specification: RFC 7515 §4.1.6.
    pub fn check_before_signing(&self, policy: &Policy, now: UnixTime) -> Result<(), TrustFailure> {
        let mut signatures = Signatures::default();
        let all: Vec<Certificate> = self.iter().cloned().collect();
        check(self.leaf(), Place::Leaf, &all, policy, now)?;
        for pair in all.windows(2) {
            let [certificate, next] = pair else { continue };
            check(next, Place::Intermediate, &all, policy, now)?;
            if certificate.issuer() != next.subject() {
                let detail = format!("its issuer `{}` does not follow in the chain", certificate.issuer());
                return Err(failure(Attempt::new(&all, certificate, Rule::IssuerFound, detail)));
            }
            check_signature(signatures.issued(certificate, next, policy), next, policy)
                .map_err(|broken| failure(Attempt::new(&all, certificate, broken.rule, broken.detail)))?;
        }
        Ok(())
    }
}

/// The certificate of the chain that issued `top`; nothing where the chain ends, an error where all of that name
/// did not sign it.
fn issuer_in<'c>(
    chain: &'c Chain,
    top: &Certificate,
    path: &[Certificate],
    policy: &Policy,
    signatures: &mut Signatures,
) -> Result<Option<&'c Certificate>, TrustFailure> {
    let mut refused = Vec::new();
    for candidate in chain.others() {
        let is_loop = path.iter().any(|earlier| earlier.is_same_authority(candidate));
        if candidate.subject() != top.issuer() || is_loop {
            continue;
        }
        match check_signature(signatures.issued(top, candidate, policy), candidate, policy) {
            Ok(()) => return Ok(Some(candidate)),
            Err(broken) => refused.push(Attempt::new(path, top, broken.rule, broken.detail)),
        }
    }
    if refused.is_empty() { Ok(None) } else { Err(TrustFailure::new(NO_COMMUNITY, refused)) }
}

fn check(
    certificate: &Certificate,
    place: Place,
    path: &[Certificate],
    policy: &Policy,
    now: UnixTime,
) -> Result<(), TrustFailure> {
    check_certificate(certificate, place, policy, now)
        .map_err(|broken| failure(Attempt::new(path, certificate, broken.rule, broken.detail)))
}

fn failure(attempt: Attempt) -> TrustFailure {
    TrustFailure::new(NO_COMMUNITY, vec![attempt])
}

const NO_COMMUNITY: &str = "none";
