//! Whether a client that was refused asks once more.

use super::error::TokenError;
use crate::client_profile::ClientProfile;

/// Whether a client that proves itself anew asks once more after a refusal. Each time it signs another assertion.
///
/// This is for tokens that an assertion alone gets; a code is spent by its first use, so its exchange fails fast.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "once or once more")]
pub enum ReauthPolicy {
    /// The first refusal stands.
    FailFast,
    /// A refusal without a cause is asked once more, as Epic gives some to good credentials now and then.
    OnceMore,
}

impl ClientProfile {
    /// What clients of this profile do.
    #[must_use]
    pub const fn reauth_policy(self) -> ReauthPolicy {
        match self {
            Self::Standard => ReauthPolicy::FailFast,
            Self::EpicDynamic => ReauthPolicy::OnceMore,
        }
    }
}

impl ReauthPolicy {
    /// Whether to ask again after `tried` tries, of which the last failed so.
    #[must_use]
    pub fn asks_again(self, tried: u32, error: &TokenError) -> bool {
        match self {
            Self::FailFast => false,
            Self::OnceMore => tried == 1 && error.is_without_cause(),
        }
    }
}

impl TokenError {
    /// Whether the server refused with 400 and nothing that says why: no code but `invalid_grant`, no description.
    #[must_use]
    pub fn is_without_cause(&self) -> bool {
        let Self::Refused { answer, .. } = self else { return false };
        answer.status == 400
            && answer.error.as_deref().is_none_or(|code| code == "invalid_grant")
            && answer.error_description.is_none()
    }
}
