use std::fmt;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use safire_jose::Algorithm;
use safire_jose::ClaimError;
use safire_jose::Limits;
use safire_jose::UnverifiedJwt;
use safire_jose::VerifiedJwt;
use safire_jose::VerifyError;
use safire_jose::decode;
use serde_json::Map;
use serde_json::Value;

use super::Expiry;
use super::IdTokenError;
use super::KeySet;
use super::ValidIdToken;
use super::access_token_hash;
use super::audience;
use super::key_set::Candidates;
use super::key_set::PreparedKey;
use super::refreshed;
use super::times::TimeRules;
use crate::deviation::Deviation;
use crate::deviation::Severity;
use crate::identifier::ClientId;
use crate::secret::AccessToken;
use crate::secret::IdToken;
use crate::time::UnixTime;

/// What an id token is held against.
///
/// Specification: OpenID Connect Core §3.1.3.7.
#[derive(Clone)]
pub struct IdTokenCheck<'a> {
    issuer: &'a str,
    client_id: &'a ClientId,
    nonce: Option<&'a str>,
    subject: Option<&'a str>,
    first: Option<&'a ValidIdToken>,
    access_token: Option<&'a AccessToken>,
    trusted_audiences: &'a [&'a str],
    algorithms: &'a [Algorithm],
    times: TimeRules,
}

/// How many seconds the clocks may differ, unless it is said otherwise.
pub const DEFAULT_SKEW: i64 = 60;

impl<'a> IdTokenCheck<'a> {
    /// A check for the issuer of the server's metadata, byte for byte, and for this client.
    #[must_use]
    pub const fn new(issuer: &'a str, client_id: &'a ClientId, now: UnixTime) -> Self {
        let times = TimeRules { now, skew: DEFAULT_SKEW, expiry: Expiry::Required, max_age: None };
        Self {
            issuer,
            client_id,
            nonce: None,
            subject: None,
            first: None,
            access_token: None,
            trusted_audiences: &[],
            algorithms: &Algorithm::ALL,
            times,
        }
    }

    /// The `nonce` that the authorization request sent. Without one, the token's is not looked at.
    #[must_use]
    pub const fn nonce(mut self, nonce: &'a str) -> Self {
        self.nonce = Some(nonce);
        self
    }

    /// The `sub` of the token before: a refreshed one must be of the same user, OpenID Connect Core §12.2.
    #[must_use]
    pub const fn subject(mut self, subject: &'a str) -> Self {
        self.subject = Some(subject);
        self
    }

    /// The id token of the login that a refresh continues: the same user, client and login, OpenID Connect Core §12.2.
    #[must_use]
    pub fn refreshed_from(mut self, first: &'a ValidIdToken) -> Self {
        self.first = Some(first);
        self.subject(first.subject())
    }

    /// The access token that came with it: `at_hash`, where the id token has one, must be of this token.
    #[must_use]
    pub const fn access_token(mut self, token: &'a AccessToken) -> Self {
        self.access_token = Some(token);
        self
    }

