use rustls_pki_types::AlgorithmIdentifier;
use rustls_pki_types::InvalidSignature;
use rustls_pki_types::SignatureVerificationAlgorithm;

use crate::asn1::RawKey;
use crate::asn1::Signed;
use crate::certificate::Certificate;

/// A signature that was verified: all that went into the check.
#[derive(Debug, Clone, Copy)]
pub(crate) struct VerifiedSignature<'a> {
    signed: Signed<'a>,
    key: RawKey<'a>,
}

impl<'a> VerifiedSignature<'a> {
    /// That of `certificate` by the key of `issuer`. That it was verified is for the caller to know.
    pub(crate) fn of(certificate: &'a Certificate, issuer: &'a Certificate) -> der::Result<Self> {
        Ok(Self { signed: Signed::read(certificate.der())?, key: RawKey::read(issuer.public_key_bytes())? })
    }

    fn is(
        &self,
        algorithm: &dyn SignatureVerificationAlgorithm,
        key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> bool {
        algorithm.signature_alg_id().as_ref() == self.signed.algorithm
            && algorithm.public_key_alg_id().as_ref() == self.key.algorithm
            && key == self.key.bits
            && message == self.signed.body
            && signature == self.signed.signature
    }
}

/// An algorithm for rustls-webpki that does not compute again what was verified before.
#[derive(Debug)]
pub(crate) struct Remembering<'a> {
    pub(crate) algorithm: &'static dyn SignatureVerificationAlgorithm,
    pub(crate) verified: &'a [VerifiedSignature<'a>],
}

impl SignatureVerificationAlgorithm for Remembering<'_> {
    fn verify_signature(&self, key: &[u8], message: &[u8], signature: &[u8]) -> Result<(), InvalidSignature> {
        if self.verified.iter().any(|known| known.is(self.algorithm, key, message, signature)) {
            return Ok(());
        }
        self.algorithm.verify_signature(key, message, signature)
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        self.algorithm.public_key_alg_id()
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        self.algorithm.signature_alg_id()
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use webpki::aws_lc_rs;

    use super::*;
    use crate::chain::Chain;

    /// Says that every signature is wrong, so that only what is remembered holds.
    #[derive(Debug)]
    struct Refusing(&'static dyn SignatureVerificationAlgorithm);

    impl SignatureVerificationAlgorithm for Refusing {
        fn verify_signature(&self, _: &[u8], _: &[u8], _: &[u8]) -> Result<(), InvalidSignature> {
            Err(InvalidSignature)
        }

        fn public_key_alg_id(&self) -> AlgorithmIdentifier {
            self.0.public_key_alg_id()
        }

        fn signature_alg_id(&self) -> AlgorithmIdentifier {
            self.0.signature_alg_id()
        }
    }

    static REFUSING_SHA256: Refusing = Refusing(aws_lc_rs::RSA_PKCS1_2048_8192_SHA256);
    static REFUSING_SHA384: Refusing = Refusing(aws_lc_rs::RSA_PKCS1_2048_8192_SHA384);
    static REFUSING_P256: Refusing = Refusing(aws_lc_rs::ECDSA_P256_SHA256);

    /// Leaf, root, intermediate, in this order.
    fn chain() -> Chain {
        let file = "../../testdata/pki/udap-certificates/surefhir-leaf-fhirlabs.chain.pem";
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
        Chain::parse(&std::fs::read(file).unwrap()).unwrap()
    }

    #[test]
    fn only_exactly_the_same_is_remembered() {
        let chain = chain();
        let (leaf, issuer) = (chain.leaf(), chain.others().last().unwrap());
        let verified = [VerifiedSignature::of(leaf, issuer).unwrap()];
        let [VerifiedSignature { signed, key }] = verified;
        let holds = |algorithm, key: &[u8], message: &[u8], signature: &[u8]| {
            Remembering { algorithm, verified: &verified }.verify_signature(key, message, signature).is_ok()
        };
        let changed = |bytes: &[u8]| {
            let mut changed = bytes.to_vec();
            *changed.last_mut().unwrap() ^= 1;
            changed
        };
        let (key, message, signature) = (key.bits, signed.body, signed.signature);
        assert!(holds(&REFUSING_SHA256, key, message, signature));
        assert!(!holds(&REFUSING_SHA384, key, message, signature), "another digest");
        assert!(!holds(&REFUSING_P256, key, message, signature), "another kind of key");
        assert!(!holds(&REFUSING_SHA256, &changed(key), message, signature), "another key");
        assert!(!holds(&REFUSING_SHA256, key, &changed(message), signature), "another message");
        assert!(!holds(&REFUSING_SHA256, key, message, &changed(signature)), "another signature");
        assert!(!holds(&REFUSING_SHA256, key, message, &signature[1..]), "a shorter one");
    }

    #[test]
    fn what_is_not_remembered_is_computed() {
        let chain = chain();
        let (leaf, issuer) = (chain.leaf(), chain.others().last().unwrap());
        let VerifiedSignature { signed, key } = VerifiedSignature::of(leaf, issuer).unwrap();
        let algorithm = Remembering { algorithm: aws_lc_rs::RSA_PKCS1_2048_8192_SHA256, verified: &[] };
        assert!(algorithm.verify_signature(key.bits, signed.body, signed.signature).is_ok());
        assert!(algorithm.verify_signature(key.bits, signed.body, &signed.signature[1..]).is_err());
    }
}
