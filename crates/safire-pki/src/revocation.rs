use rustls_pki_types::UnixTime;

use crate::asn1::printable;
use crate::asn1::shown;
use crate::certificate::Certificate;
use crate::crl::Crl;
use crate::crl::Entry;
use crate::evidence::Evidence;
use crate::extensions::KeyUsage;
use crate::need::Need;
use crate::ocsp;
use crate::ocsp::OcspAnswer;
use crate::ocsp::Responders;
use crate::revocation_status::RevocationProblem;
use crate::revocation_status::Tried;
use crate::signatures::SignatureCheck;
use crate::signatures::Signatures;
use crate::trust_community::TrustCommunity;

/// What is known of a certificate so far.
#[derive(Debug)]
pub(crate) enum Verdict {
    NotRevoked {
        source: String,
        /// When the list or the answer has to be renewed.
        until: UnixTime,
    },
    Revoked(String),
    /// Nothing yet; these would help, if any are left.
    Open {
        needs: Vec<Need>,
        tried: Vec<Tried>,
    },
}

/// What a list that counts says, and how old it is.
struct Listed {
    entry: Entry,
    made: UnixTime,
    until: UnixTime,
}

/// Asks every list and answer at hand about certificates of one verification.
pub(crate) struct RevocationCheck<'a> {
    pub(crate) community: &'a TrustCommunity,
    pub(crate) evidence: &'a Evidence,
    pub(crate) now: UnixTime,
}

