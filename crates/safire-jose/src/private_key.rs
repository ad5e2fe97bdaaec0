use std::fmt;
use std::sync::Arc;

use aws_lc_rs::encoding::AsBigEndian;
use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeyPairComponents;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature;
use aws_lc_rs::signature::EcdsaKeyPair;
use aws_lc_rs::signature::EcdsaSigningAlgorithm;
use aws_lc_rs::signature::KeyPair;
use aws_lc_rs::signature::RsaEncoding;
use aws_lc_rs::signature::RsaKeyPair;
use aws_lc_rs::signature::RsaPublicKeyComponents;
use zeroize::Zeroizing;

use crate::algorithm::Algorithm;
use crate::der;
use crate::der::Content;
use crate::der::Curve;
use crate::der::Outline;
use crate::jwk::Jwk;
use crate::jwk::Params;
use crate::jwk::check_rsa_bits;
use crate::key_error::KeyError;
use crate::kind::KeyKind;
use crate::pem;
use crate::private_jwk;
use crate::private_jwk::PrivateJwk;
use crate::private_jwk::PrivateParams;
use crate::signing_input::SignError;

/// A private key, parsed once and kept ready to sign. A clone shares it.
#[derive(Clone)]
pub struct PrivateKey {
    inner: Arc<Inner>,
    kid: Arc<str>,
    algorithm: Algorithm,
}

struct Inner {
    signing: Signing,
    pkcs8: Zeroizing<Vec<u8>>,
    params: Params,
    private: PrivateParams,
}

enum Signing {
    Rsa(Box<RsaKeyPair>),
    Ec(Box<EcdsaKeyPair>),
}

impl PrivateKey {
    /// Makes a new key for the algorithm: RSA of 2048 bits, P-256 or P-384.
    ///
    /// # Errors
    /// [`KeyError::Generation`] when the cryptographic library fails.
    pub fn generate(algorithm: Algorithm) -> Result<Self, KeyError> {
        let failed = |_| KeyError::Generation { algorithm };
        let signing = match algorithm {
            Algorithm::Es256 => Signing::ec(EcdsaKeyPair::generate(ecdsa(Curve::P256)).map_err(failed)?),
            Algorithm::Es384 => Signing::ec(EcdsaKeyPair::generate(ecdsa(Curve::P384)).map_err(failed)?),
            Algorithm::Rs256 | Algorithm::Rs384 | Algorithm::Rs512 | Algorithm::Ps256 | Algorithm::Ps384 => {
                Signing::rsa(RsaKeyPair::generate(KeySize::Rsa2048).map_err(failed)?)
            }
        };
        Ok(Self { algorithm, ..Self::new(signing, None, None)? })
    }

    /// Makes a new RSA key of 2048, 3072, 4096 or 8192 bits.
    ///
    /// # Errors
    /// [`KeyError::RsaTooSmall`] or [`KeyError::UnsupportedSize`] for other lengths.
    pub fn generate_rsa(bits: usize) -> Result<Self, KeyError> {
        let size = match bits {
            2048 => KeySize::Rsa2048,
            3072 => KeySize::Rsa3072,
            4096 => KeySize::Rsa4096,
            8192 => KeySize::Rsa8192,
            0..2048 => return Err(KeyError::RsaTooSmall { bits }),
            _ => return Err(KeyError::UnsupportedSize { bits }),
        };
        let failed = |_| KeyError::Generation { algorithm: Algorithm::Rs384 };
        Self::new(Signing::rsa(RsaKeyPair::generate(size).map_err(failed)?), None, None)
    }

    /// Reads a private key from PEM or DER (PKCS#8, PKCS#1, SEC1), a JWK, or a JWK Set with one private key.
    ///
    /// # Errors
    /// [`KeyError`]: encrypted, weak, unsupported, public only, several keys, or malformed.
    pub fn parse(text_or_der: &[u8]) -> Result<Self, KeyError> {
        Self::read(text_or_der, None)
    }

    /// Like [`parse`](Self::parse), and chooses the key of a JWK Set by its `kid`.
    ///
    /// A key without a `kid` of its own takes this one.
    ///
    /// # Errors
    /// As [`parse`](Self::parse), and [`KeyError::KidNotFound`].
    pub fn parse_with_kid(text_or_der: &[u8], kid: &str) -> Result<Self, KeyError> {
        Ok(Self::read(text_or_der, Some(kid))?.with_kid(kid))
    }

    /// The key id: the one that came with the key, else its thumbprint.
    #[must_use]
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The same key under another id, such as the one a server gave it.
    #[must_use]
    pub fn with_kid(self, kid: impl Into<String>) -> Self {
        Self { kid: kid.into().into(), ..self }
    }

    /// What the key is.
    #[must_use]
    pub fn kind(&self) -> KeyKind {
        self.inner.params.kind()
    }

