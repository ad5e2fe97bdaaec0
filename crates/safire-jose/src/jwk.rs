use aws_lc_rs::digest;
use base64::Engine;
use base64::alphabet;
use base64::engine::DecodePaddingMode;
use base64::engine::GeneralPurpose;
use base64::engine::GeneralPurposeConfig;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde::Serializer;
use serde_json::Map;
use serde_json::Value;

use crate::der;
use crate::der::Curve;
use crate::key_error::KeyError;
use crate::kind::KeyKind;
use crate::kind::MAX_RSA_BITS;
use crate::kind::MIN_RSA_BITS;
use crate::private_members::private_members;
use crate::public_key::PublicKey;

/// A public key as JWK: RSA of at least 2048 bits, P-256 or P-384.
///
/// It can never hold a private member. Members that we do not know are kept.
///
/// Specification: RFC 7517 §4, RFC 7518 §6.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Jwk {
    params: Params,
    kid: Option<String>,
    usage: Option<String>,
    algorithm: Option<String>,
    extra: Map<String, Value>,
}

/// The numbers of a public key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Params {
    Rsa { n: Vec<u8>, e: Vec<u8> },
    Ec { curve: Curve, x: Vec<u8>, y: Vec<u8> },
}

impl Jwk {
    /// Reads a public JWK.
    ///
    /// # Errors
    /// [`KeyError`] when the kind is unknown, the key weak, a member missing or wrong, or one private.
    pub fn parse(value: &Value) -> Result<Self, KeyError> {
        let object = value.as_object().ok_or_else(|| KeyError::malformed("a JWK must be a JSON object"))?;
        let members = private_members(value);
        if !members.is_empty() {
            return Err(KeyError::PrivateMembers { members });
        }
        let extra = object
            .iter()
            .filter(|(name, _)| !TYPED.contains(&name.as_str()))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        Ok(Self {
            params: Params::parse(object)?,
            kid: text(object, "kid")?.map(str::to_owned),
            usage: text(object, "use")?.map(str::to_owned),
            algorithm: text(object, "alg")?.map(str::to_owned),
            extra,
        })
    }

    pub(crate) fn new(params: Params, kid: String, algorithm: String) -> Self {
        Self {
            params,
            kid: Some(kid),
            usage: Some("sig".to_owned()),
            algorithm: Some(algorithm),
            extra: Map::new(),
        }
    }

    /// The key id, if the key has one.
    #[must_use]
    pub fn kid(&self) -> Option<&str> {
        self.kid.as_deref()
    }

    /// The member `use`, if the key has one.
    #[must_use]
    pub fn usage(&self) -> Option<&str> {
        self.usage.as_deref()
    }

    /// The member `alg` as it was written, if the key has one.
    #[must_use]
    pub fn algorithm(&self) -> Option<&str> {
        self.algorithm.as_deref()
    }

    /// The members that have no accessor.
    #[must_use]
    pub const fn extra(&self) -> &Map<String, Value> {
        &self.extra
    }

    /// What the key is.
    #[must_use]
    pub fn kind(&self) -> KeyKind {
        self.params.kind()
    }

    /// The thumbprint with SHA-256 in base64url (RFC 7638 §3).
    #[must_use]
    pub fn thumbprint(&self) -> String {
        self.params.thumbprint()
    }

    /// The JWK as JSON, with `use` even where it was left out: servers look keys up by it.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut object = Map::new();
        let mut put = |name: &str, value: String| object.insert(name.to_owned(), Value::String(value));
        put("kty", self.params.kty().to_owned());
        put("use", self.usage.clone().unwrap_or_else(|| "sig".to_owned()));
        if let Some(kid) = &self.kid {
            put("kid", kid.clone());
        }
        if let Some(algorithm) = &self.algorithm {
            put("alg", algorithm.clone());
        }
        match &self.params {
            Params::Rsa { n, e } => {
                put("n", encode(n));
                put("e", encode(e));
            }
            Params::Ec { curve, x, y } => {
                put("crv", curve.name().to_owned());
                put("x", encode(x));
                put("y", encode(y));
            }
        }
        object.extend(self.extra.iter().map(|(name, value)| (name.clone(), value.clone())));
        Value::Object(object)
    }

    /// The key prepared for verification.
    ///
    /// # Errors
    /// [`KeyError::Malformed`] when the numbers are no key, such as a point that is not on the curve.
    pub fn verifying_key(&self) -> Result<PublicKey, KeyError> {
        PublicKey::new(&self.params)
    }
}

impl TryFrom<&Value> for Jwk {
    type Error = KeyError;

    fn try_from(value: &Value) -> Result<Self, KeyError> {
        Self::parse(value)
    }
}

impl From<&Jwk> for Value {
    fn from(jwk: &Jwk) -> Self {
        jwk.to_json()
    }
}

