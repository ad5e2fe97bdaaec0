//! The check of an id token beside the bare signature check over the same bytes.

use aws_lc_rs::signature::ECDSA_P256_SHA256_FIXED;
use aws_lc_rs::signature::ECDSA_P384_SHA384_FIXED;
use aws_lc_rs::signature::ParsedPublicKey;
use aws_lc_rs::signature::RSA_PKCS1_2048_8192_SHA256;
use safire_jose::Algorithm;
use safire_jose::Header;
use safire_jose::JwkSet;
use safire_jose::PrivateKey;
use safire_jose::sign;
use safire_protocol::id_token::IdTokenCheck;
use safire_protocol::id_token::KeySet;
use safire_protocol::id_token::ValidIdToken;
use safire_protocol::identifier::ClientId;
use safire_protocol::secret::IdToken;
use safire_protocol::time::UnixTime;
use serde_json::json;

const NOW: UnixTime = UnixTime::from_seconds(1_790_000_000);
const ISSUER: &str = "https://auth.example.com";
const CLIENT: &str = "8b7f2c1e-5a0d-4f4e-9c55-0d2f6a1b7c3d";
const NONCE: &str = "6f1d2c3b4a5968770123456789abcdef";

/// The bare check of one signature, its key prepared.
#[derive(Debug)]
pub struct Verifier {
    key: ParsedPublicKey,
    input: Vec<u8>,
    signature: Vec<u8>,
}

impl Verifier {
    /// The signature of a JWT by this key, RS256, ES256 or ES384.
    ///
    /// # Panics
    /// When the key cannot sign.
    #[must_use]
    #[expect(clippy::expect_used, reason = "a bench without its key measures nothing")]
    pub fn of(key: &PrivateKey, algorithm: Algorithm, token: &str) -> Self {
        let (input, _) = token.rsplit_once('.').expect("a signature");
        let signature = key.sign(algorithm, input.as_bytes()).expect("a signature");
        // The public key as aws-lc-rs takes it from a certificate's SubjectPublicKeyInfo.
        let spki = spki_of(key);
        let key = if algorithm == Algorithm::Rs256 {
            ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, spki)
        } else if algorithm == Algorithm::Es256 {
            ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, spki)
        } else {
            ParsedPublicKey::new(&ECDSA_P384_SHA384_FIXED, spki)
        };
        Self { key: key.expect("a public key"), input: input.as_bytes().to_vec(), signature }
    }

    /// Checks it.
    ///
    /// # Panics
    /// When it does not verify.
    #[expect(clippy::expect_used, reason = "a bench without its signature measures nothing")]
    pub fn check(&self) {
        self.key.verify_sig(&self.input, &self.signature).expect("a good signature");
    }
}

/// A token and its issuer's key, prepared on both sides.
#[derive(Debug)]
pub struct Sides {
    bare: Verifier,
    token: IdToken,
    keys: KeySet,
    client_id: ClientId,
}

impl Sides {
    /// A fresh key of the algorithm, RS256 or ES384, and a token of the usual size.
    ///
    /// # Panics
    /// When no key or token can be made.
    #[must_use]
    #[expect(clippy::expect_used, reason = "a bench without its key measures nothing")]
    pub fn new(algorithm: Algorithm) -> Self {
        let key = PrivateKey::generate(algorithm).expect("a key");
        let claims = json!({
            "iss": ISSUER, "sub": "76d53ff6ccd69ea27f3239380b3039b4a872992f8151eb318ce186ed9f2f313c", "aud": CLIENT,
            "nonce": NONCE, "exp": NOW.as_seconds() + 3600, "iat": NOW.as_seconds(),
            "fhirUser": "https://fhir.example.com/r4/Practitioner/SMART-1234",
        });
        let token = sign(&key, &Header::jwt(algorithm, key.kid()), &claims).expect("a token");
        Self {
            bare: Verifier::of(&key, algorithm, &token),
            keys: KeySet::of(&JwkSet::from_keys([key.public_jwk().clone()])),
            client_id: ClientId::parse(CLIENT).expect("an id"),
            token: IdToken::new(token),
        }
    }

    /// The floor: the signature alone, with a prepared key.
    ///
    /// # Panics
    /// When it does not verify.
    pub fn bare(&self) {
        self.bare.check();
    }

    /// Ours: form, key, signature, every claim.
    ///
    /// # Panics
    /// When it does not verify.
    #[must_use]
    #[expect(clippy::expect_used, reason = "a bench without its token measures nothing")]
    pub fn whole(&self) -> ValidIdToken {
        let check = IdTokenCheck::new(ISSUER, &self.client_id, NOW).nonce(NONCE);
        check.check(&self.token, &self.keys).expect("a good token")
    }
}

#[expect(clippy::expect_used, reason = "our own PEM")]
fn spki_of(key: &PrivateKey) -> Vec<u8> {
    use aws_lc_rs::encoding::AsDer;
    use aws_lc_rs::encoding::PublicKeyX509Der;
    use aws_lc_rs::signature::ECDSA_P256_SHA256_FIXED_SIGNING;
    use aws_lc_rs::signature::ECDSA_P384_SHA384_FIXED_SIGNING;
    use aws_lc_rs::signature::EcdsaKeyPair;
    use aws_lc_rs::signature::KeyPair;
    use aws_lc_rs::signature::RsaKeyPair;
    use rustls_pki_types::PrivatePkcs8KeyDer;
    use rustls_pki_types::pem::PemObject;
    let pem = key.to_pem();
    let der = PrivatePkcs8KeyDer::from_pem_slice(pem.as_bytes()).expect("PKCS#8");
    let der = der.secret_pkcs8_der();
    let spki: PublicKeyX509Der<'_> = match RsaKeyPair::from_pkcs8(der) {
        Ok(pair) => pair.public_key().as_der().expect("a public key"),
        Err(_) => EcdsaKeyPair::from_pkcs8(&ECDSA_P384_SHA384_FIXED_SIGNING, der)
            .or_else(|_| EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der))
            .expect("PKCS#8")
            .public_key()
            .as_der()
            .expect("a public key"),
    };
    spki.as_ref().to_vec()
}
