//! How a client proves itself at the token endpoint.

use http::HeaderValue;
use safire_jose::SignError;
use safire_jose::SigningInput;
use url::Url;
use url::form_urlencoded::Serializer;

use super::assertion::AssertionProfile;
use super::assertion::Audience;
use super::basic::BasicEncoding;
use super::basic::ClientIdInBody;
use super::basic::SecretPlacement;
#[cfg(feature = "udap")]
use super::certificate::CertificateProfile;
use super::error::CredentialsError;
use super::purpose::Purpose;
use crate::auth_method::AuthMethod;
use crate::identifier::ClientId;
use crate::secret::ClientSecret;
use crate::time::UnixTime;

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
    /// A signed assertion with the certificate chain of its key in the header, UDAP JWT-Based Client Authentication §4.
    #[cfg(feature = "udap")]
    UdapCertificate(Box<CertificateProfile>),
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
            #[cfg(feature = "udap")]
            Self::UdapCertificate(profile) => profile.client_id(),
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
            #[cfg(feature = "udap")]
            Self::UdapCertificate(_) => AuthMethod::PrivateKeyJwt,
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
            #[cfg(feature = "udap")]
            Self::UdapCertificate(_) => Ok(None),
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
            #[cfg(feature = "udap")]
            Self::UdapCertificate(_) => {
                form.append_pair("udap", "1");
            }
        }
    }

    /// What the client's assertions say, where it signs them under a key that the server knows.
    pub(crate) const fn assertion_profile(&self) -> Option<&AssertionProfile> {
        match self {
            Self::PrivateKeyJwt(profile) => Some(profile),
            Self::Public { .. } | Self::Secret { .. } => None,
            #[cfg(feature = "udap")]
            Self::UdapCertificate(_) => None,
        }
    }

    /// Whether the proof is a signed assertion.
    #[must_use]
    pub const fn is_signed(&self) -> bool {
        match self {
            Self::PrivateKeyJwt(_) => true,
            Self::Public { .. } | Self::Secret { .. } => false,
            #[cfg(feature = "udap")]
            Self::UdapCertificate(_) => true,
        }
    }

    /// Whether these credentials can prove what `purpose` needs, before anything is signed.
    #[cfg_attr(
        not(feature = "udap"),
        expect(unused_variables, reason = "others prove the same for whatever purpose")
    )]
    pub(crate) fn check_purpose(&self, purpose: Purpose) -> Result<(), CredentialsError> {
        match self {
            Self::Public { .. } | Self::Secret { .. } | Self::PrivateKeyJwt(_) => Ok(()),
            #[cfg(feature = "udap")]
            Self::UdapCertificate(profile) => profile.check_purpose(purpose),
        }
    }

    /// What has to be signed for a call of `token_endpoint`; `None` where nothing has.
    #[cfg_attr(
        not(feature = "udap"),
        expect(unused_variables, reason = "others sign the same for whatever purpose")
    )]
    pub(crate) fn signing_input(
        &self,
        token_endpoint: &str,
        purpose: Purpose,
        now: UnixTime,
        jti: &str,
    ) -> Result<Option<SigningInput>, SignError> {
        match self {
            Self::Public { .. } | Self::Secret { .. } => Ok(None),
            Self::PrivateKeyJwt(profile) => profile.signing_input(token_endpoint, now, jti).map(Some),
            #[cfg(feature = "udap")]
            Self::UdapCertificate(profile) => {
                profile.signing_input(token_endpoint, purpose, now, jti).map(Some)
            }
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
            #[cfg(feature = "udap")]
            Self::UdapCertificate(_) => Some(endpoint.as_str()),
        }
    }
}
