use std::collections::BTreeMap;

use crate::certificate::Certificate;
use crate::certificate_file::read_certificates;
use crate::chain::Chain;
use crate::crl::Crl;
use crate::need::Need;
use crate::policy::Limits;
use crate::revocation_status::RevocationProblem;

/// What the caller fetched for a verification.
#[derive(Debug, Default)]
pub(crate) struct Evidence {
    pub(crate) issuers: Vec<Certificate>,
    /// Lists, and where each was fetched.
    pub(crate) crls: Vec<(String, Crl)>,
    /// OCSP answers as they came: reading one needs the issuer.
    pub(crate) answers: BTreeMap<Need, Vec<u8>>,
    outcomes: BTreeMap<Need, Option<RevocationProblem>>,
    bytes: usize,
}

impl Evidence {
    /// Keeps what was fetched, or why it is of no use.
    pub(crate) fn keep(&mut self, need: &Need, body: &[u8], limits: &Limits) {
        if self.outcomes.contains_key(need) {
            return;
        }
        let problem = self.read(need, body, limits).err();
        self.outcomes.insert(need.clone(), problem);
    }

    /// Keeps that nothing could be fetched.
    pub(crate) fn keep_failure(&mut self, need: &Need, why: &str) {
        let problem = RevocationProblem::NotFetched(crate::asn1::printable(why));
        self.outcomes.entry(need.clone()).or_insert(Some(problem));
    }

    /// Whether it was asked for and answered, in whatever way.
    pub(crate) fn is_answered(&self, need: &Need) -> bool {
        self.outcomes.contains_key(need)
    }

    /// Why what was fetched is of no use, if it is not.
    pub(crate) fn problem(&self, need: &Need) -> Option<&RevocationProblem> {
        self.outcomes.get(need)?.as_ref()
    }

    /// How much was fetched.
    pub(crate) fn fetches(&self) -> usize {
        self.outcomes.len()
    }

    fn read(&mut self, need: &Need, body: &[u8], limits: &Limits) -> Result<(), RevocationProblem> {
        let limit = limit_of(need, limits).min(limits.fetched_bytes.saturating_sub(self.bytes));
        if body.len() > limit {
            return Err(RevocationProblem::TooLarge { size: body.len(), limit });
        }
        if body.is_empty() {
            return Err(RevocationProblem::Malformed("an empty answer".to_owned()));
        }
        self.bytes += body.len();
        let malformed = |error: &dyn std::error::Error| RevocationProblem::Malformed(error.to_string());
        match need {
            Need::Crl { url } => {
                let lists = Crl::parse(body).map_err(|error| malformed(&error))?;
                self.crls.extend(lists.into_iter().map(|list| (url.clone(), list)));
            }
            Need::Issuer { .. } => {
                let found =
                    read_certificates(body, Chain::MAX_CERTIFICATES).map_err(|error| malformed(&error))?;
                self.issuers.extend(found);
            }
            Need::Ocsp { .. } => {
                self.answers.insert(need.clone(), body.to_vec());
            }
        }
        Ok(())
    }
}

/// The most bytes that are read of an answer.
pub(crate) fn limit_of(need: &Need, limits: &Limits) -> usize {
    match need {
        Need::Crl { .. } => limits.crl_bytes.min(Crl::MAX_BYTES),
        Need::Issuer { .. } => limits.issuer_bytes,
        Need::Ocsp { .. } => limits.ocsp_bytes,
    }
}
