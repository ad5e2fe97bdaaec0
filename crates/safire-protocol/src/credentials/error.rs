//! Why a client cannot prove itself.

use std::borrow::Cow;

use safire_jose::Algorithm;
use thiserror::Error;

use crate::auth_method::AuthMethod;
use crate::fault::Diagnose;
use crate::fault::Fault;
use crate::url::UrlError;

/// Why credentials cannot be made or used; found before anything is sent.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CredentialsError {
    /// The method needs a secret and there is none.
    #[error("`{method}` needs a `client_secret`, and there is none")]
    MissingSecret {
        /// The method named.
        method: AuthMethod,
    },
    /// The method needs a key and none was given.
    #[error("`private_key_jwt` needs a private key, and none was given")]
    MissingKey,
    /// The key has no identifier.
    #[error("`private_key_jwt` needs a `kid`, and the key's is blank")]
    MissingKid,
    /// A method that is not spoken here.
    #[error("the client is registered with the authentication method `{}`, which Safire does not speak", clip(.method.as_str()))]
    UnknownMethod {
        /// The method named.
        method: AuthMethod,
    },
    /// The key cannot sign by this algorithm.
    #[error("the key cannot sign `{}`; it can sign {}", .algorithm.as_str(), names(.possible))]
    AlgorithmNotOfKey {
        /// The algorithm asked for.
        algorithm: Algorithm,
        /// What the key can do.
        possible: Vec<Algorithm>,
    },
    /// A lifetime after which the assertion is expired at once.
    #[error("an assertion lifetime of {seconds} seconds was asked for; it is between 1 and 300")]
    Lifetime {
        /// What was asked for.
        seconds: i64,
    },
    /// An audience with nothing in it.
    #[error("the audience of the assertion is blank")]
    BlankAudience,
    /// The `jku` is not usable.
    #[error("the `jku` of the assertion is not usable: {0}")]
    Jku(UrlError),
    /// The parts of a raw Basic header could not be told apart.
    #[error("the `client_id` has a colon, so raw Basic encoding cannot carry it (RFC 7617 §2)")]
    ColonInRawId,
    /// The server takes no token request without this extension object.
    #[cfg(feature = "udap")]
    #[error(
        "the server requires the authorization extension `{name}` in this token request, and it was not given"
    )]
    ExtensionMissing {
        /// Its key name.
        name: String,
    },
    /// The purpose of use is not the one that the client is registered for.
    #[cfg(feature = "udap")]
    #[error("the client is registered for the exchange purpose `{registered}`, and `purpose_of_use` must be that alone; given: {}", .given.join(", "))]
    OtherPurpose {
        /// The code in the client's URI.
        registered: String,
        /// What `purpose_of_use` says.
        given: Vec<String>,
    },
}

impl Diagnose for CredentialsError {
    fn code(&self) -> &'static str {
        match self {
            Self::MissingSecret { .. } => "client-secret-missing",
            Self::MissingKey => "private-key-missing",
            Self::MissingKid => "kid-missing",
            Self::UnknownMethod { .. } => "auth-method-unknown",
            Self::AlgorithmNotOfKey { .. } => "algorithm-not-of-key",
            Self::Lifetime { .. } => "assertion-lifetime",
            Self::BlankAudience => "assertion-audience-blank",
            Self::Jku(_) => "jku-not-usable",
            Self::ColonInRawId => "client-id-not-raw",
            #[cfg(feature = "udap")]
            Self::ExtensionMissing { .. } => "authorization-extension-missing",
            #[cfg(feature = "udap")]
            Self::OtherPurpose { .. } => "exchange-purpose-differs",
        }
    }

    fn fault(&self) -> Fault {
        match self {
            // The server named a method and did not give what it takes, or one that nobody asked for.
            Self::MissingSecret { .. } | Self::UnknownMethod { .. } => Fault::Server,
            Self::MissingKey
            | Self::MissingKid
            | Self::AlgorithmNotOfKey { .. }
            | Self::Lifetime { .. }
            | Self::BlankAudience
            | Self::Jku(_)
            | Self::ColonInRawId => Fault::Caller,
            #[cfg(feature = "udap")]
            Self::ExtensionMissing { .. } | Self::OtherPurpose { .. } => Fault::Caller,
        }
    }

    fn hint(&self) -> Option<Cow<'_, str>> {
        let text = match self {
            Self::MissingSecret { .. } => {
                "the server did not issue a secret: register again with the method `private_key_jwt` or `none`, or give the secret by hand with `safire registration add`"
            }
            Self::MissingKey => "give the private key whose public half is registered, with `--key FILE`",
            Self::MissingKid => {
                "name the key as the server's copy of the JWK Set names it; the RFC 7638 thumbprint is the usual choice"
            }
            Self::UnknownMethod { .. } => {
                "register again with `--auth-method private_key_jwt`, `client_secret_basic`, `client_secret_post` or `none`"
            }
            Self::AlgorithmNotOfKey { .. } => {
                "choose an algorithm of the key's family, or another key: RS384 needs RSA, ES384 needs P-384"
            }
            Self::Lifetime { .. } => "SMART allows at most five minutes; leave it out for four",
            Self::BlankAudience => "leave it out for the token endpoint's URL",
            Self::Jku(_) => "use the https URL of the JWK Set that was registered, or leave it out",
            Self::ColonInRawId => "use form encoding, or `client_secret_post` if the server accepts it",
            #[cfg(feature = "udap")]
            Self::ExtensionMissing { .. } => {
                "nothing was sent: give the object with the credentials; for `hl7-b2b` say who asks, for which organization and why"
            }
            #[cfg(feature = "udap")]
            Self::OtherPurpose { .. } => {
                "nothing was sent: each exchange purpose has a registration, a certificate and a client id of its own; use those of this purpose"
            }
        };
        Some(Cow::Borrowed(text))
    }
}

fn names(algorithms: &[Algorithm]) -> String {
    algorithms.iter().map(|algorithm| algorithm.as_str()).collect::<Vec<_>>().join(", ")
}

/// A method's name comes from the server: no control characters, no page of text.
fn clip(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(60).collect()
}
