use aws_lc_rs::digest;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use safire_jose::Algorithm;
use safire_jose::ClaimError;
use serde_json::Map;
use serde_json::Value;

use super::IdTokenError;
use crate::secret::AccessToken;

/// OpenID Connect Core §3.1.3.8: `at_hash`, where it stands, is the left half of the access token's hash.
pub(super) fn check(
    claims: &Map<String, Value>,
    algorithm: Algorithm,
    token: &AccessToken,
) -> Result<(), IdTokenError> {
    let Some(value) = claims.get("at_hash") else {
        return Ok(());
    };
    let found = value.as_str().ok_or(ClaimError::WrongType { claim: "at_hash", expected: "a string" })?;
    let hash = digest::digest(hash_of(algorithm), token.expose_secret().as_bytes());
    let (half, _) = hash.as_ref().split_at(hash.as_ref().len() / 2);
    if found == URL_SAFE_NO_PAD.encode(half) { Ok(()) } else { Err(IdTokenError::OtherAccessToken) }
}

/// The hash of the signature's algorithm.
const fn hash_of(algorithm: Algorithm) -> &'static digest::Algorithm {
    match algorithm {
        Algorithm::Rs256 | Algorithm::Ps256 | Algorithm::Es256 => &digest::SHA256,
        Algorithm::Rs384 | Algorithm::Ps384 | Algorithm::Es384 => &digest::SHA384,
        Algorithm::Rs512 => &digest::SHA512,
    }
}
