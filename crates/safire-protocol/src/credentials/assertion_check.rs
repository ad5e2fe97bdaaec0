//! The server side of a client assertion, RFC 7523 §3 and SMART App Launch 2.2 "Asymmetric client authentication".
//!
//! A client never needs it; the sandbox and tests do. Whether the `jti` was seen before is for the caller to know.

use std::borrow::Cow;

use safire_jose::Algorithm;
use safire_jose::ClaimError;
use safire_jose::DecodeError;
use safire_jose::Expectations;
use safire_jose::Jwk;
use safire_jose::JwtId;
use safire_jose::KeyError;
use safire_jose::Limits;
use safire_jose::UnverifiedJwt;
use safire_jose::VerifiedJwt;
use safire_jose::VerifyError;
use safire_jose::decode;
use thiserror::Error;

use crate::fault::Diagnose;
use crate::fault::Fault;
use crate::identifier::ClientId;
use crate::time::UnixTime;

/// What an assertion is held against.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::exhaustive_structs, reason = "plain arguments, named")]
pub struct AssertionCheck<'a> {
    /// The client that must have made it: its `iss` and `sub`.
    pub client_id: &'a ClientId,
    /// The keys that the client registered.
    pub keys: &'a [Jwk],
    /// What `aud` may be: the token endpoint's URL, the issuer.
    pub audiences: &'a [&'a str],
    /// The algorithms that are taken.
    pub algorithms: &'a [Algorithm],
    /// The present time.
    pub now: UnixTime,
}

/// An assertion that holds; its `jti` is still to be looked up among those used before.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CheckedAssertion {
    /// The unique id, RFC 7519 §4.1.7.
    pub jti: String,
    /// When it expires.
    pub exp: UnixTime,
}

impl AssertionCheck<'_> {
    /// Checks everything that one assertion by itself can show.
    ///
    /// # Errors
    /// [`AssertionError`] of the first rule that is broken.
    pub fn check(&self, token: &str) -> Result<CheckedAssertion, AssertionError> {
        let jwt = decode(token, Limits::default())?;
        check_type(&jwt)?;
        let verified = self.verify(jwt)?;
        let text = |claim: &str| verified.claims.get(claim).and_then(serde_json::Value::as_str);
        Expectations {
            issuer: Some(self.client_id.as_str().to_owned()),
            subject: Some(self.client_id.as_str().to_owned()),
            audience: Some(self.audiences.iter().map(|&audience| audience.to_owned()).collect()),
            // SMART: `exp` no more than five minutes ahead; the skew is allowed on top, and only here.
            max_lifetime: None,
            skew: SKEW,
            now: self.now.as_seconds(),
            jti: JwtId::Required,
        }
        .check(&verified.claims)?;
        let exp = verified.claims.get("exp").and_then(whole_seconds).unwrap_or(i64::MAX);
        let ahead = exp.saturating_sub(self.now.as_seconds());
        if ahead > LIFETIME + SKEW {
            return Err(AssertionError::TooFarAhead { seconds: ahead });
        }
        let jti = text("jti").filter(|jti| !jti.is_empty()).ok_or(AssertionError::EmptyJwtId)?;
        Ok(CheckedAssertion { jti: jti.to_owned(), exp: UnixTime::from_seconds(exp) })
    }

    /// Verifies with the registered key that the header names.
    fn verify(&self, jwt: UnverifiedJwt) -> Result<VerifiedJwt, AssertionError> {
        // SMART requires `kid` in the header.
        let kid = jwt.kid().ok_or(AssertionError::NoKeyId)?;
        let mut candidates = self.keys.iter().filter(|key| key.kid() == Some(kid));
        let unknown = || AssertionError::UnknownKeyId {
            kid: kid.to_owned(),
            registered: self.keys.iter().filter_map(|key| key.kid().map(str::to_owned)).collect(),
        };
        // RFC 7517 §4.5: keys of different kinds may share a `kid`.
        let key = candidates
            .clone()
            .find(|key| key.kind().algorithms().contains(&jwt.alg()))
            .or_else(|| candidates.next())
            .ok_or_else(unknown)?;
        if let Some(intended) = key.algorithm()
            && intended != jwt.alg().as_str()
        {
            // RFC 7517 §4.4: `alg` is the algorithm that the key is intended for.
            return Err(AssertionError::OtherAlgorithm { found: jwt.alg(), intended: intended.to_owned() });
        }
        let key = key.verifying_key()?;
        Ok(jwt.verify(self.algorithms, &key)?)
    }
}

