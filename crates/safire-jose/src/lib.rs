//! Keys, JWK sets, thumbprints and compact JWS (RFC 7515, 7517, 7518, 7519, 7638) for SMART and UDAP clients.
//!
//! No I/O and no clock: bytes and `now` come in as arguments. All cryptography is aws-lc-rs.

/// The signature algorithms.
mod algorithm;
/// Kinds of key and the algorithms that fit them.
mod kind;

/// What is wrong with a key.
mod key_error;

/// The little DER that key files need.
mod der;
/// PEM blocks.
mod pem;

/// Public keys as JWK.
mod jwk;
/// Sets of public keys.
mod jwk_set;
/// Private members in what should be public.
mod private_members;

/// Private keys as JWK.
mod private_jwk;
/// Private keys.
mod private_key;
/// Verifying keys.
mod public_key;

/// The JOSE header we write.
mod header;
/// The bytes that are signed.
mod signing_input;

/// Checks of the registered claims.
mod claims;
/// The strict decoder.
mod decode;
/// Why a token cannot be read.
mod decode_error;
/// JSON without duplicate members.
mod strict_json;

pub use algorithm::Algorithm;
pub use algorithm::UnsupportedAlgorithm;
pub use claims::ClaimError;
pub use claims::Expectations;
pub use claims::JwtId;
pub use decode::Limits;
pub use decode::UnverifiedJwt;
pub use decode::VerifiedJwt;
pub use decode::decode;
pub use decode_error::DecodeError;
pub use header::Header;
pub use jwk::Jwk;
pub use jwk_set::JwkSet;
pub use jwk_set::SkippedKey;
pub use key_error::KeyError;
pub use kind::KeyKind;
pub use private_key::PrivateKey;
pub use private_members::private_members;
pub use public_key::PublicKey;
pub use public_key::VerifyError;
pub use signing_input::SignError;
pub use signing_input::SigningInput;
pub use signing_input::sign;
