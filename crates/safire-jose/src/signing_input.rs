use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use thiserror::Error;

use crate::algorithm::Algorithm;
use crate::header::Header;
use crate::key_error::KeyError;
use crate::private_key::PrivateKey;

/// The bytes that a signature of a compact JWS covers, for any signer: a key in memory, an HSM, a KMS.
///
/// Specification: RFC 7515 §5.1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SigningInput {
    text: String,
}

impl SigningInput {
    /// Encodes header and claims.
    ///
    /// # Errors
    /// [`SignError::Claims`] when the claims do not serialise to a JSON object.
    pub fn new(header: &Header, claims: &impl Serialize) -> Result<Self, SignError> {
        let mut json = Vec::with_capacity(512);
        // Room for the longest usual signature too, so that `attach` does not copy.
        let mut text = String::with_capacity(1536);
        write(header, &mut json)?;
        URL_SAFE_NO_PAD.encode_string(&json, &mut text);
        text.push('.');
        json.clear();
        write(claims, &mut json)?;
        if json.first() != Some(&b'{') {
            return Err(SignError::Claims { detail: "they are not a JSON object".to_owned() });
        }
        URL_SAFE_NO_PAD.encode_string(&json, &mut text);
        Ok(Self { text })
    }

    /// The bytes to sign.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8] {
        self.text.as_bytes()
    }

    /// The compact JWS with this signature, which must be in JOSE form.
    #[must_use]
    pub fn attach(self, signature: &[u8]) -> String {
        let mut text = self.text;
        text.push('.');
        URL_SAFE_NO_PAD.encode_string(signature, &mut text);
        text
    }
}

/// Signs claims with a key in memory and returns the compact JWS.
///
/// # Errors
/// [`SignError`] when the header's algorithm does not fit the key, or the claims are no JSON object.
pub fn sign(key: &PrivateKey, header: &Header, claims: &impl Serialize) -> Result<String, SignError> {
    key.check_algorithm(header.alg)?;
    let input = SigningInput::new(header, claims)?;
    let signature = key.sign(header.alg, input.as_bytes())?;
    Ok(input.attach(&signature))
}

/// Why nothing was signed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SignError {
    /// The key cannot be used so.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// Header or claims cannot be written.
    #[error("header or claims cannot be encoded: {detail}")]
    Claims {
        /// What is wrong.
        detail: String,
    },
    /// The cryptographic library refused.
    #[error("the {algorithm} signature could not be made")]
    Failed {
        /// The algorithm asked for.
        algorithm: Algorithm,
    },
}

impl SignError {
    /// The stable code of this error.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Key(error) => error.code(),
            Self::Claims { .. } => "sign-claims",
            Self::Failed { .. } => "sign-failed",
        }
    }
}

fn write(value: &impl Serialize, json: &mut Vec<u8>) -> Result<(), SignError> {
    serde_json::to_writer(json, value).map_err(|error| SignError::Claims { detail: error.to_string() })
}
