//! Settings that are not usable.

use std::borrow::Cow;

use safire_protocol::client_profile::ClientProfile;
use safire_protocol::fault::Diagnose;
use safire_protocol::fault::Fault;
use safire_protocol::url::UrlError;
use thiserror::Error;

/// Why a setting is not usable.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// These URLs cannot be used.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Urls(Vec<UrlError>),
    /// A refresh is asked of a client whose profile knows no refresh tokens.
    #[error("clients of the profile `{}` have no refresh token; nothing was sent", profile.as_str())]
    ProfileWithoutRefresh {
        /// The profile.
        profile: ClientProfile,
    },
    /// A code is given to another client than the one whose login brought it.
    #[error("this code is of client `{client_id}` at {base}, and was given to another; nothing was sent")]
    OtherClientsCode {
        /// The client whose login brought it.
        client_id: String,
        /// The FHIR base of that login.
        base: String,
    },
    /// A request is to be authorised that does not go to the FHIR server.
    #[error("{url} is not at or below the FHIR base {base}, where the token belongs; nothing was sent")]
    OutsideBase {
        /// The URL, without its query and user information.
        url: String,
        /// The FHIR base.
        base: String,
    },
}

impl Diagnose for ConfigError {
    fn code(&self) -> &'static str {
        match self {
            Self::Urls(_) => "url-not-usable",
            Self::ProfileWithoutRefresh { .. } => "profile-without-refresh",
            Self::OtherClientsCode { .. } => "code-of-another-client",
            Self::OutsideBase { .. } => "outside-fhir-base",
        }
    }

    fn fault(&self) -> Fault {
        Fault::Caller
    }

    fn hint(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Urls(errors) if errors.iter().any(|error| matches!(error, UrlError::NotHttps { .. })) => {
                Some(Cow::Borrowed(
                    "use https; for development on loopback addresses there is `--allow-insecure-localhost`",
                ))
            }
            Self::Urls(errors) if errors.iter().any(|error| error.member() == "base_url") => {
                Some(Cow::Borrowed("a FHIR base looks like https://fhir.example.com/r4"))
            }
            Self::Urls(_) => {
                Some(Cow::Borrowed("give the whole URL, such as https://auth.example.com/register"))
            }
            Self::ProfileWithoutRefresh { .. } => Some(Cow::Borrowed(
                "ask for the next token with a new assertion: `request_jwt_bearer_token`, or `renew_token` for every profile",
            )),
            Self::OtherClientsCode { .. } => Some(Cow::Borrowed(
                "choose the client by what the pending authorization says: its FHIR base and client id",
            )),
            Self::OutsideBase { .. } => {
                Some(Cow::Borrowed("name a path below the base, without dot segments and encoded slashes"))
            }
        }
    }
}
