use serde_json::Map;
use serde_json::Value;
use thiserror::Error;

/// What a token's registered claims must say, at a time that the caller gives.
///
/// `exp` is always required. Specification: RFC 7519 §4.1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expectations {
    /// The exact `iss`.
    pub issuer: Option<String>,
    /// `aud` must contain one of these.
    pub audience: Option<Vec<String>>,
    /// The exact `sub`.
    pub subject: Option<String>,
    /// The longest time in seconds from `iat`, or from now, to `exp`.
    pub max_lifetime: Option<i64>,
    /// How many seconds the clocks may differ.
    pub skew: i64,
    /// The current time in seconds since 1970.
    pub now: i64,
    /// Whether `jti` must be there.
    pub jti: JwtId,
}

/// Whether a token must carry a `jti`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum JwtId {
    /// It may be absent.
    #[default]
    Optional,
    /// It must be there, as in every client assertion (RFC 7523 §3, SMART §5.1).
    Required,
}

impl Expectations {
    /// Expects nothing but times that hold at `now`, without skew.
    #[must_use]
    pub const fn at(now: i64) -> Self {
        Self {
            issuer: None,
            audience: None,
            subject: None,
            max_lifetime: None,
            skew: 0,
            now,
            jti: JwtId::Optional,
        }
    }

    /// Checks the claims of a verified token.
    ///
    /// # Errors
    /// [`ClaimError`] of the first claim that is missing or wrong.
    pub fn check(&self, claims: &Map<String, Value>) -> Result<(), ClaimError> {
        self.check_times(claims)?;
        if let Some(expected) = &self.issuer {
            exact(claims, "iss", expected)?;
        }
        if let Some(expected) = &self.subject {
            exact(claims, "sub", expected)?;
        }
        if let Some(accepted) = &self.audience {
            check_audience(claims, accepted)?;
        }
        match (self.jti, claims.get("jti")) {
            (JwtId::Optional, None) => Ok(()),
            (JwtId::Required, None) => Err(ClaimError::Missing { claim: "jti" }),
            (JwtId::Optional | JwtId::Required, Some(value)) => match value.as_str() {
                Some(jti) if !jti.is_empty() => Ok(()),
                _ => Err(ClaimError::WrongType { claim: "jti", expected: "a string, not empty" }),
            },
        }
    }

    fn check_times(&self, claims: &Map<String, Value>) -> Result<(), ClaimError> {
        let Self { now, skew, .. } = *self;
        let exp = date(claims, "exp")?.ok_or(ClaimError::Missing { claim: "exp" })?;
        // RFC 7519 §4.1.4: not on or after `exp`.
        if now >= exp.saturating_add(skew) {
            return Err(ClaimError::Expired { exp, now, skew });
        }
        if let Some(nbf) = date(claims, "nbf")?
            && now.saturating_add(skew) < nbf
        {
            return Err(ClaimError::NotYetValid { nbf, now, skew });
        }
        let iat = date(claims, "iat")?;
        if let Some(iat) = iat
            && now.saturating_add(skew) < iat
        {
            return Err(ClaimError::IssuedInFuture { iat, now, skew });
        }
        if let Some(limit) = self.max_lifetime {
            let remaining = exp.saturating_sub(now).saturating_sub(skew);
            let lifetime = iat.map_or(remaining, |iat| exp.saturating_sub(iat).max(remaining));
            if lifetime > limit {
                return Err(ClaimError::LivesTooLong { lifetime, limit });
            }
        }
        Ok(())
    }
}