impl Serialize for Jwk {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_json().serialize(serializer)
    }
}

impl Params {
    /// Reads and measures the public numbers of a JWK.
    pub(crate) fn parse(object: &Map<String, Value>) -> Result<Self, KeyError> {
        match text(object, "kty")? {
            Some("RSA") => {
                let n = bytes(object, "n")?;
                Self::rsa(&n, &bytes(object, "e")?)
            }
            Some("EC") => {
                let name = text(object, "crv")?.ok_or_else(|| missing("crv"))?;
                let curve = Curve::from_name(name)?;
                let (x, y) = (bytes(object, "x")?, bytes(object, "y")?);
                // RFC 7518 §6.2.1.2: a coordinate always has the full length of the field.
                for (name, coordinate) in [("x", &x), ("y", &y)] {
                    if coordinate.len() != curve.field() {
                        return Err(KeyError::malformed(format!(
                            "`{name}` has {} bytes, expected {} for {}",
                            coordinate.len(),
                            curve.field(),
                            curve.name()
                        )));
                    }
                }
                Ok(Self::Ec { curve, x, y })
            }
            Some(other) => Err(KeyError::UnsupportedKeyType { kind: other.to_owned() }),
            None => Err(missing("kty")),
        }
    }

    /// An RSA key of acceptable length. Leading zeros, which some servers write, are dropped.
    pub(crate) fn rsa(n: &[u8], e: &[u8]) -> Result<Self, KeyError> {
        check_rsa_bits(der::bit_length(n))?;
        Ok(Self::Rsa { n: der::unsigned(n).to_vec(), e: der::unsigned(e).to_vec() })
    }

    pub(crate) fn kind(&self) -> KeyKind {
        match self {
            Self::Rsa { n, .. } => KeyKind::Rsa { bits: der::bit_length(n) },
            Self::Ec { curve: Curve::P256, .. } => KeyKind::P256,
            Self::Ec { curve: Curve::P384, .. } => KeyKind::P384,
        }
    }

    pub(crate) const fn kty(&self) -> &'static str {
        match self {
            Self::Rsa { .. } => "RSA",
            Self::Ec { .. } => "EC",
        }
    }

    /// RFC 7638 §3.2: only the required members, in lexicographic order, without white space.
    pub(crate) fn thumbprint(&self) -> String {
        let canonical = match self {
            Self::Rsa { n, e } => format!(r#"{{"e":"{}","kty":"RSA","n":"{}"}}"#, encode(e), encode(n)),
            Self::Ec { curve, x, y } => {
                format!(r#"{{"crv":"{}","kty":"EC","x":"{}","y":"{}"}}"#, curve.name(), encode(x), encode(y))
            }
        };
        encode(digest::digest(&digest::SHA256, canonical.as_bytes()).as_ref())
    }
}

impl Curve {
    pub(crate) fn from_name(name: &str) -> Result<Self, KeyError> {
        match name {
            "P-256" => Ok(Self::P256),
            "P-384" => Ok(Self::P384),
            other => Err(KeyError::UnsupportedCurve { curve: other.to_owned() }),
        }
    }

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::P256 => "P-256",
            Self::P384 => "P-384",
        }
    }

    /// The length of a coordinate in bytes.
    pub(crate) const fn field(self) -> usize {
        match self {
            Self::P256 => 32,
            Self::P384 => 48,
        }
    }
}

pub(crate) const fn check_rsa_bits(bits: usize) -> Result<(), KeyError> {
    if bits < MIN_RSA_BITS {
        return Err(KeyError::RsaTooSmall { bits });
    }
    if bits > MAX_RSA_BITS {
        return Err(KeyError::RsaTooLarge { bits });
    }
    Ok(())
}

/// The string member, or an error when it is of another type.
pub(crate) fn text<'a>(object: &'a Map<String, Value>, name: &str) -> Result<Option<&'a str>, KeyError> {
    object
        .get(name)
        .map(|value| value.as_str().ok_or_else(|| KeyError::malformed(format!("`{name}` must be a string"))))
        .transpose()
}

/// The octets of a base64url member, which must be there.
pub(crate) fn bytes(object: &Map<String, Value>, name: &str) -> Result<Vec<u8>, KeyError> {
    let encoded = text(object, name)?.ok_or_else(|| missing(name))?;
    LENIENT.decode(encoded).map_err(|_| KeyError::malformed(format!("`{name}` is not base64url")))
}

pub(crate) fn missing(name: &str) -> KeyError {
    KeyError::malformed(format!("the JWK has no `{name}`"))
}

pub(crate) fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Published keys come with and without padding; only tokens are held to the letter.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Members that have a field of their own, or (`key_ops`) contradict `use` once we write it.
const TYPED: [&str; 10] = ["kty", "n", "e", "crv", "x", "y", "kid", "use", "alg", "key_ops"];
