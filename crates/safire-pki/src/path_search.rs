use rustls_pki_types::UnixTime;

use crate::asn1::shown;
use crate::certificate::Certificate;
use crate::chain::Chain;
use crate::evidence::Evidence;
use crate::need::Need;
use crate::path_rules::Broken;
use crate::path_rules::Place;
use crate::path_rules::check_certificate;
use crate::path_rules::check_path;
use crate::path_rules::check_signature;
use crate::policy::MAX_INTERMEDIATES;
use crate::policy::Policy;
use crate::policy::Revocation;
use crate::revocation::RevocationCheck;
use crate::revocation::Verdict;
use crate::revocation_status::RevocationProblem;
use crate::revocation_status::RevocationStatus;
use crate::revocation_status::Tried;
use crate::rule::Rule;
use crate::signatures::Signatures;
use crate::trust_community::TrustCommunity;
use crate::trust_failure::Attempt;
use crate::trusted_path::TrustedPath;

/// A search from the leaf upwards that tries every candidate issuer: names recur, so only a signature tells.
///
/// Specification: RFC 4158 §2; RFC 5280 §6.
pub(crate) struct Search<'a> {
    community: &'a TrustCommunity,
    chain: &'a Chain,
    evidence: &'a Evidence,
    now: UnixTime,
    signatures: &'a mut Signatures,
    steps: usize,
    found: Option<TrustedPath>,
    attempts: Vec<Attempt>,
    /// What would settle the revocation of paths that hold otherwise.
    revocation_needs: Vec<Need>,
    /// What would continue paths that ended below an anchor.
    issuer_needs: Vec<Need>,
}

/// How a search ended.
pub(crate) enum Outcome {
    Trusted(TrustedPath),
    Needs(Vec<Need>),
    Refused(Vec<Attempt>),
}

impl<'a> Search<'a> {
    pub(crate) const fn new(
        community: &'a TrustCommunity,
        chain: &'a Chain,
        evidence: &'a Evidence,
        now: UnixTime,
        signatures: &'a mut Signatures,
    ) -> Self {
        Self {
            community,
            chain,
            evidence,
            now,
            signatures,
            steps: 0,
            found: None,
            attempts: Vec::new(),
            revocation_needs: Vec::new(),
            issuer_needs: Vec::new(),
        }
    }

    pub(crate) fn run(mut self) -> Outcome {
        if self.community.anchors().certificates().is_empty() {
            let attempt =
                Attempt::general(Rule::Anchors, "the community has no anchor, expected at least one");
            return Outcome::Refused(vec![attempt]);
        }
        let leaf = self.chain.leaf();
        match check_certificate(leaf, Place::Leaf, self.policy(), self.now) {
            Ok(()) => self.extend(&mut vec![leaf.clone()]),
            Err(broken) => self.fail(std::slice::from_ref(leaf), leaf, broken),
        }
        if let Some(path) = self.found {
            return Outcome::Trusted(path);
        }
        // A path that only lacks revocation is closer than one that lacks an issuer.
        let mut needs = self.revocation_needs;
        if needs.is_empty() {
            needs = self.issuer_needs;
        }
        if needs.is_empty() { Outcome::Refused(self.attempts) } else { Outcome::Needs(needs) }
    }

    /// Tries every issuer of the path's last certificate.
    fn extend(&mut self, path: &mut Vec<Certificate>) {
        let Some(top) = path.last().cloned() else { return };
        if !self.may_step() {
            return;
        }
        let mut accepted = false;
        let before = self.attempts.len();
        for anchor in self.community.anchors().certificates() {
            if self.found.is_none() && self.is_issuer(path, &top, anchor, Place::Anchor) {
                accepted = true;
                self.complete(path, anchor);
            }
        }
        for issuer in self.candidates(path, &top) {
            if self.found.is_some() || !self.is_issuer(path, &top, &issuer, Place::Intermediate) {
                continue;
            }
            if path.len() > self.policy().limits_of_work().intermediates.min(MAX_INTERMEDIATES) {
                let detail = format!("more than {} intermediates are not followed", path.len() - 1);
                self.attempts.push(Attempt::new(path, &issuer, Rule::PathLength, detail));
                continue;
            }
            accepted = true;
            path.push(issuer);
            self.extend(path);
            path.pop();
        }
        if accepted {
            // Others of the issuer's name did not sign it: that is told last, as one of them did.
            let own =
                self.attempts.iter_mut().skip(before).filter(|attempt| attempt.path().len() == path.len());
            own.for_each(Attempt::supersede);
        } else {
            self.dead_end(path, &top);
        }
    }

    /// Whether the candidate may stand above `child`: name, signature, then the rules on it alone.
    fn is_issuer(
        &mut self,
        path: &[Certificate],
        child: &Certificate,
        candidate: &Certificate,
        place: Place,
    ) -> bool {
        if candidate.subject() != child.issuer() {
            return false;
        }
        let check = self.signatures.issued(child, candidate, self.policy());
        if let Err(broken) = check_signature(check, candidate, self.policy()) {
            self.fail(path, child, broken);
            return false;
        }
        if let Err(broken) = check_certificate(candidate, place, self.policy(), self.now) {
            let whole: Vec<_> = path.iter().chain([candidate]).cloned().collect();
            self.fail(&whole, candidate, broken);
            return false;
        }
        true
    }

