//! A client assertion beside the bare signature over the same bytes.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::ECDSA_P384_SHA384_FIXED_SIGNING;
use aws_lc_rs::signature::EcdsaKeyPair;
use aws_lc_rs::signature::RSA_PKCS1_SHA384;
use aws_lc_rs::signature::RsaKeyPair;
use safire_jose::Algorithm;
use safire_jose::PrivateKey;
use safire_protocol::credentials::AssertionProfile;
use safire_protocol::credentials::Credentials;
use safire_protocol::identifier::ClientId;
use safire_protocol::time::UnixTime;
use safire_protocol::token::Grant;
use safire_protocol::token::TokenRequest;

/// A key, ready for both sides.
#[derive(Debug)]
pub struct Sides {
    key: PrivateKey,
    bare: Bare,
    step: TokenRequest,
    input: Vec<u8>,
    random: SystemRandom,
}

#[derive(Debug)]
enum Bare {
    Rsa(Box<RsaKeyPair>),
    Ecdsa(Box<EcdsaKeyPair>),
}

const NOW: UnixTime = UnixTime::from_seconds(1_790_000_000);
const JTI: &str = "0123456789abcdef0123456789abcdef";

impl Sides {
    /// A fresh key of the algorithm, parsed once on both sides.
    ///
    /// # Panics
    /// When no key can be made.
    #[must_use]
    #[expect(clippy::expect_used, reason = "a bench without its key measures nothing")]
    pub fn new(algorithm: Algorithm) -> Self {
        let key = PrivateKey::generate(algorithm).expect("a key");
        let der = der_of(&key.to_pem());
        let bare = if algorithm == Algorithm::Rs384 {
            Bare::Rsa(Box::new(RsaKeyPair::from_pkcs8(&der).expect("PKCS#8")))
        } else {
            Bare::Ecdsa(Box::new(
                EcdsaKeyPair::from_pkcs8(&ECDSA_P384_SHA384_FIXED_SIGNING, &der).expect("PKCS#8"),
            ))
        };
        let client_id = ClientId::parse("8b7f2c1e-5a0d-4f4e-9c55-0d2f6a1b7c3d").expect("an id");
        let profile = AssertionProfile::new(client_id, algorithm, key.kid()).expect("a profile");
        let endpoint = "https://auth.example.com/token".parse().expect("a URL");
        let grant = Grant::ClientCredentials { scope: None };
        let step = TokenRequest::new(endpoint, grant, Credentials::PrivateKeyJwt(profile)).expect("a step");
        let input = step.assertion(NOW, JTI).expect("an input").expect("an assertion").as_bytes().to_vec();
        Self { key, bare, step, input, random: SystemRandom::new() }
    }

    /// The floor: the signature alone, over the same bytes.
    ///
    /// # Panics
    /// When signing fails.
    #[must_use]
    #[expect(clippy::expect_used, reason = "a bench without its signature measures nothing")]
    pub fn bare(&self) -> Vec<u8> {
        match &self.bare {
            Bare::Rsa(key) => {
                let mut signature = vec![0; key.public_modulus_len()];
                key.sign(&RSA_PKCS1_SHA384, &self.random, &self.input, &mut signature).expect("a signature");
                signature
            }
            Bare::Ecdsa(key) => key.sign(&self.random, &self.input).expect("a signature").as_ref().to_vec(),
        }
    }

    /// Ours: claims, header, signature, compact form.
    ///
    /// # Panics
    /// When signing fails.
    #[must_use]
    #[expect(clippy::expect_used, reason = "a bench without its signature measures nothing")]
    pub fn assertion(&self) -> String {
        let input = self.step.assertion(NOW, JTI).expect("an input").expect("an assertion");
        let signature = self.key.sign(self.key.algorithm(), input.as_bytes()).expect("a signature");
        input.attach(&signature)
    }
}

#[expect(clippy::expect_used, reason = "our own PEM")]
fn der_of(pem: &str) -> Vec<u8> {
    use rustls_pki_types::PrivatePkcs8KeyDer;
    use rustls_pki_types::pem::PemObject;
    PrivatePkcs8KeyDer::from_pem_slice(pem.as_bytes()).expect("PKCS#8").secret_pkcs8_der().to_vec()
}
