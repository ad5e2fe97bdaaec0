use std::path::PathBuf;
use std::sync::OnceLock;

use rcgen::Error;
use rcgen::KeyPair;
use rcgen::PublicKeyData;
use rcgen::RsaKeySize;
use rcgen::SignatureAlgorithm;
use rcgen::SigningKey;

use crate::openssl;

/// A key that signs certificates: ours, or one that only OpenSSL is willing to sign with.
pub(crate) enum Signer {
    Ours(KeyPair),
    /// The file of the private key and the DER of the public one.
    OpenSsl(PathBuf, Vec<u8>),
}

impl Signer {
    pub(crate) fn private_key_pem(&self) -> String {
        match self {
            Self::Ours(pair) => pair.serialize_pem(),
            Self::OpenSsl(file, _) => std::fs::read_to_string(file).unwrap(),
        }
    }
}

impl PublicKeyData for Signer {
    fn der_bytes(&self) -> &[u8] {
        match self {
            Self::Ours(pair) => pair.der_bytes(),
            Self::OpenSsl(_, public) => public,
        }
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        match self {
            Self::Ours(pair) => pair.algorithm(),
            Self::OpenSsl(..) => &rcgen::PKCS_RSA_SHA256,
        }
    }
}

impl SigningKey for Signer {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        match self {
            Self::Ours(pair) => pair.sign(message),
            Self::OpenSsl(file, _) => {
                Ok(openssl::sign("-sha256", &std::fs::read_to_string(file).unwrap(), message))
            }
        }
    }
}

/// RSA keys of 2048 bits, made once in a run.
pub(crate) fn rsa(index: usize) -> &'static Signer {
    static KEYS: [OnceLock<Signer>; 5] = [const { OnceLock::new() }; 5];
    KEYS[index].get_or_init(|| {
        Signer::Ours(KeyPair::generate_rsa_for(&rcgen::PKCS_RSA_SHA256, RsaKeySize::_2048).unwrap())
    })
}

/// Keys of other kinds.
pub(crate) fn p256() -> &'static Signer {
    static KEY: OnceLock<Signer> = OnceLock::new();
    KEY.get_or_init(|| Signer::Ours(KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).unwrap()))
}

pub(crate) fn ed25519() -> &'static Signer {
    static KEY: OnceLock<Signer> = OnceLock::new();
    KEY.get_or_init(|| Signer::Ours(KeyPair::generate_for(&rcgen::PKCS_ED25519).unwrap()))
}

/// RSA of 1024 bits, made by the OpenSSL command: no other library here makes or uses such a key.
pub(crate) fn rsa_1024() -> &'static Signer {
    static KEY: OnceLock<Signer> = OnceLock::new();
    KEY.get_or_init(|| {
        let file = PathBuf::from(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../testdata/jose/keys/rsa-1024.pkcs8.pem"
        ));
        let public =
            openssl::run(&["rsa", "-in", file.to_str().unwrap(), "-RSAPublicKey_out", "-outform", "DER"]);
        Signer::OpenSsl(file, public)
    })
}