impl RevocationCheck<'_> {
    /// What is known of `certificate`, which `issuer` has issued.
    ///
    /// A certificate that any source calls revoked is revoked, whatever the others say; one on hold is, until a newer
    /// list releases it.
    pub(crate) fn status(
        &self,
        certificate: &Certificate,
        issuer: &Certificate,
        signatures: &mut Signatures,
    ) -> Verdict {
        let mut tried = Vec::new();
        let mut good: Option<(UnixTime, String)> = None;
        let mut newest = None;
        let mut hold: Option<(UnixTime, Verdict)> = None;
        for (source, result) in self.ask_lists(certificate, issuer, signatures) {
            match result {
                Ok(Listed { entry: Entry::NotListed, made, until }) => {
                    newest = newest.max(Some(made));
                    good = good.max(Some((until, source)));
                }
                Ok(Listed { entry: Entry::Revoked { at, reason, on_hold }, made, .. }) => {
                    let verdict = revoked(at, &reason, &source);
                    if !on_hold {
                        return verdict;
                    }
                    if hold.as_ref().is_none_or(|(earlier, _)| *earlier < made) {
                        hold = Some((made, verdict));
                    }
                }
                Err(problem) => tried.push(Tried::at(source, problem)),
            }
        }
        if let Some((_, verdict)) = hold.filter(|(made, _)| newest.is_none_or(|newest| newest <= *made)) {
            return verdict;
        }
        for (source, result) in self.ask_responders(certificate, issuer, signatures) {
            match result {
                Ok(OcspAnswer::Good { until }) => good = good.max(Some((until, source))),
                Ok(OcspAnswer::Revoked { at, reason }) => return revoked(at, &reason, &source),
                Err(problem) => tried.push(Tried::at(source, problem)),
            }
        }
        match good {
            Some((until, source)) => Verdict::NotRevoked { source, until },
            None => self.open(certificate, issuer, tried),
        }
    }

    fn ask_lists(
        &self,
        certificate: &Certificate,
        issuer: &Certificate,
        signatures: &mut Signatures,
    ) -> Vec<(String, Result<Listed, RevocationProblem>)> {
        let given = self.community.known_crls().iter().filter(|list| list.issuer() == certificate.issuer());
        let mut asked: Vec<_> = given
            .map(|list| (name_of(list, None), self.ask_list(list, certificate, issuer, signatures)))
            .collect();
        for (url, list) in &self.evidence.crls {
            let result = if list.issuer() == certificate.issuer() {
                self.ask_list(list, certificate, issuer, signatures)
            } else if certificate.crl_urls().contains(url) {
                Err(RevocationProblem::OtherIssuer(list.issuer().to_string()))
            } else {
                continue;
            };
            asked.push((name_of(list, Some(url)), result));
        }
        asked
    }

    /// RFC 5280 §6.3.3, for complete lists signed by the certificate's issuer.
    fn ask_list(
        &self,
        list: &Crl,
        certificate: &Certificate,
        issuer: &Certificate,
        signatures: &mut Signatures,
    ) -> Result<Listed, RevocationProblem> {
        let policy = self.community.rules();
        match signatures.check(list.der(), list.fingerprint(), issuer, policy) {
            SignatureCheck::Good => {}
            SignatureCheck::Wrong => return Err(RevocationProblem::Signature),
            SignatureCheck::Algorithm(detail) => return Err(RevocationProblem::SignatureAlgorithm(detail)),
            SignatureCheck::Exhausted => return Err(RevocationProblem::Limit),
        }
        // RFC 5280 §4.2.1.3 asks issuers of lists for the bit; without any key usage nobody vouches for it.
        if issuer.allows(KeyUsage::CrlSign) != Some(true) {
            return Err(RevocationProblem::SignerUsage);
        }
        if list.this_update() > self.now {
            return Err(RevocationProblem::NotYetCurrent { from: shown(list.this_update()) });
        }
        if let Some(why) = list.out_of_scope(certificate) {
            return Err(RevocationProblem::Scope(why));
        }
        let entry =
            list.entry_of(certificate).map_err(|error| RevocationProblem::Malformed(error.to_string()))?;
        let made = list.this_update();
        let until = list.next_update().ok_or(RevocationProblem::NoNextUpdate)?;
        // What was revoked stays so, even where a newer list is due.
        if entry == Entry::NotListed && until <= self.now {
            return Err(RevocationProblem::Expired { at: shown(until) });
        }
        Ok(Listed { entry, made, until })
    }

    fn ask_responders(
        &self,
        certificate: &Certificate,
        issuer: &Certificate,
        signatures: &mut Signatures,
    ) -> Vec<(String, Result<OcspAnswer, RevocationProblem>)> {
        let policy = self.community.rules();
        let mut not_revoked = |responder: &Certificate, signatures: &mut Signatures| {
            let asked = self.ask_lists(responder, issuer, signatures);
            let mut entries =
                asked.iter().filter_map(|(_, result)| Some(&result.as_ref().ok()?.entry)).peekable();
            entries.peek().is_some() && entries.all(|entry| *entry == Entry::NotListed)
        };
        let mut asked = Vec::new();
        for need in ocsp_needs(certificate, issuer) {
            let Some(answer) = self.evidence.answers.get(&need) else { continue };
            let responders = Responders::new(issuer, policy, self.now, signatures, &mut not_revoked);
            let result = ocsp::read(answer, certificate, responders, self.now);
            asked.push((format!("OCSP responder {}", printable(need.url())), result));
        }
        asked
    }

    /// The responder first: its answer is short. The lists if it does not help.
    fn open(&self, certificate: &Certificate, issuer: &Certificate, mut tried: Vec<Tried>) -> Verdict {
        let lists = certificate.crl_urls().iter().map(|url| Need::Crl { url: url.clone() });
        let all: Vec<Need> = ocsp_needs(certificate, issuer).into_iter().chain(lists).collect();
        for need in &all {
            if let Some(problem) = self.evidence.problem(need) {
                tried.push(Tried::new(need, problem.clone()));
            }
        }
        let next = all.iter().find(|need| !self.evidence.is_answered(need)).cloned();
        if let Some(need) = &next
            && self.evidence.fetches() >= self.community.rules().limits_of_work().fetches
        {
            tried.push(Tried::new(need, RevocationProblem::Limit));
            return Verdict::Open { needs: Vec::new(), tried };
        }
        if all.is_empty() && tried.is_empty() {
            tried.push(Tried::at("revocation list", RevocationProblem::NoSource));
        }
        Verdict::Open { needs: next.into_iter().collect(), tried }
    }
}

fn ocsp_needs(certificate: &Certificate, issuer: &Certificate) -> Vec<Need> {
    let urls = certificate.ocsp_urls();
    if urls.is_empty() {
        return Vec::new();
    }
    let Some(request) = ocsp::request(certificate, issuer) else { return Vec::new() };
    urls.iter().map(|url| Need::Ocsp { url: url.clone(), request: request.clone() }).collect()
}

fn revoked(at: UnixTime, reason: &str, source: &str) -> Verdict {
    Verdict::Revoked(format!("revoked at {} ({reason}), says the {source}", shown(at)))
}

fn name_of(list: &Crl, url: Option<&str>) -> String {
    url.map_or_else(
        || format!("revocation list {}", list.label()),
        |url| format!("revocation list {}, made {}", printable(url), shown(list.this_update())),
    )
}
