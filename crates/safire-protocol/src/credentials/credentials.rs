//! How a client proves itself at the token endpoint.

use http::HeaderValue;
use url::Url;
use url::form_urlencoded::Serializer;

use super::assertion::AssertionProfile;
use super::assertion::Audience;
use super::basic::BasicEncoding;
use super::basic::ClientIdInBody;
use super::basic::SecretPlacement;
use super::error::CredentialsError;
use crate::auth_method::AuthMethod;
use crate::identifier::ClientId;
use crate::secret::ClientSecret;

/// How a client proves itself: made from a registration, or by hand for one that was registered in a portal.
///
/// `Debug` prints no secret. The private key is not in here: whoever has it signs what
/// [`crate::token::TokenRequest::assertion`] returns.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Credentials {
    /// A public client: its name and no proof.
    Public {
        /// The client.
        client_id: ClientId,
    },
    /// A secret that client and server share, RFC 6749 §2.3.1.
    Secret {
        /// The client.
        client_id: ClientId,
        /// The secret.
        secret: ClientSecret,
        /// Where it goes.
        placement: SecretPlacement,
    },
    /// A signed assertion, RFC 7523 §2.2.
    PrivateKeyJwt(AssertionProfile),
}

impl Credentials {
    /// A secret client that sends its secret in a form-encoded `Authorization: Basic` header, RFC 6749 §2.3.1.
    #[must_use]
    pub const fn basic(client_id: ClientId, secret: ClientSecret) -> Self {
        Self::Secret { client_id, secret, placement: SecretPlacement::Basic(BasicEncoding::Form) }
    }

    /// The client.
    #[must_use]
    pub const fn client_id(&self) -> &ClientId {
        match self {
            Self::Public { client_id } | Self::Secret { client_id, .. } => client_id,
            Self::PrivateKeyJwt(profile) => profile.client_id(),
        }
    }

    /// The registered name of this way.
    #[must_use]
    pub const fn method(&self) -> AuthMethod {
        match self {
            Self::Public { .. } => AuthMethod::None,
            Self::Secret { placement: SecretPlacement::Post, .. } => AuthMethod::ClientSecretPost,
            Self::Secret {
                placement: SecretPlacement::Basic(_) | SecretPlacement::BasicWithClientId(_),
                ..
            } => AuthMethod::ClientSecretBasic,
            Self::PrivateKeyJwt(_) => AuthMethod::PrivateKeyJwt,
        }
    }

    /// The `Authorization` header, where the proof is in it.
    pub(crate) fn header(&self) -> Result<Option<HeaderValue>, CredentialsError> {
        match self {
            Self::Secret {
                client_id,
                secret,
                placement: SecretPlacement::Basic(encoding) | SecretPlacement::BasicWithClientId(encoding),
            } => encoding.header(client_id, secret).map(Some),
            Self::Public { .. }
            | Self::Secret { placement: SecretPlacement::Post, .. }
            | Self::PrivateKeyJwt(_) => Ok(None),
        }
    }

    /// Writes what of the proof goes into the form, except for the assertion.
    pub(crate) fn write_form(&self, form: &mut Serializer<'_, String>) {
        match self {
            Self::Public { client_id }
            | Self::Secret { client_id, placement: SecretPlacement::BasicWithClientId(_), .. } => {
                form.append_pair("client_id", client_id.as_str());
            }
            Self::Secret { client_id, secret, placement: SecretPlacement::Post } => {
                form.append_pair("client_id", client_id.as_str());
                form.append_pair("client_secret", secret.expose_secret());
            }
            Self::PrivateKeyJwt(profile) if profile.client_id_in_body() == ClientIdInBody::Sent => {
                form.append_pair("client_id", profile.client_id().as_str());
            }
            Self::Secret { placement: SecretPlacement::Basic(_), .. } | Self::PrivateKeyJwt(_) => {}
        }
    }

    /// What the client's assertions say, where it signs any.
    pub(crate) const fn assertion_profile(&self) -> Option<&AssertionProfile> {
        match self {
            Self::PrivateKeyJwt(profile) => Some(profile),
            Self::Public { .. } | Self::Secret { .. } => None,
        }
    }

    /// Whom the assertion is for, for the hint of a refusal.
    pub(crate) fn audience<'a>(&'a self, endpoint: &'a Url) -> Option<&'a str> {
        match self {
            Self::PrivateKeyJwt(profile) => Some(match profile.audience() {
                Audience::TokenEndpoint => endpoint.as_str(),
                Audience::Text(text) => text,
            }),
            Self::Public { .. } | Self::Secret { .. } => None,
        }
    }
}
