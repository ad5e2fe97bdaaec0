//! Where a client secret goes in a token request, RFC 6749 §2.3.1.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::HeaderValue;
use url::form_urlencoded::byte_serialize;
use zeroize::Zeroizing;

use super::error::CredentialsError;
use crate::identifier::ClientId;
use crate::secret::ClientSecret;

/// Where the secret goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SecretPlacement {
    /// An `Authorization: Basic` header and nothing in the body.
    Basic(BasicEncoding),
    /// The same header, and `client_id` in the body too: some servers look it up there.
    BasicWithClientId(BasicEncoding),
    /// `client_id` and `client_secret` in the body.
    Post,
}

/// How identifier and secret are written before base64.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(clippy::exhaustive_enums, reason = "form-encoded or not; there is no third")]
pub enum BasicEncoding {
    /// Form-encoded, as RFC 6749 §2.3.1 and its Appendix B say.
    #[default]
    Form,
    /// As they are, for servers that do not decode them. The caller chooses it for one server; it is never guessed.
    Raw,
}

/// Whether `client_id` is sent in the body where the proof already names the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(clippy::exhaustive_enums, reason = "sent or not; there is no third")]
pub enum ClientIdInBody {
    /// Left out, as RFC 6749 §2.3 and RFC 7521 §4.2 permit.
    #[default]
    Omitted,
    /// Sent, for servers that want it there. The caller chooses it for one server; it is never guessed.
    Sent,
}

impl BasicEncoding {
    /// The value of the `Authorization` header, marked as sensitive.
    ///
    /// # Errors
    /// [`CredentialsError::ColonInRawId`] when the parts could not be told apart again.
    pub(crate) fn header(
        self,
        client_id: &ClientId,
        secret: &ClientSecret,
    ) -> Result<HeaderValue, CredentialsError> {
        let mut pair = Zeroizing::new(String::new());
        match self {
            Self::Form => {
                pair.extend(byte_serialize(client_id.as_str().as_bytes()));
                pair.push(':');
                pair.extend(byte_serialize(secret.expose_secret().as_bytes()));
            }
            Self::Raw if client_id.as_str().contains(':') => return Err(CredentialsError::ColonInRawId),
            Self::Raw => {
                pair.push_str(client_id.as_str());
                pair.push(':');
                pair.push_str(secret.expose_secret());
            }
        }
        let mut text = Zeroizing::new(String::from("Basic "));
        STANDARD.encode_string(pair.as_bytes(), &mut text);
        let mut value = HeaderValue::try_from(text.as_str()).map_err(|_| CredentialsError::ColonInRawId)?;
        value.set_sensitive(true);
        Ok(value)
    }
}