/// The client that an assertion says it is from, before anything is verified: only to find that client's keys.
///
/// # Errors
/// [`AssertionError::Unreadable`] and [`AssertionError::NoIssuer`].
pub fn unverified_issuer(token: &str) -> Result<String, AssertionError> {
    let jwt = decode(token, Limits::default())?;
    let issuer = jwt.claims_unverified().get("iss").and_then(serde_json::Value::as_str);
    issuer.map(str::to_owned).ok_or(AssertionError::NoIssuer)
}

/// Which rule an assertion breaks.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum AssertionError {
    /// It is no strict compact JWT.
    #[error("the client assertion cannot be read: {0}")]
    Unreadable(#[from] DecodeError),
    /// The header's `typ` is not `JWT` (SMART requires it).
    #[error("the client assertion has the type `{}`, expected `JWT`", .0.escape_debug())]
    WrongType(String),
    /// There is no `iss`.
    #[error("the client assertion has no `iss`, expected the client id")]
    NoIssuer,
    /// The header has no `kid`.
    #[error("the client assertion has no `kid` in its header")]
    NoKeyId,
    /// No registered key has this `kid`.
    #[error("the client assertion is signed by the key `{}`, registered are: {}", kid.escape_debug(), registered.join(", "))]
    UnknownKeyId {
        /// The one named.
        kid: String,
        /// The ones registered.
        registered: Vec<String>,
    },
    /// The key was registered for another algorithm.
    #[error("the client assertion is signed with {found}, its key is registered for `{}`", intended.escape_debug())]
    OtherAlgorithm {
        /// The header's algorithm.
        found: Algorithm,
        /// The key's.
        intended: String,
    },
    /// The registered key is no key.
    #[error("the registered key cannot be used: {0}")]
    Key(#[from] KeyError),
    /// The signature does not hold.
    #[error("the client assertion does not verify: {0}")]
    Signature(#[from] VerifyError),
    /// A claim is missing or wrong.
    #[error("the client assertion is refused: {0}")]
    Claim(#[from] ClaimError),
    /// The expiry is too far ahead.
    #[error("the client assertion expires in {seconds} s, expected at most 300")]
    TooFarAhead {
        /// Seconds from now to `exp`.
        seconds: i64,
    },
    /// The `jti` is empty.
    #[error("the client assertion has an empty `jti`")]
    EmptyJwtId,
}

impl Diagnose for AssertionError {
    fn code(&self) -> &'static str {
        match self {
            Self::Unreadable(_) => "assertion-unreadable",
            Self::WrongType(_) => "assertion-type",
            Self::NoIssuer => "assertion-no-issuer",
            Self::NoKeyId => "assertion-no-kid",
            Self::UnknownKeyId { .. } => "assertion-unknown-kid",
            Self::OtherAlgorithm { .. } => "assertion-algorithm",
            Self::Key(_) => "assertion-key",
            Self::Signature(_) => "assertion-signature",
            Self::Claim(_) => "assertion-claim",
            Self::TooFarAhead { .. } => "assertion-too-far-ahead",
            Self::EmptyJwtId => "assertion-no-jti",
        }
    }

    fn fault(&self) -> Fault {
        Fault::Caller
    }

    fn hint(&self) -> Option<Cow<'_, str>> {
        let text = match self {
            Self::UnknownKeyId { .. } => "register the public key under the `kid` that the header names",
            Self::TooFarAhead { .. } => {
                "make an assertion for each call, and let it live less than five minutes"
            }
            Self::Unreadable(_)
            | Self::WrongType(_)
            | Self::NoIssuer
            | Self::NoKeyId
            | Self::OtherAlgorithm { .. }
            | Self::Key(_)
            | Self::Signature(_)
            | Self::Claim(_)
            | Self::EmptyJwtId => return None,
        };
        Some(Cow::Borrowed(text))
    }
}

/// RFC 7519 §5.1 lets the value be in any case.
fn check_type(jwt: &UnverifiedJwt) -> Result<(), AssertionError> {
    let found = jwt.header().get("typ").and_then(serde_json::Value::as_str).unwrap_or_default();
    if found.eq_ignore_ascii_case("JWT") { Ok(()) } else { Err(AssertionError::WrongType(found.to_owned())) }
}

/// A `NumericDate` may have a fraction (RFC 7519 §2); the second it falls into counts.
fn whole_seconds(value: &serde_json::Value) -> Option<i64> {
    #[expect(clippy::cast_possible_truncation, reason = "the cast saturates, which refuses the assertion")]
    value.as_i64().or_else(|| value.as_f64().map(|seconds| seconds.ceil() as i64))
}

/// SMART: at most five minutes.
const LIFETIME: i64 = 300;
/// How far the clocks may differ.
const SKEW: i64 = 30;
