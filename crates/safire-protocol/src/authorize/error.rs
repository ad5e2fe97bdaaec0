//! Why no authorization request is made; nothing was sent.

use std::borrow::Cow;

use thiserror::Error;

use crate::fault::Diagnose;
use crate::fault::Fault;
use crate::registration::MetadataError;
use crate::url::UrlError;

/// Why no authorization request is made; nothing was sent.
#[derive(Debug, Clone, Error)]
#[non_exhaustive]
pub enum AuthorizeError {
    /// The authorization or the token endpoint may not be used.
    #[error("the user cannot be sent there: {0}")]
    Endpoint(UrlError),
    /// The redirect URI may not be used.
    #[error(transparent)]
    RedirectUri(MetadataError),
    /// A parameter that has to say something says nothing.
    #[error("`{parameter}` is blank")]
    Blank {
        /// The parameter.
        parameter: &'static str,
    },
    /// A further parameter has a name that the request itself uses.
    #[error("`{name}` was given as a further parameter; the request sets it itself")]
    Reserved {
        /// The name.
        name: String,
    },
    /// A parameter would stand in the request twice, RFC 6749 §3.1.
    #[error(
        "`{name}` would be sent twice: it is in the endpoint's own query or was given twice (RFC 6749 §3.1)"
    )]
    Doubled {
        /// The name.
        name: String,
    },
    /// The identity provider that the user shall log in at is no https URL.
    #[cfg(feature = "udap")]
    #[error("the identity provider cannot be named: {0}")]
    IdentityProvider(UrlError),
    /// PKCE is required and the server does not say that it can do it.
    #[error("PKCE by `S256` is required, and the server's `code_challenge_methods_supported` {}", shown(.listed.as_deref()))]
    PkceNotAdvertised {
        /// What the server lists; `None` where it does not say.
        listed: Option<Vec<String>>,
    },
}

impl Diagnose for AuthorizeError {
    fn code(&self) -> &'static str {
        match self {
            Self::Endpoint(_) => "authorization-endpoint-refused",
            Self::RedirectUri(error) => error.code(),
            Self::Blank { .. } => "authorization-parameter-blank",
            Self::Reserved { .. } => "authorization-parameter-reserved",
            Self::Doubled { .. } => "authorization-parameter-doubled",
            #[cfg(feature = "udap")]
            Self::IdentityProvider(_) => "identity-provider-not-usable",
            Self::PkceNotAdvertised { .. } => "pkce-not-advertised",
        }
    }

    fn fault(&self) -> Fault {
        match self {
            Self::Endpoint(_) | Self::PkceNotAdvertised { .. } => Fault::Server,
            Self::RedirectUri(_) | Self::Blank { .. } | Self::Reserved { .. } | Self::Doubled { .. } => {
                Fault::Caller
            }
            #[cfg(feature = "udap")]
            Self::IdentityProvider(_) => Fault::Caller,
        }
    }

    fn hint(&self) -> Option<Cow<'_, str>> {
        let text = match self {
            Self::Endpoint(_) => {
                "both endpoints are https, and the authorization endpoint has no fragment: compare `safire discover`"
            }
            Self::RedirectUri(error) => return error.hint(),
            Self::Blank { parameter: "scope" } => {
                "say what the app needs, such as `launch/patient patient/*.rs openid fhirUser`"
            }
            Self::Blank { parameter: "launch" } => {
                "an EHR launch has a `launch` value in the app's launch URL; a standalone launch has none at all"
            }
            Self::Blank { .. } => "leave it out, or give it a value",
            Self::Reserved { .. } => "use the setting of that name",
            Self::Doubled { .. } => "leave the parameter out: the endpoint's own query has it already",
            #[cfg(feature = "udap")]
            Self::IdentityProvider(_) => "give the base URL of the provider: the `iss` of its id tokens",
            Self::PkceNotAdvertised { .. } => {
                "several servers support S256 without saying so: the default policy sends it to them all the same"
            }
        };
        Some(Cow::Borrowed(text))
    }
}

fn shown(methods: Option<&[String]>) -> String {
    match methods {
        None => "is absent".to_owned(),
        Some([]) => "is empty".to_owned(),
        Some(methods) => {
            let names: Vec<&str> = methods.iter().take(8).map(String::as_str).collect();
            let text: String = names.join(", ").chars().filter(|c| !c.is_control()).take(120).collect();
            format!("lists {text}")
        }
    }
}
