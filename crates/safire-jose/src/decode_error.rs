use thiserror::Error;

/// Why a token cannot be read. Nothing about its signature has been decided then.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// The token is longer than the limit.
    #[error("the token has {bytes} bytes, expected at most {limit}")]
    TooLarge {
        /// Its length.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
    /// The JSON serialisation of RFC 7515 §7.2, which JWT never uses.
    #[error("the token is in the JSON serialisation, expected the compact one")]
    JsonSerialization,
    /// The payload was left out (RFC 7515 appendix F).
    #[error("the token has a detached payload, expected the payload in the token")]
    Detached,
    /// Five parts: the token is encrypted.
    #[error("the token is encrypted (JWE, five parts), expected a signed one (three parts)")]
    EncryptedToken,
    /// Not three parts.
    #[error("the token has {found} parts, expected 3 (header.claims.signature)")]
    Parts {
        /// How many.
        found: usize,
    },
    /// A part is not base64url in its one canonical form (RFC 7515 §2: no padding).
    #[error("the {part} of the token is not canonical base64url without padding")]
    Base64 {
        /// Which part.
        part: &'static str,
    },
    /// A part is not JSON.
    #[error("the {part} of the token is not JSON ({detail})")]
    NotJson {
        /// Which part.
        part: &'static str,
        /// Where it breaks.
        detail: String,
    },
    /// A part is JSON but no object.
    #[error("the {part} of the token is not a JSON object")]
    NotObject {
        /// Which part.
        part: &'static str,
    },
    /// A member occurs twice (RFC 7515 §4).
    #[error("the {part} of the token has the member `{}` twice", member.escape_debug())]
    DuplicateMember {
        /// Which part.
        part: &'static str,
        /// Which member.
        member: String,
    },
    /// The JSON is nested too deeply.
    #[error("the {part} of the token is nested deeper than {limit} levels")]
    TooDeep {
        /// Which part.
        part: &'static str,
        /// The limit.
        limit: usize,
    },
    /// The header has no algorithm.
    #[error("the header of the token has no `alg`")]
    MissingAlgorithm,
    /// A header member has a type that it must not have.
    #[error("the header member `{member}` must be {expected}")]
    HeaderMember {
        /// Which member.
        member: &'static str,
        /// Its type by the specification.
        expected: &'static str,
    },
    /// The token is not signed at all.
    #[error("the token is not signed (`alg` is `{algorithm}`), expected a signature")]
    Unsigned {
        /// The value, `none` in any case.
        algorithm: String,
    },
    /// The token is signed with a shared secret.
    #[error("the token is signed with a shared secret (`alg` is `{algorithm}`), expected a key pair")]
    Symmetric {
        /// The value.
        algorithm: String,
    },
    /// The algorithm is outside the closed set.
    #[error("the `alg` of the token is `{}`, expected one of RS256, RS384, RS512, PS256, PS384, ES256, ES384", algorithm.escape_debug())]
    UnsupportedAlgorithm {
        /// The value.
        algorithm: String,
    },
    /// The token demands extensions that we do not know (RFC 7515 §4.1.11).
    #[error("the token demands header extensions that are not supported (`crit`: {})", members.join(", ").escape_debug())]
    Critical {
        /// Their names.
        members: Vec<String>,
    },
    /// The signature is empty.
    #[error("the signature of the token is empty")]
    NoSignature,
}

impl DecodeError {
    /// The stable code of this error.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "token-too-large",
            Self::JsonSerialization => "token-json-serialization",
            Self::Detached => "token-detached",
            Self::EncryptedToken => "token-encrypted",
            Self::Parts { .. } => "token-parts",
            Self::Base64 { .. } => "token-base64",
            Self::NotJson { .. } => "token-not-json",
            Self::NotObject { .. } => "token-not-object",
            Self::DuplicateMember { .. } => "token-duplicate-member",
            Self::TooDeep { .. } => "token-too-deep",
            Self::MissingAlgorithm => "token-missing-algorithm",
            Self::HeaderMember { .. } => "token-header-member",
            Self::Unsigned { .. } => "token-unsigned",
            Self::Symmetric { .. } => "token-symmetric",
            Self::UnsupportedAlgorithm { .. } => "token-unsupported-algorithm",
            Self::Critical { .. } => "token-critical",
            Self::NoSignature => "token-no-signature",
        }
    }
}