    /// The algorithm that came with the key if it fits, else the best one for its kind.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Says whether the key can sign with the algorithm, before anything is sent.
    ///
    /// # Errors
    /// [`KeyError::AlgorithmMismatch`].
    pub fn check_algorithm(&self, algorithm: Algorithm) -> Result<(), KeyError> {
        let kind = self.kind();
        if kind.fits(algorithm) { Ok(()) } else { Err(KeyError::AlgorithmMismatch { algorithm, kind }) }
    }

    /// The public half, with `use`, `kid` and `alg`.
    #[must_use]
    pub fn public_jwk(&self) -> Jwk {
        Jwk::new(self.inner.params.clone(), self.kid().to_owned(), self.algorithm.as_str().to_owned())
    }

    /// The thumbprint with SHA-256 in base64url (RFC 7638 §3).
    #[must_use]
    pub fn thumbprint(&self) -> String {
        self.inner.params.thumbprint()
    }

    /// The key as PEM with PKCS#8. This is the secret itself. An algorithm that is not the one that its kind
    /// suggests stands in a line before, where [`parse`](Self::parse) finds it.
    #[must_use]
    pub fn to_pem(&self) -> Zeroizing<String> {
        let pem = pem::write_pkcs8(&self.inner.pkcs8);
        if self.algorithm == self.kind().default_algorithm() {
            return pem;
        }
        pem::with_algorithm_note(self.algorithm.as_str(), &pem)
    }

    /// The key as the JSON text of a private JWK. This is the secret itself.
    #[must_use]
    pub fn to_private_jwk(&self) -> Zeroizing<String> {
        private_jwk::write(&self.inner.params, &self.inner.private, self.kid(), self.algorithm.as_str())
    }

    /// Signs the message; the signature is in JOSE form, for ECDSA `r || s` (RFC 7518 §3.4).
    ///
    /// # Errors
    /// [`SignError::Key`] when the algorithm does not fit the key.
    pub fn sign(&self, algorithm: Algorithm, message: &[u8]) -> Result<Vec<u8>, SignError> {
        self.check_algorithm(algorithm)?;
        // aws-lc-rs draws its own randomness; the argument is there for compatibility only.
        let random = SystemRandom::new();
        match (&self.inner.signing, padding(algorithm)) {
            (Signing::Rsa(key), Some(padding)) => {
                let mut signature = vec![0; key.public_modulus_len()];
                key.sign(padding, &random, message, &mut signature)
                    .map_err(|_| SignError::Failed { algorithm })?;
                Ok(signature)
            }
            (Signing::Ec(key), None) => {
                let signature = key.sign(&random, message).map_err(|_| SignError::Failed { algorithm })?;
                Ok(signature.as_ref().to_vec())
            }
            (Signing::Rsa(_), None) | (Signing::Ec(_), Some(_)) => Err(SignError::Failed { algorithm }),
        }
    }

    fn read(input: &[u8], kid: Option<&str>) -> Result<Self, KeyError> {
        if input.first() == Some(&0x30) {
            return Self::new(Signing::from_der(input)?, None, None);
        }
        let text = input.strip_prefix(b"\xef\xbb\xbf").unwrap_or(input).trim_ascii();
        if text.starts_with(b"{") {
            return Self::from_jwk(private_jwk::parse(text, kid)?);
        }
        let text = std::str::from_utf8(text).map_err(|_| KeyError::NoKey)?;
        if !text.contains(pem::BEGIN) {
            return Err(KeyError::NoKey);
        }
        let keys = pem::private_keys(text)?;
        let keys = keys
            .iter()
            .map(|der| Self::new(Signing::from_der(der)?, None, pem::algorithm_note(text)))
            .collect::<Result<Vec<_>, _>>()?;
        let kids = || keys.iter().map(|key| key.kid().to_owned()).collect();
        match keys.as_slice() {
            [one] => Ok(one.clone()),
            _ => Err(KeyError::Ambiguous { kids: kids() }),
        }
    }

    fn from_jwk(jwk: PrivateJwk) -> Result<Self, KeyError> {
        let inconsistent = |_| KeyError::malformed("the members of the private JWK do not belong together");
        let signing = match (&jwk.params, &jwk.private) {
            (Params::Rsa { n, e }, PrivateParams::Rsa([d, p, q, dp, dq, qi])) => {
                let components = KeyPairComponents {
                    public_key: RsaPublicKeyComponents { n: n.as_slice(), e: e.as_slice() },
                    d: d.as_slice(),
                    p: p.as_slice(),
                    q: q.as_slice(),
                    dP: dp.as_slice(),
                    dQ: dq.as_slice(),
                    qInv: qi.as_slice(),
                };
                Signing::rsa(RsaKeyPair::from_components(&components).map_err(inconsistent)?)
            }
            (Params::Ec { curve, x, y }, PrivateParams::Ec(d)) => {
                let point = [&[4], x.as_slice(), y.as_slice()].concat();
                let pair = EcdsaKeyPair::from_private_key_and_public_key(ecdsa(*curve), d, &point);
                Signing::ec(pair.map_err(inconsistent)?)
            }
            (Params::Rsa { .. }, PrivateParams::Ec(_)) | (Params::Ec { .. }, PrivateParams::Rsa(_)) => {
                return Err(KeyError::malformed("the members of the private JWK do not belong together"));
            }
        };
        Self::new(signing, jwk.kid, jwk.algorithm.as_deref())
    }

