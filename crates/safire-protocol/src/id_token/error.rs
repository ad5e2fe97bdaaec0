use std::borrow::Cow;

use safire_jose::Algorithm;
use safire_jose::ClaimError;
use safire_jose::DecodeError;
use safire_jose::VerifyError;
use thiserror::Error;

use crate::fault::Diagnose;
use crate::fault::Fault;

/// Which rule an id token breaks. Nothing of such a token may be believed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum IdTokenError {
    /// `openid` was granted, and no id token came.
    #[error("no id token came, although `openid` was granted")]
    Absent,
    /// `openid` was not granted, so there is no id token to be checked.
    #[error("no id token came: `openid` was not granted (granted: {})", scope.escape_debug())]
    NotGranted {
        /// What was granted.
        scope: String,
    },
    /// The server's metadata name no issuer, so nobody can be held to have signed.
    #[error("the server's metadata name no `issuer`: no id token of it can be checked ({source_url})")]
    NoIssuer {
        /// The document.
        source_url: String,
    },
    /// It is no strict compact JWT, not signed, or signed with what may not be used.
    #[error("the id token cannot be read: {0}")]
    Unreadable(#[from] DecodeError),
    /// The issuer's keys have none of this name. It may be newer than they are.
    #[error("the id token is signed by {}, the issuer's keys are: {}", named(.kid.as_deref()), listed(known))]
    UnknownKey {
        /// The name in the header.
        kid: Option<String>,
        /// The names of the keys.
        known: Vec<String>,
    },
    /// The issuer's key of this name cannot be used.
    #[error("the id token is signed by {}, which cannot be used: {}", named(.kid.as_deref()), reason.escape_debug())]
    UnusableKey {
        /// The name in the header.
        kid: Option<String>,
        /// Why not.
        reason: String,
    },
    /// The issuer's key of this name is for another algorithm.
    #[error("the id token is signed with {found}, for which {} is not", named(.kid.as_deref()))]
    KeyForOtherAlgorithm {
        /// The name in the header.
        kid: Option<String>,
        /// The algorithm in the header.
        found: Algorithm,
    },
    /// The names do not tell which key signed, and none of those that fit did.
    #[error(
        "the id token does not say by which key it is signed, and none of the {tried} that fit verifies it"
    )]
    NoKeyVerifies {
        /// How many were tried.
        tried: usize,
    },
    /// The signature does not hold, or its algorithm is not allowed.
    #[error("the id token does not verify: {0}")]
    Signature(#[from] VerifyError),
    /// A claim is missing or wrong.
    #[error("the id token is refused: {0}")]
    Claim(#[from] ClaimError),
    /// The token is for somebody else as well, whom nobody said to trust.
    #[error("the id token is also for `{}`, which is not trusted", audience.escape_debug())]
    UntrustedAudience {
        /// Who else.
        audience: String,
    },
    /// The token is for several, and does not say for which of them it was made.
    #[error("the id token has several audiences and no `azp`")]
    NoAuthorizedParty,
    /// The token was made for another client.
    #[error("the id token was made for the client `{}` (`azp`), not for this one", found.escape_debug())]
    OtherAuthorizedParty {
        /// The claim.
        found: String,
    },
    /// The token is not of this login. Neither value is shown.
    #[error("the `nonce` of the id token is not the one that the authorization request sent")]
    OtherNonce,
    /// The token was issued with another access token.
    #[error("the `at_hash` of the id token is not of the access token that came with it")]
    OtherAccessToken,
    /// A refreshed token is not of the login that it should continue, OpenID Connect Core §12.2. No value is shown.
    #[error("the `{claim}` of the refreshed id token is not that of the login")]
    OtherLogin {
        /// The claim that differs.
        claim: &'static str,
    },
    /// The user logged in too long ago.
    #[error("the user logged in {age} s ago, expected at most {limit} s")]
    LoginTooOld {
        /// Seconds since `auth_time`.
        age: i64,
        /// The `max_age` of the request.
        limit: i64,
    },
}

impl IdTokenError {
    /// Why there is no id token in an answer that granted this scope.
    #[must_use]
    pub fn without_token(granted: &str) -> Self {
        if granted.split_ascii_whitespace().any(|scope| scope == "openid") {
            Self::Absent
        } else {
            Self::NotGranted { scope: granted.to_owned() }
        }
    }

    /// Whether the issuer may have changed its keys: fetch them once and check again.
    #[must_use]
    pub const fn wants_fresh_keys(&self) -> bool {
        match self {
            Self::UnknownKey { .. } | Self::NoKeyVerifies { .. } => true,
            Self::Absent
            | Self::NotGranted { .. }
            | Self::NoIssuer { .. }
            | Self::Unreadable(_)
            | Self::UnusableKey { .. }
            | Self::KeyForOtherAlgorithm { .. }
            | Self::Signature(_)
            | Self::Claim(_)
            | Self::UntrustedAudience { .. }
            | Self::NoAuthorizedParty
            | Self::OtherAuthorizedParty { .. }
            | Self::OtherNonce
            | Self::OtherAccessToken
            | Self::OtherLogin { .. }
            | Self::LoginTooOld { .. } => false,
        }
    }
}

impl Diagnose for IdTokenError {
    /// For form, signature and claims the code of the rule itself, such as `token-unsigned` or `claim-expired`.
    fn code(&self) -> &'static str {
        match self {
            Self::Absent => "id-token-absent",
            Self::NotGranted { .. } => "id-token-not-granted",
            Self::NoIssuer { .. } => "id-token-no-issuer",
            Self::Unreadable(error) => error.code(),
            Self::UnknownKey { .. } => "id-token-unknown-key",
            Self::UnusableKey { .. } => "id-token-unusable-key",
            Self::KeyForOtherAlgorithm { .. } => "id-token-key-algorithm",
            Self::NoKeyVerifies { .. } => "id-token-no-key-verifies",
            Self::Signature(error) => error.code(),
            Self::Claim(error) => error.code(),
            Self::UntrustedAudience { .. } => "id-token-untrusted-audience",
            Self::NoAuthorizedParty => "id-token-no-azp",
            Self::OtherAuthorizedParty { .. } => "id-token-azp",
            Self::OtherNonce => "id-token-nonce",
            Self::OtherAccessToken => "id-token-at-hash",
            Self::OtherLogin { .. } => "id-token-other-login",
            Self::LoginTooOld { .. } => "id-token-login-too-old",
        }
    }

    fn fault(&self) -> Fault {
        match self {
            Self::NotGranted { .. } => Fault::Caller,
            Self::UnknownKey { .. }
            | Self::NoKeyVerifies { .. }
            | Self::Signature(_)
            | Self::OtherNonce
            | Self::OtherLogin { .. }
            | Self::OtherAccessToken => Fault::Trust,
            Self::Absent
            | Self::NoIssuer { .. }
            | Self::Unreadable(_)
            | Self::UnusableKey { .. }
            | Self::KeyForOtherAlgorithm { .. }
            | Self::Claim(_)
            | Self::UntrustedAudience { .. }
            | Self::NoAuthorizedParty
            | Self::OtherAuthorizedParty { .. }
            | Self::LoginTooOld { .. } => Fault::Server,
        }
    }

    fn hint(&self) -> Option<Cow<'_, str>> {
        let text = match self {
            Self::Absent => {
                "ask the server's operator why; until then nobody may be taken for logged in by this answer"
            }
            Self::NotGranted { .. } => "ask for `openid` and `fhirUser` in the scope of the login",
            Self::NoIssuer { .. } => {
                "SMART 2.2 demands `issuer` where `sso-openid-connect` is offered: tell the server's operator"
            }
            Self::Unreadable(DecodeError::Unsigned { .. } | DecodeError::Symmetric { .. }) => {
                "only signatures of the issuer's own key pair are taken; a server may offer RS256 for this client"
            }
            Self::UnknownKey { .. } | Self::NoKeyVerifies { .. } => {
                "the issuer may have changed its keys: fetch them again; if they do not have it then, the token is not \
                 from this issuer"
            }
            Self::Claim(ClaimError::WrongIssuer { .. }) => {
                "`iss` must be the `issuer` of the metadata, byte for byte: compare `safire discover`"
            }
            Self::Claim(
                ClaimError::Expired { .. }
                | ClaimError::NotYetValid { .. }
                | ClaimError::IssuedInFuture { .. },
            ) => "compare this machine's clock with the server's",
            Self::OtherNonce | Self::Claim(ClaimError::Missing { claim: "nonce" }) => {
                "the token belongs to another login: begin again"
            }
            Self::OtherLogin { .. } => {
                "the token belongs to another login: use it for nobody, and begin again"
            }
            Self::UntrustedAudience { .. } => "name the other audience as trusted, if it is yours",
            Self::LoginTooOld { .. } => "ask for a new login with `prompt=login`",
            Self::Unreadable(_)
            | Self::UnusableKey { .. }
            | Self::KeyForOtherAlgorithm { .. }
            | Self::Signature(_)
            | Self::Claim(_)
            | Self::NoAuthorizedParty
            | Self::OtherAuthorizedParty { .. }
            | Self::OtherAccessToken => return None,
        };
        Some(Cow::Borrowed(text))
    }
}

fn named(kid: Option<&str>) -> String {
    kid.map_or_else(|| "a key without a name".to_owned(), |kid| format!("the key `{}`", kid.escape_debug()))
}

/// The first few: a set may be long, and its names are the server's.
fn listed(kids: &[String]) -> String {
    let names: Vec<&str> = kids.iter().take(8).map(String::as_str).collect();
    if names.is_empty() { "none".to_owned() } else { names.join(", ").escape_debug().to_string() }
}
