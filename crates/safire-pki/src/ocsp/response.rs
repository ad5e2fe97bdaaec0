use der::Choice;
use der::Decode;
use der::Enumerated;
use der::Sequence;
use der::asn1::GeneralizedTime;
use der::asn1::Null;
use der::asn1::ObjectIdentifier;
use der::asn1::OctetString;
use rustls_pki_types::UnixTime;
use x509_cert::ext::Extension;
use x509_cert::ext::Extensions;

use crate::asn1::Signed;
use crate::asn1::shown;
use crate::asn1::unix_time;
use crate::certificate::Certificate;
use crate::ocsp::cert_id::CertId;
use crate::ocsp::responder::ResponderId;
use crate::ocsp::responder::Responders;
use crate::revocation_status::RevocationProblem;

/// What a responder says, once it is sure that it is the responder who says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum OcspAnswer {
    Good { until: UnixTime },
    Revoked { at: UnixTime, reason: String },
}

#[derive(Sequence)]
struct OcspResponse {
    status: Status,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    content: Option<Content>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Enumerated)]
#[repr(u8)]
enum Status {
    Successful = 0,
    MalformedRequest = 1,
    InternalError = 2,
    TryLater = 3,
    SignatureRequired = 5,
    Unauthorized = 6,
}

#[derive(Sequence)]
struct Content {
    kind: ObjectIdentifier,
    response: OctetString,
}

/// `ResponseData`, the part that is signed.
#[derive(Sequence)]
struct Body {
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", default = "Default::default")]
    version: u8,
    responder: ResponderId,
    produced_at: GeneralizedTime,
    answers: Vec<Single>,
    #[asn1(context_specific = "1", tag_mode = "EXPLICIT", optional = "true")]
    extensions: Option<Extensions>,
}

#[derive(Sequence)]
struct Single {
    certificate: CertId,
    status: CertStatus,
    this_update: GeneralizedTime,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    next_update: Option<GeneralizedTime>,
    #[asn1(context_specific = "1", tag_mode = "EXPLICIT", optional = "true")]
    extensions: Option<Extensions>,
}

#[derive(Choice)]
enum CertStatus {
    #[asn1(context_specific = "0", tag_mode = "IMPLICIT")]
    Good(Null),
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", constructed = "true")]
    Revoked(Revoked),
    #[asn1(context_specific = "2", tag_mode = "IMPLICIT")]
    Unknown(Null),
}

#[derive(Sequence)]
struct Revoked {
    at: GeneralizedTime,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    reason: Option<x509_cert::ext::pkix::CrlReason>,
}

/// Reads an answer on `certificate`, signed by its issuer or by a responder that the issuer named (RFC 6960 §3.2).
pub(crate) fn read(
    der: &[u8],
    certificate: &Certificate,
    responders: Responders<'_>,
    now: UnixTime,
) -> Result<OcspAnswer, RevocationProblem> {
    let malformed = |error: der::Error| RevocationProblem::Malformed(error.to_string());
    let response = OcspResponse::from_der(der).map_err(malformed)?;
    if response.status != Status::Successful {
        return Err(RevocationProblem::OcspRefused(format!("{:?}", response.status)));
    }
    let content = response.content.filter(|content| content.kind == BASIC);
    let content = content.ok_or_else(|| RevocationProblem::Malformed("no basic OCSP response".to_owned()))?;
    let basic = content.response.as_bytes();
    let signed = Signed::read(basic).map_err(malformed)?;
    let body = Body::from_der(signed.body).map_err(malformed)?;
    let issuer = responders.issuer();
    responders.check(basic, &signed, &body.responder)?;
    if body.version != 0 || has_critical(body.extensions.as_deref()) {
        return Err(RevocationProblem::Malformed(
            "a version or critical extension that is not known".to_owned(),
        ));
    }
    let mut own = body.answers.iter().filter(|single| single.certificate.means(certificate, issuer));
    let single = own.next().ok_or(RevocationProblem::OcspOtherCertificate)?;
    single.answer(now)
}

impl Single {
    fn answer(&self, now: UnixTime) -> Result<OcspAnswer, RevocationProblem> {
        if has_critical(self.extensions.as_deref()) {
            return Err(RevocationProblem::Malformed("a critical extension that is not known".to_owned()));
        }
        let this_update = time(self.this_update);
        if this_update.as_secs() > now.as_secs().saturating_add(CLOCK_SKEW) {
            return Err(RevocationProblem::NotYetCurrent { from: shown(this_update) });
        }
        match &self.status {
            // What was revoked stays so, even where a newer answer is due.
            CertStatus::Revoked(revoked) => Ok(OcspAnswer::Revoked {
                at: time(revoked.at),
                reason: revoked
                    .reason
                    .map_or_else(|| "no reason given".to_owned(), |reason| format!("{reason:?}")),
            }),
            CertStatus::Unknown(Null) => Err(RevocationProblem::OcspUnknown),
            CertStatus::Good(Null) => {
                // RFC 5019 §2.2.4: `nextUpdate` is needed where no nonce shows that an answer is fresh.
                let until = self.next_update.map(time).ok_or(RevocationProblem::NoNextUpdate)?;
                if until <= now {
                    return Err(RevocationProblem::Expired { at: shown(until) });
                }
                Ok(OcspAnswer::Good { until })
            }
        }
    }
}

fn has_critical(extensions: Option<&[Extension]>) -> bool {
    extensions.unwrap_or_default().iter().any(|extension| extension.critical)
}

fn time(time: GeneralizedTime) -> UnixTime {
    unix_time(time.to_unix_duration())
}

const BASIC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.1.1");
/// Seconds that a responder's clock may be ahead: it answers with its own time.
const CLOCK_SKEW: u64 = 300;
