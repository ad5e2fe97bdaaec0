use der::Choice;
use der::Decode;
use der::Encode;
use der::asn1::Any;
use der::asn1::AnyRef;
use der::asn1::ObjectIdentifier;
use der::asn1::OctetString;
use rustls_pki_types::UnixTime;
use x509_cert::name::Name;

use crate::asn1::Signed;
use crate::certificate::Certificate;
use crate::certificate::sha256;
use crate::extensions::KeyUsage;
use crate::key_kind::KeyKind;
use crate::ocsp::cert_id::key_hash;
use crate::policy::Policy;
use crate::revocation_status::RevocationProblem;
use crate::signatures::SignatureCheck;
use crate::signatures::Signatures;

/// How a responder names itself (RFC 6960 §4.2.1).
#[derive(Debug, Choice)]
pub(super) enum ResponderId {
    #[asn1(context_specific = "1", tag_mode = "EXPLICIT", constructed = "true")]
    ByName(Name),
    #[asn1(context_specific = "2", tag_mode = "EXPLICIT", constructed = "true")]
    ByKey(OctetString),
}

/// Who may answer for a certificate: its issuer, and who the issuer certified for it.
pub(crate) struct Responders<'a> {
    issuer: &'a Certificate,
    policy: &'a Policy,
    now: UnixTime,
    signatures: &'a mut Signatures,
    /// Whether a certificate of the issuer is known not to be revoked, by lists at hand.
    not_revoked: &'a mut dyn FnMut(&Certificate, &mut Signatures) -> bool,
}

impl<'a> Responders<'a> {
    pub(crate) fn new(
        issuer: &'a Certificate,
        policy: &'a Policy,
        now: UnixTime,
        signatures: &'a mut Signatures,
        not_revoked: &'a mut dyn FnMut(&Certificate, &mut Signatures) -> bool,
    ) -> Self {
        Self { issuer, policy, now, signatures, not_revoked }
    }

    pub(super) const fn issuer(&self) -> &'a Certificate {
        self.issuer
    }

    /// Whether the answer was signed by the issuer or by a responder that it certified (RFC 6960 §4.2.2.2).
    pub(super) fn check(
        mut self,
        answer: &[u8],
        signed: &Signed<'_>,
        name: &ResponderId,
    ) -> Result<(), RevocationProblem> {
        let fingerprint = sha256(answer);
        if name.is(self.issuer) {
            return signature(self.signatures.check(answer, fingerprint, self.issuer, self.policy));
        }
        let sent =
            certificates(signed.rest).map_err(|error| RevocationProblem::Malformed(error.to_string()))?;
        let responder = sent
            .iter()
            .take(MAX_CERTIFICATES)
            .filter_map(|der| Certificate::from_der(der).ok())
            .find(|certificate| name.is(certificate))
            .ok_or(RevocationProblem::OcspSigner("its certificate is not with the answer"))?;
        self.check_delegated(&responder)?;
        signature(self.signatures.check(answer, fingerprint, &responder, self.policy))
    }

    fn check_delegated(&mut self, responder: &Certificate) -> Result<(), RevocationProblem> {
        let refuse = |why| Err(RevocationProblem::OcspSigner(why));
        if responder.issuer() != self.issuer.subject()
            || self.signatures.issued(responder, self.issuer, self.policy) != SignatureCheck::Good
        {
            return refuse("its certificate is not of the issuer in question");
        }
        if !responder.purposes().contains(&OCSP_SIGNING) {
            return refuse("its certificate is not for OCSP signing");
        }
        if responder.allows(KeyUsage::DigitalSignature) == Some(false) {
            return refuse("its key usage does not have digitalSignature");
        }
        if matches!(responder.key_kind(), KeyKind::Rsa { bits } if *bits < self.policy.smallest_rsa()) {
            return refuse("its RSA key is too short");
        }
        if self.now < responder.not_before() || self.now > responder.not_after() {
            return refuse("its certificate is expired or not valid yet");
        }
        if !responder.needs_no_revocation_check() && !(self.not_revoked)(responder, self.signatures) {
            return refuse("nothing tells that its certificate is not revoked");
        }
        Ok(())
    }
}

impl ResponderId {
    fn is(&self, certificate: &Certificate) -> bool {
        match self {
            Self::ByName(name) => name.to_der().is_ok_and(|der| der == certificate.subject().as_der()),
            Self::ByKey(hash) => key_hash(certificate).as_ref() == Some(hash),
        }
    }
}

fn signature(check: SignatureCheck) -> Result<(), RevocationProblem> {
    match check {
        SignatureCheck::Good => Ok(()),
        SignatureCheck::Wrong => Err(RevocationProblem::Signature),
        SignatureCheck::Algorithm(detail) => Err(RevocationProblem::SignatureAlgorithm(detail)),
        SignatureCheck::Exhausted => Err(RevocationProblem::Limit),
    }
}

/// `certs [0]` that may follow the signature.
fn certificates(rest: &[u8]) -> der::Result<Vec<Vec<u8>>> {
    if rest.is_empty() {
        return Ok(Vec::new());
    }
    let list = AnyRef::from_der(rest)?;
    Vec::<Any>::from_der(list.value())?.iter().map(Encode::to_der).collect()
}

const OCSP_SIGNING: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.9");
/// Responders send their own certificate, some the path above it.
const MAX_CERTIFICATES: usize = 8;