/// Which claim is missing or wrong.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ClaimError {
    /// A claim that must be there is not.
    #[error("the token has no `{claim}`")]
    Missing {
        /// Its name.
        claim: &'static str,
    },
    /// A claim has a type that it must not have.
    #[error("the claim `{claim}` must be {expected}")]
    WrongType {
        /// Its name.
        claim: &'static str,
        /// Its type by the specification.
        expected: &'static str,
    },
    /// The token is no longer valid.
    #[error("the token expired (`exp` is {exp}, now is {now}, allowed skew {skew} s)")]
    Expired {
        /// The claim.
        exp: i64,
        /// The time of the check.
        now: i64,
        /// The allowed skew.
        skew: i64,
    },
    /// The token is not valid yet.
    #[error("the token is not valid yet (`nbf` is {nbf}, now is {now}, allowed skew {skew} s)")]
    NotYetValid {
        /// The claim.
        nbf: i64,
        /// The time of the check.
        now: i64,
        /// The allowed skew.
        skew: i64,
    },
    /// The token was issued in the future.
    #[error("the token is issued in the future (`iat` is {iat}, now is {now}, allowed skew {skew} s)")]
    IssuedInFuture {
        /// The claim.
        iat: i64,
        /// The time of the check.
        now: i64,
        /// The allowed skew.
        skew: i64,
    },
    /// The token lives longer than allowed.
    #[error("the token lives {lifetime} s, expected at most {limit} s")]
    LivesTooLong {
        /// Seconds until `exp`.
        lifetime: i64,
        /// The most that is allowed.
        limit: i64,
    },
    /// Another issuer.
    #[error("the issuer is `{}`, expected `{expected}`", found.escape_debug())]
    WrongIssuer {
        /// The claim.
        found: String,
        /// What it must be.
        expected: String,
    },
    /// Another subject.
    #[error("the subject is `{}`, expected `{expected}`", found.escape_debug())]
    WrongSubject {
        /// The claim.
        found: String,
        /// What it must be.
        expected: String,
    },
    /// The token is for somebody else.
    #[error("the audience is `{}`, expected one of `{}`", found.join("`, `").escape_debug(), accepted.join("`, `"))]
    WrongAudience {
        /// The claim.
        found: Vec<String>,
        /// What it may be.
        accepted: Vec<String>,
    },
}

impl ClaimError {
    /// The stable code of this error.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Missing { .. } => "claim-missing",
            Self::WrongType { .. } => "claim-wrong-type",
            Self::Expired { .. } => "claim-expired",
            Self::NotYetValid { .. } => "claim-not-yet-valid",
            Self::IssuedInFuture { .. } => "claim-issued-in-future",
            Self::LivesTooLong { .. } => "claim-lives-too-long",
            Self::WrongIssuer { .. } => "claim-wrong-issuer",
            Self::WrongSubject { .. } => "claim-wrong-subject",
            Self::WrongAudience { .. } => "claim-wrong-audience",
        }
    }
}

fn exact(claims: &Map<String, Value>, claim: &'static str, expected: &str) -> Result<(), ClaimError> {
    let value = claims.get(claim).ok_or(ClaimError::Missing { claim })?;
    let found = value.as_str().ok_or(ClaimError::WrongType { claim, expected: "a string" })?;
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

fn check_audience(claims: &Map<String, Value>, accepted: &[String]) -> Result<(), ClaimError> {
    let value = claims.get("aud").ok_or(ClaimError::Missing { claim: "aud" })?;
    let wrong = ClaimError::WrongType { claim: "aud", expected: "a string or an array of strings" };
    let found: Vec<String> = if let Some(one) = value.as_str() {
        vec![one.to_owned()]
    } else {
        let several = value.as_array().ok_or_else(|| wrong.clone())?;
        several.iter().map(|one| one.as_str().map(str::to_owned)).collect::<Option<_>>().ok_or(wrong)?
    };
    if found.iter().any(|one| accepted.contains(one)) {
        Ok(())
    } else {
        Err(ClaimError::WrongAudience { found, accepted: accepted.to_vec() })
    }
}

/// A `NumericDate`, which may have a fraction (RFC 7519 §2).
fn date(claims: &Map<String, Value>, claim: &'static str) -> Result<Option<i64>, ClaimError> {
    let Some(value) = claims.get(claim) else {
        return Ok(None);
    };
    if let Some(seconds) = value.as_i64() {
        return Ok(Some(seconds));
    }
    let seconds = value.as_f64().ok_or(ClaimError::WrongType { claim, expected: "a number of seconds" })?;
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the cast saturates, which is what a time that far off means"
    )]
    let whole = seconds.floor() as i64;
    Ok(Some(whole))
}
