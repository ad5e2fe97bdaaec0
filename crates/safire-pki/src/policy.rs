use rustls_pki_types::SignatureVerificationAlgorithm;

use crate::signature_algorithm::SignatureAlgorithm;

/// What is asked of a path beyond RFC 5280, and how much work one verification may make.
///
/// The default is strict: revocation is known for every certificate below the anchor, or the path is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    revocation: Revocation,
    algorithms: Vec<SignatureAlgorithm>,
    minimum_rsa_bits: usize,
    limits: Limits,
}

/// What to do about revocation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Revocation {
    /// Every certificate below the anchor must be known not to be revoked: no list, no trust.
    Required,
    /// A revoked certificate is refused; one of which nothing can be learnt is accepted.
    UnknownAccepted,
    /// Nothing is checked.
    NotCheckedForTesting,
}

/// How much one verification may read, fetch and compute.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Intermediates between leaf and anchor. More than 6 are never followed.
    pub intermediates: usize,
    /// Things fetched.
    pub fetches: usize,
    /// Bytes of one revocation list.
    pub crl_bytes: usize,
    /// Bytes of one answer with issuers.
    pub issuer_bytes: usize,
    /// Bytes of one OCSP answer.
    pub ocsp_bytes: usize,
    /// Bytes of everything fetched.
    pub fetched_bytes: usize,
    /// Signatures checked.
    pub signatures: usize,
    /// Steps of the search for a path.
    pub search_steps: usize,
}

impl Policy {
    /// The strict policy, which is also the default.
    #[must_use]
    pub fn strict() -> Self {
        Self {
            revocation: Revocation::Required,
            algorithms: SignatureAlgorithm::ALL.to_vec(),
            minimum_rsa_bits: SMALLEST_RSA,
            limits: Limits::default(),
        }
    }

    /// Accepts a certificate of which no list and no responder tells anything. A revoked one is still refused.
    #[must_use]
    pub fn accepting_unknown_revocation_status(mut self) -> Self {
        self.revocation = Revocation::UnknownAccepted;
        self
    }

    /// Does not look at revocation at all. Dates, signatures, anchors and every other rule stay.
    ///
    /// For tests and demonstrations: who uses it trusts certificates whose keys are known to be stolen.
    #[must_use]
    pub fn without_revocation_checks_for_testing(mut self) -> Self {
        self.revocation = Revocation::NotCheckedForTesting;
        self
    }

    /// Allows only these signature algorithms.
    #[must_use]
    pub fn signature_algorithms(mut self, algorithms: impl IntoIterator<Item = SignatureAlgorithm>) -> Self {
        self.algorithms = algorithms.into_iter().collect();
        self
    }

    /// Asks for longer RSA keys. Less than 2048 bits cannot be asked for.
    #[must_use]
    pub fn minimum_rsa_bits(mut self, bits: usize) -> Self {
        self.minimum_rsa_bits = bits.max(SMALLEST_RSA);
        self
    }

    /// Sets the limits.
    #[must_use]
    pub const fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// What it does about revocation.
    #[must_use]
    pub const fn revocation(&self) -> Revocation {
        self.revocation
    }

    /// The limits.
    #[must_use]
    pub const fn limits_of_work(&self) -> &Limits {
        &self.limits
    }

    pub(crate) const fn smallest_rsa(&self) -> usize {
        self.minimum_rsa_bits
    }

    pub(crate) fn allowed(&self) -> &[SignatureAlgorithm] {
        &self.algorithms
    }

    pub(crate) fn implementations(
        &self,
    ) -> impl Iterator<Item = &'static dyn SignatureVerificationAlgorithm> + '_ {
        self.algorithms.iter().flat_map(|algorithm| algorithm.implementations()).copied()
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self::strict()
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            intermediates: MAX_INTERMEDIATES,
            fetches: 16,
            crl_bytes: 16 * 1024 * 1024,
            issuer_bytes: 256 * 1024,
            ocsp_bytes: 64 * 1024,
            fetched_bytes: 32 * 1024 * 1024,
            signatures: 128,
            search_steps: 512,
        }
    }
}

/// rustls-webpki follows no longer path.
pub(crate) const MAX_INTERMEDIATES: usize = 6;
const SMALLEST_RSA: usize = 2048;