    fn new(signing: Signing, kid: Option<String>, named: Option<&str>) -> Result<Self, KeyError> {
        let (pkcs8, params, private) =
            signing.export().ok_or_else(|| KeyError::malformed("the key cannot be written as PKCS#8"))?;
        let kind = params.kind();
        let kid = kid.unwrap_or_else(|| params.thumbprint()).into();
        let algorithm = named
            .and_then(|name| name.parse().ok())
            .filter(|algorithm| kind.fits(*algorithm))
            .unwrap_or_else(|| kind.default_algorithm());
        Ok(Self { inner: Arc::new(Inner { signing, pkcs8, params, private }), kid, algorithm })
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PrivateKey({}, kid {:?}, [redacted])", self.kind(), self.kid())
    }
}

impl Signing {
    fn rsa(pair: RsaKeyPair) -> Self {
        Self::Rsa(Box::new(pair))
    }

    fn ec(pair: EcdsaKeyPair) -> Self {
        Self::Ec(Box::new(pair))
    }

    fn from_der(der: &[u8]) -> Result<Self, KeyError> {
        let rejected = |_| KeyError::malformed("the key is damaged or its parts do not belong together");
        match der::outline(der)? {
            Outline::Pkcs8(Content::Rsa) => {
                let inner = der::pkcs8_inner(der).unwrap_or_default();
                check_rsa(inner)?;
                RsaKeyPair::from_pkcs8(der).map(Self::rsa).map_err(rejected)
            }
            Outline::Pkcs1 => {
                check_rsa(der)?;
                RsaKeyPair::from_der(der).map(Self::rsa).map_err(rejected)
            }
            Outline::Pkcs8(Content::Ec(curve)) => {
                EcdsaKeyPair::from_pkcs8(ecdsa(curve), der).map(Self::ec).map_err(rejected)
            }
            Outline::Sec1(Some(curve)) => {
                EcdsaKeyPair::from_private_key_der(ecdsa(curve), der).map(Self::ec).map_err(rejected)
            }
            Outline::Sec1(None) => Err(KeyError::malformed("the SEC1 key does not name its curve")),
            Outline::EncryptedPkcs8 => Err(KeyError::Encrypted),
            Outline::PublicKey => Err(KeyError::PublicOnly),
        }
    }

    fn export(&self) -> Option<(Zeroizing<Vec<u8>>, Params, PrivateParams)> {
        match self {
            Self::Rsa(pair) => {
                let pkcs8 = Zeroizing::new(pair.as_der().ok()?.as_ref().to_vec());
                let [n, e, d, p, q, dp, dq, qi] = der::rsa_private_integers(der::pkcs8_inner(&pkcs8)?)?;
                let params = Params::rsa(n, e).ok()?;
                let private =
                    PrivateParams::Rsa([d, p, q, dp, dq, qi].map(|number| Zeroizing::new(number.to_vec())));
                Some((pkcs8, params, private))
            }
            Self::Ec(pair) => {
                let pkcs8 = Zeroizing::new(pair.to_pkcs8v1().ok()?.as_ref().to_vec());
                let point = pair.public_key().as_ref().strip_prefix(&[4])?;
                let (x, y) = point.split_at_checked(point.len() / 2)?;
                let curve = if x.len() == Curve::P256.field() { Curve::P256 } else { Curve::P384 };
                let d = Zeroizing::new(pair.private_key().as_be_bytes().ok()?.as_ref().to_vec());
                Some((pkcs8, Params::Ec { curve, x: x.to_vec(), y: y.to_vec() }, PrivateParams::Ec(d)))
            }
        }
    }
}

/// Measures the key before the library does, which would not say what is wrong.
fn check_rsa(pkcs1: &[u8]) -> Result<(), KeyError> {
    let [n, ..] =
        der::rsa_private_integers(pkcs1).ok_or_else(|| KeyError::malformed("not an RSA private key"))?;
    check_rsa_bits(der::bit_length(n))
}

const fn ecdsa(curve: Curve) -> &'static EcdsaSigningAlgorithm {
    match curve {
        Curve::P256 => &signature::ECDSA_P256_SHA256_FIXED_SIGNING,
        Curve::P384 => &signature::ECDSA_P384_SHA384_FIXED_SIGNING,
    }
}

fn padding(algorithm: Algorithm) -> Option<&'static dyn RsaEncoding> {
    match algorithm {
        Algorithm::Rs256 => Some(&signature::RSA_PKCS1_SHA256),
        Algorithm::Rs384 => Some(&signature::RSA_PKCS1_SHA384),
        Algorithm::Rs512 => Some(&signature::RSA_PKCS1_SHA512),
        Algorithm::Ps256 => Some(&signature::RSA_PSS_SHA256),
        Algorithm::Ps384 => Some(&signature::RSA_PSS_SHA384),
        Algorithm::Es256 | Algorithm::Es384 => None,
    }
}
