use std::collections::BTreeMap;

use rustls_pki_types::SubjectPublicKeyInfoDer;
use webpki::RawPublicKeyEntity;

use crate::asn1::Signed;
use crate::certificate::Certificate;
use crate::policy::Policy;
use crate::verified_signature::VerifiedSignature;

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

    /// The signature of `certificate` by `issuer`'s key, if [`Self::issued`] found it good.
    pub(crate) fn verified<'a>(
        &self,
        certificate: &'a Certificate,
        issuer: &'a Certificate,
    ) -> Option<VerifiedSignature<'a>> {
        let place = (certificate.fingerprint_bytes(), issuer.fingerprint_bytes());
        let is_good = self.known.get(&place) == Some(&SignatureCheck::Good);
        is_good.then(|| VerifiedSignature::of(certificate, issuer).ok())?
    }
}

fn verify(signed: &Signed<'_>, issuer: &Certificate, policy: &Policy) -> SignatureCheck {
    let public_key: SubjectPublicKeyInfoDer<'_> = issuer.public_key();
    let Ok(key) = RawPublicKeyEntity::try_from(&public_key) else {
        return SignatureCheck::Algorithm(format!("{} verifies nothing", issuer.key_kind()));
    };
    let mut named = policy
        .implementations()
        .filter(|algorithm| algorithm.signature_alg_id().as_ref() == signed.algorithm)
        .peekable();
    if named.peek().is_none() {
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

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::time::Duration;

    use rustls_pki_types::UnixTime;

    use super::*;
    use crate::chain::Chain;
    use crate::path_rules::check_path;
    use crate::rule::Rule;

    /// Leaf, intermediate and root, the leaf with a signature that its issuer did not make.
    fn path_with_a_wrong_signature() -> Vec<Certificate> {
        let file = "../../testdata/pki/udap-certificates/surefhir-leaf-fhirlabs.chain.pem";
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
        let chain = Chain::parse(&std::fs::read(file).unwrap()).unwrap();
        let [root, intermediate] = chain.others() else { panic!("leaf, root, intermediate") };
        let mut leaf = chain.leaf().der().to_vec();
        *leaf.last_mut().unwrap() ^= 1;
        vec![Certificate::from_der(&leaf).unwrap(), intermediate.clone(), root.clone()]
    }

    #[test]
    fn what_was_checked_is_not_computed_again_for_the_path() {
        let path = path_with_a_wrong_signature();
        let [leaf, intermediate, root] = path.as_slice() else { panic!("three certificates") };
        // 1 June 2024: all of them are valid.
        let (policy, now) =
            (Policy::strict(), UnixTime::since_unix_epoch(Duration::from_secs(1_717_200_000)));
        let mut signatures = Signatures::default();
        assert_eq!(signatures.issued(leaf, intermediate, &policy), SignatureCheck::Wrong);
        assert_eq!(signatures.issued(intermediate, root, &policy), SignatureCheck::Good);
        let (_, broken) = check_path(&path, &signatures, &policy, now).unwrap_err();
        assert_eq!(broken.rule, Rule::Signature);
        // Were it computed again, the path would be refused again.
        let place = (leaf.fingerprint_bytes(), intermediate.fingerprint_bytes());
        signatures.known.insert(place, SignatureCheck::Good);
        check_path(&path, &signatures, &policy, now).unwrap();
    }

    #[test]
    fn a_path_whose_signatures_nobody_checked_is_computed() {
        let path = path_with_a_wrong_signature();
        let now = UnixTime::since_unix_epoch(Duration::from_secs(1_717_200_000));
        let (_, broken) = check_path(&path, &Signatures::default(), &Policy::strict(), now).unwrap_err();
        assert_eq!(broken.rule, Rule::Signature);
    }
}
