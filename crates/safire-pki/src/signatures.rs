use std::collections::BTreeMap;

use rustls_pki_types::SubjectPublicKeyInfoDer;
use webpki::RawPublicKeyEntity;

use crate::asn1::Signed;
use crate::certificate::Certificate;
use crate::policy::Policy;

/// What checking a signature came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum SignatureCheck {
    /// The key made it.
    Good,
    /// The key did not make it.
    Wrong,
    /// The algorithm is not allowed, or does not fit the key.
    Algorithm(String),
    /// No more signatures are checked in this verification.
    Exhausted,
}

/// Signatures already checked, by what was signed and by whom: each costs its time once.
#[derive(Debug, Default)]
pub(crate) struct Signatures {
    known: BTreeMap<([u8; 32], [u8; 32]), SignatureCheck>,
}

impl Signatures {
    /// Whether `issuer`'s key signed `der`, whose SHA-256 is `fingerprint`.
    pub(crate) fn check(
        &mut self,
        der: &[u8],
        fingerprint: [u8; 32],
        issuer: &Certificate,
        policy: &Policy,
    ) -> SignatureCheck {
        let place = (fingerprint, issuer.fingerprint_bytes());
        if let Some(known) = self.known.get(&place) {
            return known.clone();
        }
        if self.known.len() >= policy.limits_of_work().signatures {
            return SignatureCheck::Exhausted;
        }
        let result =
            Signed::read(der).map_or(SignatureCheck::Wrong, |signed| verify(&signed, issuer, policy));
        self.known.insert(place, result.clone());
        result
    }

    /// Whether `issuer`'s key signed `certificate`.
    pub(crate) fn issued(
        &mut self,
        certificate: &Certificate,
        issuer: &Certificate,
        policy: &Policy,
    ) -> SignatureCheck {
        self.check(certificate.der(), certificate.fingerprint_bytes(), issuer, policy)
    }
}

fn verify(signed: &Signed<'_>, issuer: &Certificate, policy: &Policy) -> SignatureCheck {
    let public_key: SubjectPublicKeyInfoDer<'_> = issuer.public_key();
    let Ok(key) = RawPublicKeyEntity::try_from(&public_key) else {
        return SignatureCheck::Algorithm(format!("{} verifies nothing", issuer.key_kind()));
    };
    let named: Vec<_> = policy
        .implementations()
        .into_iter()
        .filter(|algorithm| algorithm.signature_alg_id().as_ref() == signed.algorithm)
        .collect();
    if named.is_empty() {
        let allowed: Vec<_> = policy.allowed().iter().map(|algorithm| algorithm.as_str()).collect();
        return SignatureCheck::Algorithm(format!(
            "the signature algorithm {} is not allowed, expected one of: {}",
            signed.algorithm_name(),
            allowed.join(", ")
        ));
    }
    let mut fits = false;
    for algorithm in named {
        match key.verify_signature(algorithm, signed.body, signed.signature) {
            Ok(()) => return SignatureCheck::Good,
            Err(webpki::Error::InvalidSignatureForPublicKey) => fits = true,
            // The implementation is for another kind of key: the next one may fit.
            Err(_) => {}
        }
    }
    if fits {
        SignatureCheck::Wrong
    } else {
        SignatureCheck::Algorithm(format!(
            "the signature algorithm {} does not fit {}",
            signed.algorithm_name(),
            issuer.key_kind()
        ))
    }
}