    /// Other audiences that the token may be for as well. Whoever else is named in `aud` makes it refused.
    #[must_use]
    pub const fn trusted_audiences(mut self, audiences: &'a [&'a str]) -> Self {
        self.trusted_audiences = audiences;
        self
    }

    /// The only algorithms that are taken, such as the one registered as `id_token_signed_response_alg`.
    #[must_use]
    pub const fn algorithms(mut self, algorithms: &'a [Algorithm]) -> Self {
        self.algorithms = algorithms;
        self
    }

    /// How many seconds the clocks may differ; [`DEFAULT_SKEW`] if not said.
    #[must_use]
    pub const fn skew(mut self, seconds: i64) -> Self {
        self.times.skew = seconds;
        self
    }

    /// Whether `exp` must be there.
    #[must_use]
    pub const fn expiry(mut self, expiry: Expiry) -> Self {
        self.times.expiry = expiry;
        self
    }

    /// The `max_age` in seconds that the authorization request sent: the login may be no older.
    #[must_use]
    pub const fn max_age(mut self, seconds: i64) -> Self {
        self.times.max_age = Some(seconds);
        self
    }

    /// Checks the token: form, algorithm, key, signature, then every claim.
    ///
    /// # Errors
    /// [`IdTokenError`] of the first rule that is broken. Where it
    /// [wants fresh keys](IdTokenError::wants_fresh_keys), fetch them once and check again.
    pub fn check(&self, token: &IdToken, keys: &KeySet) -> Result<ValidIdToken, IdTokenError> {
        let jwt = decode(token.expose_secret(), Limits::default())?;
        let algorithm = jwt.alg();
        if !self.algorithms.contains(&algorithm) {
            let allowed = self.algorithms.to_vec();
            return Err(VerifyError::AlgorithmNotAllowed { algorithm, allowed }.into());
        }
        let mut deviations = Vec::new();
        let VerifiedJwt { claims, .. } = self.verify(jwt, keys, &mut deviations)?;
        exact(&claims, "iss", self.issuer)?;
        match self.subject {
            Some(subject) => exact(&claims, "sub", subject)?,
            None => drop(text(&claims, "sub")?),
        }
        audience::check(&claims, self.client_id.as_str(), self.trusted_audiences)?;
        let times = self.times.check(&claims, &mut deviations)?;
        self.check_nonce(&claims)?;
        if let Some(first) = self.first {
            refreshed::check(&claims, first.claims())?;
        }
        if let Some(token) = self.access_token {
            access_token_hash::check(&claims, algorithm, token)?;
        }
        Ok(ValidIdToken::new(algorithm, claims, times, deviations))
    }

    /// Finds the key by the header's `kid` and verifies with it.
    fn verify(
        &self,
        jwt: UnverifiedJwt,
        keys: &KeySet,
        deviations: &mut Vec<Deviation>,
    ) -> Result<VerifiedJwt, IdTokenError> {
        let kid = || jwt.kid().map(str::to_owned);
        let candidates = match keys.candidates(jwt.kid(), jwt.alg()) {
            Candidates::Keys(candidates) => candidates,
            Candidates::Unknown => {
                let known = keys.kids().map(str::to_owned).collect();
                return Err(IdTokenError::UnknownKey { kid: kid(), known });
            }
            Candidates::Unusable(key) => {
                return Err(IdTokenError::UnusableKey { kid: kid(), reason: key.reason.clone() });
            }
            Candidates::OtherAlgorithm => {
                return Err(IdTokenError::KeyForOtherAlgorithm { kid: kid(), found: jwt.alg() });
            }
        };
        let is_chosen = jwt.kid().is_some() && candidates.iter().all(|key| key.is_named());
        if !is_chosen && keys.len() > 1 {
            // OpenID Connect Core §10.1.
            let detail = "the id token or the keys do not say which key signed, although there are several";
            deviations.push(Deviation::new("id-token-key-not-named", Severity::Info, KEYS, detail));
        }
        let tried = candidates.len();
        match self.verify_with_any(jwt, candidates) {
            Err(VerifyError::BadSignature { .. }) if !is_chosen => Err(IdTokenError::NoKeyVerifies { tried }),
            other => Ok(other?),
        }
    }

    fn verify_with_any(
        &self,
        jwt: UnverifiedJwt,
        mut candidates: Vec<&PreparedKey>,
    ) -> Result<VerifiedJwt, VerifyError> {
        // Nearly always there is one, and then nothing is copied.
        let last = candidates.pop();
        for candidate in candidates {
            if let Ok(verified) = jwt.clone().verify(self.algorithms, &candidate.key) {
                return Ok(verified);
            }
        }
        match last {
            Some(last) => jwt.verify(self.algorithms, &last.key),
            None => Err(VerifyError::BadSignature { algorithm: jwt.alg() }),
        }
    }

    fn check_nonce(&self, claims: &Map<String, Value>) -> Result<(), IdTokenError> {
        let Some(expected) = self.nonce else {
            return Ok(());
        };
        let found = text(claims, "nonce")?;
        verify_slices_are_equal(found.as_bytes(), expected.as_bytes()).map_err(|_| IdTokenError::OtherNonce)
    }
}

impl fmt::Debug for IdTokenCheck<'_> {
    /// Without nonce and subject.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IdTokenCheck")
            .field("issuer", &self.issuer)
            .field("client_id", &self.client_id)
            .field("trusted_audiences", &self.trusted_audiences)
            .field("algorithms", &self.algorithms)
            .field("times", &self.times)
            .finish_non_exhaustive()
    }
}

fn text<'c>(claims: &'c Map<String, Value>, claim: &'static str) -> Result<&'c str, ClaimError> {
    let value = claims.get(claim).ok_or(ClaimError::Missing { claim })?;
    let expected = "a string, not empty";
    value.as_str().filter(|text| !text.is_empty()).ok_or(ClaimError::WrongType { claim, expected })
}

fn exact(claims: &Map<String, Value>, claim: &'static str, expected: &str) -> Result<(), ClaimError> {
    let found = text(claims, claim)?;
    if found == expected {
        return Ok(());
    }
    let (found, expected) = (found.to_owned(), expected.to_owned());
    Err(if claim == "iss" {
        ClaimError::WrongIssuer { found, expected }
    } else {
        ClaimError::WrongSubject { found, expected }
    })
}

const KEYS: &str = "OpenID Connect Core §10.1";