    /// Intermediates that bear the name of the issuer, those with the key identifier wanted first.
    fn candidates(&self, path: &[Certificate], top: &Certificate) -> Vec<Certificate> {
        let anchors = self.community.anchors().certificates();
        let mut found: Vec<Certificate> = Vec::new();
        for candidate in self.known() {
            let is_new = !found.contains(candidate) && !anchors.contains(candidate);
            // RFC 4158 §5.2: the same name and key twice is a loop.
            let is_loop = path.iter().any(|earlier| earlier.is_same_authority(candidate));
            if candidate.subject() == top.issuer() && is_new && !is_loop {
                found.push(candidate.clone());
            }
        }
        found.sort_by_key(|candidate| candidate.subject_key_id() != top.authority_key_id());
        found
    }

    fn known(&self) -> impl Iterator<Item = &'a Certificate> {
        let (chain, community, evidence) = (self.chain, self.community, self.evidence);
        chain.others().iter().chain(community.known_intermediates()).chain(&evidence.issuers)
    }

    /// A path from the leaf to an anchor: the rules on the whole of it, then revocation from the anchor down.
    fn complete(&mut self, path: &[Certificate], anchor: &Certificate) {
        let whole: Vec<_> = path.iter().chain([anchor]).cloned().collect();
        if let Err((index, broken)) = check_path(&whole, self.signatures, self.policy(), self.now) {
            let culprit = whole.get(index).unwrap_or(anchor).clone();
            return self.fail(&whole, &culprit, broken);
        }
        let mut statuses = Vec::with_capacity(path.len());
        let mut needs = Vec::new();
        for pair in whole.windows(2).rev() {
            let [certificate, issuer] = pair else { continue };
            match self.revocation_of(certificate, issuer) {
                Ok(Ok(status)) => statuses.push(status),
                Ok(Err(asked)) => needs.extend(asked),
                Err(attempt) => return self.attempts.push(attempt.along(&whole)),
            }
        }
        if needs.is_empty() {
            statuses.reverse();
            self.found =
                Some(TrustedPath::new(self.community.name(), path.to_vec(), anchor.clone(), statuses));
        } else {
            self.revocation_needs.extend(needs);
        }
    }

    /// The status of one certificate, what is needed to know it, or why it breaks the path.
    fn revocation_of(
        &mut self,
        certificate: &Certificate,
        issuer: &Certificate,
    ) -> Result<Result<RevocationStatus, Vec<Need>>, Attempt> {
        let policy = self.policy().revocation();
        if policy == Revocation::NotCheckedForTesting {
            return Ok(Ok(RevocationStatus::NotChecked));
        }
        let check = RevocationCheck { community: self.community, evidence: self.evidence, now: self.now };
        match check.status(certificate, issuer, self.signatures) {
            Verdict::NotRevoked { source, until } => Ok(Ok(RevocationStatus::NotRevoked { source, until })),
            Verdict::Revoked(detail) => Err(Attempt::new(&[], certificate, Rule::NotRevoked, detail)),
            Verdict::Open { needs, .. } if !needs.is_empty() => Ok(Err(needs)),
            Verdict::Open { tried, .. } => match policy {
                Revocation::UnknownAccepted => Ok(Ok(RevocationStatus::Unknown { tried })),
                Revocation::Required | Revocation::NotCheckedForTesting => {
                    let detail = "it is not known whether the certificate is revoked";
                    Err(Attempt::new(&[], certificate, Rule::RevocationKnown, detail).with_tried(tried))
                }
            },
        }
    }

    /// No issuer stands above `top`: says why, and what could be fetched.
    fn dead_end(&mut self, path: &[Certificate], top: &Certificate) {
        let mut tried = Vec::new();
        for url in top.issuer_urls() {
            let need = Need::Issuer { url: url.clone() };
            if !self.evidence.is_answered(&need) {
                if self.evidence.fetches() < self.policy().limits_of_work().fetches {
                    self.issuer_needs.push(need);
                } else {
                    tried.push(Tried::new(&need, RevocationProblem::Limit));
                }
            } else if let Some(problem) = self.evidence.problem(&need) {
                tried.push(Tried::new(&need, problem.clone()));
            }
        }
        if let Some((rule, detail)) = self.reason_of_dead_end(top) {
            self.attempts.push(Attempt::new(path, top, rule, detail).with_tried(tried));
        }
    }

    fn reason_of_dead_end(&self, top: &Certificate) -> Option<(Rule, String)> {
        if top.is_self_issued() {
            let detail = format!(
                "it is self-issued and none of the anchors (sha256 {}, valid until {})",
                top.fingerprint(),
                shown(top.not_after())
            );
            return Some((Rule::TrustedAnchor, detail));
        }
        let anchors = self.community.anchors().certificates();
        let all = || anchors.iter().chain(self.known());
        if all().any(|candidate| candidate.subject() == top.issuer()) {
            // Each of them has told its own reason already.
            return None;
        }
        if let Some(alike) = all().find(|candidate| candidate.subject().folds_to(top.issuer())) {
            let detail = format!(
                "its issuer `{}` is written with other string kinds or letter case than {}",
                top.issuer(),
                alike.label()
            );
            return Some((Rule::IssuerNameEncoding, detail));
        }
        Some((Rule::IssuerFound, format!("its issuer `{}` is neither an anchor nor known", top.issuer())))
    }

    fn may_step(&mut self) -> bool {
        self.steps += 1;
        let limit = self.policy().limits_of_work().search_steps;
        if self.steps == limit + 1 {
            let detail = format!("more than {limit} steps of the search for a path");
            self.attempts.push(Attempt::general(Rule::SearchLimit, detail));
        }
        self.steps <= limit
    }

    fn fail(&mut self, path: &[Certificate], certificate: &Certificate, broken: Broken) {
        self.attempts.push(Attempt::new(path, certificate, broken.rule, broken.detail));
    }

    const fn policy(&self) -> &'a Policy {
        self.community.rules()
    }
}
