//! What a token is asked for with.

use url::form_urlencoded::Serializer;

use super::smart_rules::SmartFlow;
use crate::authorize::AuthorizedCode;
use crate::authorize::CodeVerifier;
use crate::credentials::Credentials;
use crate::credentials::Purpose;
use crate::secret::AuthorizationCode;
use crate::secret::GrantAssertion;
use crate::secret::RefreshToken;

/// The scope that SMART Backend Services clients ask for when nothing else is said.
const BACKEND_SCOPE: &str = "system/*.rs";

/// An authorization grant, RFC 6749 §1.3. `Debug` shows no secret.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Grant {
    /// The client itself, RFC 6749 §4.4; with a key it is SMART Backend Services.
    ClientCredentials {
        /// The scope to ask for. Without one a key client asks for `system/*.rs` and a secret client for none.
        scope: Option<String>,
    },
    /// What the user's browser brought back, RFC 6749 §4.1.3.
    AuthorizationCode {
        /// The code; it works once.
        code: AuthorizationCode,
        /// The redirect URI, exactly as the authorization request had it.
        redirect_uri: String,
        /// The verifier whose challenge the authorization request had, RFC 7636 §4.5.
        verifier: Option<CodeVerifier>,
    },
    /// A token for the next token, RFC 6749 §6.
    Refresh {
        /// The refresh token.
        refresh_token: RefreshToken,
        /// Fewer scopes than were granted. Without one none is sent, which means: the same as before.
        scope: Option<String>,
    },
    /// A signed assertion that is itself the grant, RFC 7523 §2.1: the dynamic clients of Epic.
    ///
    /// The assertion proves who asks, so a key client sends its `client_id` beside it and no second assertion.
    JwtBearer {
        /// The assertion.
        assertion: GrantAssertion,
    },
}

impl Grant {
    /// The value of `grant_type`.
    #[must_use]
    pub const fn grant_type(&self) -> &'static str {
        match self {
            Self::ClientCredentials { .. } => "client_credentials",
            Self::AuthorizationCode { .. } => "authorization_code",
            Self::Refresh { .. } => "refresh_token",
            Self::JwtBearer { .. } => "urn:ietf:params:oauth:grant-type:jwt-bearer",
        }
    }

    /// The scope that is sent with these credentials: the one given, else the default. A blank one is none.
    #[must_use]
    pub fn scope<'a>(&'a self, credentials: &Credentials) -> Option<&'a str> {
        match self {
            Self::ClientCredentials { scope } => {
                let given = present(scope.as_deref());
                if credentials.is_signed() { given.or(Some(BACKEND_SCOPE)) } else { given }
            }
            Self::Refresh { scope, .. } => present(scope.as_deref()),
            Self::AuthorizationCode { .. } | Self::JwtBearer { .. } => None,
        }
    }

    /// The flow whose rules the answer is held against.
    #[must_use]
    pub const fn flow(&self) -> SmartFlow {
        match self {
            Self::ClientCredentials { .. } | Self::JwtBearer { .. } => SmartFlow::BackendServices,
            Self::AuthorizationCode { .. } => SmartFlow::AppLaunch,
            Self::Refresh { .. } => SmartFlow::Refresh,
        }
    }

    /// The name of a member that must not be blank and is.
    pub(super) fn blank_member(&self) -> Option<&'static str> {
        let members: [(&'static str, Option<&str>); 2] = match self {
            Self::ClientCredentials { .. } => return None,
            Self::AuthorizationCode { code, redirect_uri, .. } => {
                [("code", Some(code.expose_secret())), ("redirect_uri", Some(redirect_uri))]
            }
            Self::Refresh { refresh_token, .. } => {
                [("refresh_token", Some(refresh_token.expose_secret())), ("", None)]
            }
            Self::JwtBearer { assertion } => [("assertion", Some(assertion.expose_secret())), ("", None)],
        };
        let blank = |value: Option<&str>| value.is_some_and(|text| text.trim().is_empty());
        members.into_iter().find(|(_, value)| blank(*value)).map(|(name, _)| name)
    }

    /// What an assertion beside it is for.
    pub(super) const fn purpose(&self) -> Purpose {
        match self {
            Self::ClientCredentials { .. } => Purpose::Client,
            Self::AuthorizationCode { .. } | Self::Refresh { .. } | Self::JwtBearer { .. } => Purpose::User,
        }
    }

    /// Whether the grant itself proves the client, so that no second assertion goes with it.
    pub(super) const fn is_proof(&self) -> bool {
        match self {
            Self::JwtBearer { .. } => true,
            Self::ClientCredentials { .. } | Self::AuthorizationCode { .. } | Self::Refresh { .. } => false,
        }
    }

    /// Writes the grant's own members.
    pub(super) fn write_form(&self, form: &mut Serializer<'_, String>) {
        match self {
            Self::ClientCredentials { .. } => {}
            Self::AuthorizationCode { code, redirect_uri, verifier } => {
                form.append_pair("code", code.expose_secret());
                form.append_pair("redirect_uri", redirect_uri);
                if let Some(verifier) = verifier {
                    form.append_pair("code_verifier", verifier.expose_secret());
                }
            }
            Self::Refresh { refresh_token, .. } => {
                form.append_pair("refresh_token", refresh_token.expose_secret());
            }
            Self::JwtBearer { assertion } => {
                form.append_pair("assertion", assertion.expose_secret());
            }
        }
    }
}

impl From<&AuthorizedCode> for Grant {
    fn from(authorized: &AuthorizedCode) -> Self {
        Self::AuthorizationCode {
            code: authorized.code.clone(),
            redirect_uri: authorized.redirect_uri.clone(),
            verifier: authorized.verifier.clone(),
        }
    }
}

fn present(scope: Option<&str>) -> Option<&str> {
    scope.map(str::trim).filter(|scope| !scope.is_empty())
}
