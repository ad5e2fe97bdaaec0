use der::Encode;
use der::Sequence;

use crate::certificate::Certificate;
use crate::ocsp::cert_id::CertId;

/// RFC 6960 §4.1.1, as far as it is used: neither signed nor with extensions.
#[derive(Debug, Sequence)]
struct OcspRequest {
    body: Body,
}

#[derive(Debug, Sequence)]
struct Body {
    requests: Vec<Request>,
}

#[derive(Debug, Sequence)]
struct Request {
    certificate: CertId,
}

/// The question whether `certificate` of `issuer` is revoked.
pub(crate) fn request(certificate: &Certificate, issuer: &Certificate) -> Option<Vec<u8>> {
    let certificate = CertId::new(certificate, issuer).ok()?;
    OcspRequest { body: Body { requests: vec![Request { certificate }] } }.to_der().ok()
}
