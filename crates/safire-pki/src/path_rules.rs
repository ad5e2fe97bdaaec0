use rustls_pki_types::CertificateDer;
use rustls_pki_types::SignatureVerificationAlgorithm;
use rustls_pki_types::UnixTime;
use webpki::EndEntityCert;
use webpki::Error;
use webpki::ExtendedKeyUsageValidator;
use webpki::KeyPurposeIdIter;
use webpki::VerifiedPath;

use crate::asn1::shown;
use crate::certificate::Certificate;
use crate::extensions::KeyUsage;
use crate::key_kind::KeyKind;
use crate::policy::Policy;
use crate::rule::Rule;
use crate::signatures::SignatureCheck;
use crate::signatures::Signatures;
use crate::verified_signature::Remembering;

/// A rule broken, and what was seen.
#[derive(Debug, Clone)]
pub(crate) struct Broken {
    pub(crate) rule: Rule,
    pub(crate) detail: String,
}

/// The place of a certificate in a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Leaf,
    Intermediate,
    Anchor,
}

/// The rules on one certificate, without its signature.
pub(crate) fn check_certificate(
    certificate: &Certificate,
    place: Place,
    policy: &Policy,
    now: UnixTime,
) -> Result<(), Broken> {
    check_dates(certificate, now)?;
    check_key(certificate, policy)?;
    match place {
        Place::Leaf => check_leaf(certificate)?,
        Place::Intermediate | Place::Anchor => check_issuer(certificate)?,
    }
    match place {
        // An anchor's extensions are not subject to path validation (RFC 5280 §6.1.1 (d)), beyond ours above.
        Place::Anchor => webpki::anchor_from_trusted_cert(certificate.der()).map(drop),
        Place::Leaf | Place::Intermediate => EndEntityCert::try_from(certificate.der()).map(drop),
    }
    .map_err(|error| from_webpki(&error))
}

/// What a checked signature means for the path; `issuer` is whose key it was checked with.
pub(crate) fn check_signature(
    check: SignatureCheck,
    issuer: &Certificate,
    policy: &Policy,
) -> Result<(), Broken> {
    let (rule, detail) = match check {
        SignatureCheck::Good => return Ok(()),
        SignatureCheck::Wrong => {
            // No signature of a short key is checked, so its length is the reason.
            check_key(issuer, policy).map_err(|broken| Broken {
                detail: format!("of its issuer {}: {}", issuer.label(), broken.detail),
                ..broken
            })?;
            (Rule::Signature, format!("not signed by the key of {}", issuer.label()))
        }
        SignatureCheck::Algorithm(detail) => (Rule::SignatureAlgorithm, detail),
        SignatureCheck::Exhausted => {
            (Rule::SearchLimit, "too many signatures in one verification".to_owned())
        }
    };
    Err(Broken { rule, detail })
}

fn check_dates(certificate: &Certificate, now: UnixTime) -> Result<(), Broken> {
    if now < certificate.not_before() {
        let detail = format!("valid only from {}, it is {}", shown(certificate.not_before()), shown(now));
        return Err(Broken { rule: Rule::NotBefore, detail });
    }
    if now > certificate.not_after() {
        let detail = format!("expired at {}, it is {}", shown(certificate.not_after()), shown(now));
        return Err(Broken { rule: Rule::NotAfter, detail });
    }
    Ok(())
}

fn check_key(certificate: &Certificate, policy: &Policy) -> Result<(), Broken> {
    match certificate.key_kind() {
        KeyKind::Rsa { bits } if *bits < policy.smallest_rsa() => Err(Broken {
            rule: Rule::KeySize,
            detail: format!("its RSA key has {bits} bits, expected at least {}", policy.smallest_rsa()),
        }),
        KeyKind::Rsa { bits } if *bits > LARGEST_RSA => Err(Broken {
            rule: Rule::KeyKind,
            detail: format!("its RSA key has {bits} bits, expected at most {LARGEST_RSA}"),
        }),
        KeyKind::Rsa { .. } | KeyKind::P256 | KeyKind::P384 | KeyKind::P521 => Ok(()),
        KeyKind::Other(kind) => Err(Broken {
            rule: Rule::KeyKind,
            detail: format!("its key is of the kind {kind}, expected RSA, P-256, P-384 or P-521"),
        }),
    }
}

fn check_leaf(certificate: &Certificate) -> Result<(), Broken> {
    if certificate.is_ca() {
        let detail = "the leaf is the certificate of an authority, expected one without `CA:TRUE`".to_owned();
        return Err(Broken { rule: Rule::LeafIsNoAuthority, detail });
    }
    if certificate.allows(KeyUsage::DigitalSignature) == Some(false) {
        let detail = "its key usage does not have digitalSignature".to_owned();
        return Err(Broken { rule: Rule::LeafUsage, detail });
    }
    Ok(())
}

