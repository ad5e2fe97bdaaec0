//! Why client metadata are not sent.

use std::borrow::Cow;

use thiserror::Error;

use crate::fault::Diagnose;
use crate::fault::Fault;
use crate::url::UrlError;

/// A local rule that client metadata break; nothing was sent.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum MetadataError {
    /// A member of another JSON kind than RFC 7591 §2 gives it.
    #[error("client metadata: `{member}` is {seen}, expected {expected}")]
    WrongKind {
        /// The member.
        member: String,
        /// What it must be.
        expected: &'static str,
        /// What it is.
        seen: &'static str,
    },
    /// A grant that sends the user back, and nowhere to send the user.
    #[error("client metadata: the grant `{grant}` needs `redirect_uris`, which are missing or empty")]
    RedirectUrisNeeded {
        /// The grant.
        grant: &'static str,
    },
    /// `private_key_jwt` without a public key.
    #[error("client metadata: `private_key_jwt` needs `jwks` or `jwks_uri`, and neither holds a key")]
    KeysNeeded,
    /// A dynamic client of Epic that does not say of which app it is.
    #[error(
        "client metadata: a dynamic client needs `software_id`, the client id of the app, and it is blank"
    )]
    SoftwareIdNeeded,
    /// Keys by value and by reference at once.
    #[error("client metadata: `jwks` and `jwks_uri` are both given, and exclude each other")]
    KeysTwice,
    /// Something else than a JWK Set.
    #[error("client metadata: `jwks` is not a JWK Set: {reason}")]
    NotAJwkSet {
        /// What is missing.
        reason: &'static str,
    },
    /// A key set that would give a private key away.
    #[error("client metadata: `jwks` holds private members: {}", members.join(", "))]
    PrivateMember {
        /// The names of the private members.
        members: Vec<String>,
    },
    /// A redirect URI that no server should accept.
    #[error("client metadata: the redirect URI {uri:?} {reason}")]
    RedirectUri {
        /// The URI without its query.
        uri: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A URL that is malformed or not https.
    #[error("client metadata: {0}")]
    Url(#[from] UrlError),
}

impl Diagnose for MetadataError {
    fn code(&self) -> &'static str {
        match self {
            Self::WrongKind { .. } => "metadata-wrong-kind",
            Self::RedirectUrisNeeded { .. } => "metadata-redirect-uris-needed",
            Self::KeysNeeded => "metadata-keys-needed",
            Self::SoftwareIdNeeded => "metadata-software-id-needed",
            Self::KeysTwice => "metadata-keys-twice",
            Self::NotAJwkSet { .. } => "metadata-not-a-jwk-set",
            Self::PrivateMember { .. } => "metadata-private-key",
            Self::RedirectUri { .. } => "metadata-redirect-uri",
            Self::Url(_) => "metadata-url",
        }
    }

    fn fault(&self) -> Fault {
        Fault::Caller
    }

    fn hint(&self) -> Option<Cow<'_, str>> {
        Some(Cow::Borrowed(match self {
            Self::WrongKind { .. } => "write the member as RFC 7591 §2 gives it",
            Self::RedirectUrisNeeded { .. } => {
                "add a redirect URI, or name other grants: without `grant_types` a server takes \
                 `authorization_code` (RFC 7591 §2)"
            }
            Self::KeysNeeded => "give a key, whose public half is sent as `jwks`, or a `jwks_uri`",
            Self::SoftwareIdNeeded => {
                "give the client id that the app has at the vendor, with which users log in"
            }
            Self::KeysTwice => "leave one of them out (RFC 7591 §2)",
            Self::NotAJwkSet { .. } => "write `{\"keys\": [...]}` with public keys (RFC 7517 §5)",
            Self::PrivateMember { .. } => {
                "send the public half only; a private key that left this machine must be replaced"
            }
            Self::RedirectUri { .. } => {
                "use https, http on a loopback address, or a private-use scheme such as com.example.app:/callback"
            }
            Self::Url(_) => "use https; http is for loopback addresses, with the opt-in",
        }))
    }
}
