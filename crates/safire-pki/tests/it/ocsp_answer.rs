//! Answers of a responder, written by hand so that they can be wrong (RFC 6960 §4.2.1).

use rcgen::SigningKey;
use safire_pki::Certificate;

use crate::encoding::sequence;
use crate::encoding::tlv;
use crate::keys::Signer;

/// An answer, good unless changed.
pub(crate) struct Answer<'a> {
    /// `OCSPResponseStatus`.
    pub(crate) status: u8,
    /// `CertStatus` in DER.
    pub(crate) certificate_status: Vec<u8>,
    pub(crate) this_update: &'a str,
    pub(crate) next_update: Option<&'a str>,
    /// Changes the identifier of the certificate taken from the request.
    pub(crate) change_id: fn(&mut Vec<u8>),
    /// Extensions of the single answer.
    pub(crate) extensions: Vec<u8>,
    /// Whose name the answer bears.
    pub(crate) name: &'a Certificate,
    pub(crate) signer: &'a Signer,
    pub(crate) certificates: Vec<Vec<u8>>,
}

impl<'a> Answer<'a> {
    pub(crate) fn good(name: &'a Certificate, signer: &'a Signer) -> Self {
        Self {
            status: 0,
            certificate_status: tlv(0x80, &[]),
            this_update: "20240601000000Z",
            next_update: Some("20240602000000Z"),
            change_id: |_| {},
            extensions: Vec::new(),
            name,
            signer,
            certificates: Vec::new(),
        }
    }

    pub(crate) fn revoked(name: &'a Certificate, signer: &'a Signer) -> Self {
        let reason = tlv(0xa0, &tlv(0x0a, &[1]));
        let at = tlv(0x18, b"20240503000000Z");
        Self { certificate_status: tlv(0xa1, &[at, reason].concat()), ..Self::good(name, signer) }
    }

    /// The answer to a request.
    pub(crate) fn to(&self, request: &[u8]) -> Vec<u8> {
        // OCSPRequest, its body, the list, the first of it: the identifier is within four sequences.
        let mut id = (0..4).fold(request, |der, _| contents(der)).to_vec();
        (self.change_id)(&mut id);
        let mut single =
            [id, self.certificate_status.clone(), tlv(0x18, self.this_update.as_bytes())].concat();
        if let Some(next) = self.next_update {
            single.extend(tlv(0xa0, &tlv(0x18, next.as_bytes())));
        }
        single.extend(&self.extensions);
        let responder = tlv(0xa1, self.name.subject().as_der());
        let body = [responder, tlv(0x18, self.this_update.as_bytes()), sequence(&sequence(&single))].concat();
        let body = sequence(&body);
        let signature = self.signer.sign(&body).unwrap();
        let algorithm = b"\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b\x05\x00".to_vec();
        let mut basic = [body, algorithm, tlv(3, &[&[0], signature.as_slice()].concat())].concat();
        if !self.certificates.is_empty() {
            basic.extend(tlv(0xa0, &sequence(&self.certificates.concat())));
        }
        let kind = tlv(6, b"\x2b\x06\x01\x05\x05\x07\x30\x01\x01");
        let content = sequence(&[kind, tlv(4, &sequence(&basic))].concat());
        let status = tlv(0x0a, &[self.status]);
        sequence(&if self.status == 0 { [status, tlv(0xa0, &content)].concat() } else { status })
    }
}

/// What is within the element.
fn contents(der: &[u8]) -> &[u8] {
    match der[1] {
        length @ 0..=0x7f => &der[2..2 + usize::from(length)],
        0x81 => &der[3..],
        _ => &der[4..],
    }
}