fn check_issuer(certificate: &Certificate) -> Result<(), Broken> {
    if !certificate.is_ca() {
        let detail =
            "it issued another certificate, but its basic constraints do not have `CA:TRUE`".to_owned();
        return Err(Broken { rule: Rule::IssuerIsAuthority, detail });
    }
    if certificate.allows(KeyUsage::KeyCertSign) == Some(false) {
        let detail = "it issued another certificate, but its key usage does not have keyCertSign".to_owned();
        return Err(Broken { rule: Rule::IssuerUsage, detail });
    }
    Ok(())
}

/// The rules on a whole path whose certificates and signatures are already checked one by one.
///
/// The path begins with the leaf and ends with the anchor. The certificate that broke a rule is named by its index,
/// where it can be.
pub(crate) fn check_path(
    path: &[Certificate],
    signatures: &Signatures,
    policy: &Policy,
    now: UnixTime,
) -> Result<(), (usize, Broken)> {
    check_path_length(path)?;
    by_webpki(path, signatures, policy, now).map_err(|error| (0, from_webpki(&error)))
}

/// RFC 5280 §6.1.4 (l), (m): self-issued intermediates do not count.
fn check_path_length(path: &[Certificate]) -> Result<(), (usize, Broken)> {
    let mut below = 0_usize;
    for (index, issuer) in path.iter().enumerate().skip(1) {
        if let Some(allowed) = issuer.path_length().filter(|allowed| below > usize::from(*allowed)) {
            let detail =
                format!("{below} intermediates are below {}, which allows {allowed}", issuer.label());
            return Err((index, Broken { rule: Rule::PathLength, detail }));
        }
        if !issuer.is_self_issued() {
            below += 1;
        }
    }
    Ok(())
}

/// RFC 5280 §6 as rustls-webpki checks it, on exactly this path. The signatures that the search verified count as
/// they are.
fn by_webpki(
    path: &[Certificate],
    signatures: &Signatures,
    policy: &Policy,
    now: UnixTime,
) -> Result<(), Error> {
    let [leaf, issuers @ .., anchor] = path else { return Err(Error::UnknownIssuer) };
    let pairs = path.iter().zip(path.iter().skip(1));
    let verified: Vec<_> = pairs.filter_map(|(own, issuer)| signatures.verified(own, issuer)).collect();
    let algorithms: Vec<_> =
        policy.implementations().map(|algorithm| Remembering { algorithm, verified: &verified }).collect();
    let algorithms: Vec<&dyn SignatureVerificationAlgorithm> =
        algorithms.iter().map(|algorithm| algorithm as _).collect();
    let anchors = [webpki::anchor_from_trusted_cert(anchor.der())?];
    let intermediates: Vec<CertificateDer<'_>> =
        issuers.iter().map(|issuer| CertificateDer::from(issuer.der().as_ref())).collect();
    let leaf = EndEntityCert::try_from(leaf.der())?;
    let is_this_path = |path: &VerifiedPath<'_>| {
        let same =
            path.intermediate_certificates().map(|found| found.der()).eq(intermediates.iter().cloned());
        if same { Ok(()) } else { Err(Error::UnknownIssuer) }
    };
    leaf.verify_for_usage(&algorithms, &anchors, &intermediates, now, AnyPurpose, None, Some(&is_this_path))
        .map(drop)
}

/// UDAP Security names no extended key usage, and communities set none or unrelated ones.
struct AnyPurpose;

impl ExtendedKeyUsageValidator for AnyPurpose {
    fn validate(&self, mut iter: KeyPurposeIdIter<'_, '_>) -> Result<(), Error> {
        iter.try_for_each(|purpose| purpose.map(drop))
    }
}

fn from_webpki(error: &Error) -> Broken {
    let (rule, detail) = if matches!(error, Error::UnsupportedCriticalExtension) {
        (Rule::CriticalExtension, "it has a critical extension that is not known here".to_owned())
    } else if matches!(error, Error::NameConstraintViolation) {
        (Rule::NameConstraints, "a name is outside the name constraints of an issuer".to_owned())
    } else if matches!(error, Error::PathLenConstraintViolated | Error::MaximumPathDepthExceeded) {
        (Rule::PathLength, "more intermediates than an issuer allows".to_owned())
    } else if matches!(error, Error::InvalidSignatureForPublicKey) {
        (Rule::Signature, "the signature was not made by the issuer's key".to_owned())
    } else {
        (Rule::Form, format!("not formed as RFC 5280 has it: {error}"))
    };
    Broken { rule, detail }
}

/// aws-lc-rs verifies nothing longer.
const LARGEST_RSA: usize = 8192;
