use safire_jose::ClaimError;
use safire_jose::Expectations;
use serde_json::Map;
use serde_json::Value;

use super::IdTokenError;
use crate::deviation::Deviation;
use crate::deviation::Severity;
use crate::time::UnixTime;

/// Whether an id token must say when it expires.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(clippy::exhaustive_enums, reason = "it must or it need not")]
pub enum Expiry {
    /// Without `exp` the token is refused, OpenID Connect Core §2.
    #[default]
    Required,
    /// Without `exp` it is taken with a deviation, as SMART's own worked example needs it.
    MayBeMissing,
}

/// The times of a token.
#[derive(Debug, Clone, Copy)]
pub(super) struct Times {
    pub(super) expires_at: Option<UnixTime>,
    pub(super) issued_at: Option<UnixTime>,
}

/// The rules for `exp`, `nbf`, `iat` and `auth_time`.
#[derive(Debug, Clone, Copy)]
pub(super) struct TimeRules {
    pub(super) now: UnixTime,
    pub(super) skew: i64,
    pub(super) expiry: Expiry,
    pub(super) max_age: Option<i64>,
}

impl TimeRules {
    /// OpenID Connect Core §3.1.3.7, steps 9, 10 and 13.
    pub(super) fn check(
        &self,
        claims: &Map<String, Value>,
        deviations: &mut Vec<Deviation>,
    ) -> Result<Times, IdTokenError> {
        let expectations = Expectations { skew: self.skew, ..Expectations::at(self.now.as_seconds()) };
        if claims.contains_key("exp") || self.expiry == Expiry::Required {
            expectations.check(claims)?;
        } else {
            deviations.push(missing("exp", Severity::Error, "it never expires"));
            // The other times are held to the same rules.
            let mut others = claims.clone();
            others.insert("exp".to_owned(), Value::from(i64::MAX));
            expectations.check(&others)?;
        }
        let issued_at = time(claims, "iat");
        if issued_at.is_none() {
            deviations.push(missing("iat", Severity::Warning, "its age is unknown"));
        }
        if let Some(limit) = self.max_age {
            self.check_login(claims, limit)?;
        }
        Ok(Times { expires_at: time(claims, "exp"), issued_at })
    }

    /// Whether the login itself is recent enough, where the request had a `max_age`.
    fn check_login(&self, claims: &Map<String, Value>, limit: i64) -> Result<(), IdTokenError> {
        if !claims.contains_key("auth_time") {
            return Err(ClaimError::Missing { claim: "auth_time" }.into());
        }
        let wrong = ClaimError::WrongType { claim: "auth_time", expected: "a number of seconds" };
        let login = time(claims, "auth_time").ok_or(wrong)?;
        let age = self.now.as_seconds().saturating_sub(login.as_seconds());
        if age > limit.saturating_add(self.skew) {
            return Err(IdTokenError::LoginTooOld { age, limit });
        }
        Ok(())
    }
}

/// A `NumericDate`, which may have a fraction (RFC 7519 §2).
fn time(claims: &Map<String, Value>, claim: &str) -> Option<UnixTime> {
    let value = claims.get(claim)?;
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the cast saturates, which is what such a time means"
    )]
    let seconds = value.as_i64().or_else(|| value.as_f64().map(|seconds| seconds.floor() as i64))?;
    Some(UnixTime::from_seconds(seconds))
}

fn missing(claim: &'static str, severity: Severity, consequence: &str) -> Deviation {
    let detail = format!("the id token has no `{claim}`: {consequence}");
    Deviation::new("id-token-time-missing", severity, "OpenID Connect Core §2", detail).of_member(claim)
}
