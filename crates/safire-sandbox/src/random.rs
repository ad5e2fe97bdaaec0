//! Unguessable text: identifiers, secrets and tokens.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// 256 random bits as base64url (RFC 6749 §10.10).
pub(crate) fn token() -> Result<String, getrandom::Error> {
    text::<32>()
}

/// 128 random bits as base64url: unique, not secret.
pub(crate) fn identifier() -> Result<String, getrandom::Error> {
    text::<16>()
}

fn text<const LENGTH: usize>() -> Result<String, getrandom::Error> {
    let mut bytes = [0_u8; LENGTH];
    getrandom::fill(&mut bytes)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}
