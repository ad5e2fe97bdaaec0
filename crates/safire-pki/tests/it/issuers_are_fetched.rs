use rcgen::DnType;
use rcgen::Issuer;
use safire_pki::Certificate;
use safire_pki::Chain;
use safire_pki::Crl;
use safire_pki::Need;
use safire_pki::Rule;
use safire_pki::TrustAnchors;
use safire_pki::TrustCommunity;
use safire_pki::TrustFailure;
use safire_pki::TrustedPath;

use crate::encoding::access;
use crate::encoding::sequence;
use crate::encoding::tlv;
use crate::keys::rsa;
use crate::openssl;
use crate::support::NOW;
use crate::support::verify;
use crate::support::verify_with;
use crate::twin::Issued;
use crate::twin::Twin;

const URL: &str = "http://aia.example/sub.cer";

fn issued() -> Issued {
    let mut twin = Twin::emrdirect();
    twin.leaf.custom_extensions = vec![access(&[], &[URL])];
    twin.issue()
}

fn community(issued: &Issued) -> TrustCommunity {
    let lists = issued.crls.iter().map(|der| Crl::from_der(der).unwrap());
    TrustCommunity::new("aia", TrustAnchors::parse(&issued.anchors[0]).unwrap()).crls(lists)
}

fn leaf_alone(issued: &Issued, body: &[u8]) -> Result<TrustedPath, TrustFailure> {
    let chain = Chain::from_der(&[&issued.leaf]).unwrap();
    verify_with(chain, &community(issued), NOW, |need| {
        assert_eq!(*need, Need::Issuer { url: URL.to_owned() });
        Some(body.to_vec())
    })
}

/// A certificates-only envelope (RFC 5652 §5.1).
fn envelope(certificates: &[&[u8]]) -> Vec<u8> {
    let signed_data = [
        tlv(2, &[1]),
        tlv(0x31, &[]),
        sequence(&tlv(6, b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01")),
        tlv(0xa0, &certificates.concat()),
        tlv(0x31, &[]),
    ];
    let kind = tlv(6, b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02");
    sequence(&[kind, tlv(0xa0, &sequence(&signed_data.concat()))].concat())
}

#[test]
fn t25_a_leaf_alone_is_completed() {
    let issued = issued();
    let sub = issued.others[0].as_slice();
    for body in [
        sub.to_vec(),
        openssl::pem("CERTIFICATE", sub).into_bytes(),
        envelope(&[sub]),
        envelope(&[&issued.anchors[0], sub]),
    ] {
        let path = leaf_alone(&issued, &body).unwrap();
        assert_eq!(path.certificates().len(), 2);
    }
}

#[test]
fn an_envelope_of_openssl_is_read() {
    if !openssl::is_here("an envelope of `openssl crl2pkcs7`") {
        return;
    }
    let issued = issued();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sub.pem");
    std::fs::write(&file, openssl::pem("CERTIFICATE", &issued.others[0])).unwrap();
    let arguments = ["crl2pkcs7", "-nocrl", "-outform", "DER", "-certfile", file.to_str().unwrap()];
    leaf_alone(&issued, &openssl::run(&arguments)).unwrap();
}

#[test]
fn t25_an_answer_of_no_use_has_its_reason() {
    let issued = issued();
    let large = vec![0x30; 300 * 1024];
    for (body, says) in [
        (b"".as_slice(), "it cannot be read: an empty answer"),
        (b"<html>404</html>", "it cannot be read: no certificate found"),
        (b"\x30\x03\x02\x01\x01", "it cannot be read"),
        (&envelope(&[]), "it cannot be read: no certificate found"),
        (&large, "it has 307200 bytes, expected at most 262144"),
    ] {
        let failure = leaf_alone(&issued, body).unwrap_err();
        assert_eq!(failure.rule(), Rule::IssuerFound);
        let shown = failure.to_string();
        assert!(shown.contains(says) && shown.contains(URL), "{shown}");
    }
    // The leaf itself, and its root, continue no path.
    for body in [&issued.leaf, &issued.anchors[0]] {
        assert_eq!(leaf_alone(&issued, body).unwrap_err().rule(), Rule::IssuerFound);
    }
    let failure = verify(Chain::from_der(&[&issued.leaf]).unwrap(), &community(&issued), NOW).unwrap_err();
    assert!(
        failure.to_string().contains("issuer http://aia.example/sub.cer: not fetched: offline"),
        "{failure}"
    );
}

#[test]
fn configured_intermediates_need_no_fetching() {
    let issued = issued();
    let community = community(&issued).intermediates([Certificate::from_der(&issued.others[0]).unwrap()]);
    verify(Chain::from_der(&[&issued.leaf]).unwrap(), &community, NOW).unwrap();
}

#[test]
fn issuers_without_end_are_not_followed() {
    // Each answer is an authority that names yet another one.
    let twin = Twin::surefhir();
    let authority = |index: usize| {
        let mut params = twin.sub.clone();
        params.distinguished_name.push(DnType::CommonName, format!("Authority {index}"));
        params.custom_extensions = vec![access(&[], &[&format!("http://aia.example/{}", index + 1)])];
        params
    };
    let issue = |params: &rcgen::CertificateParams, above: usize| {
        let issuer = authority(above);
        params.signed_by(rsa(1), &Issuer::from_params(&issuer, rsa(1))).unwrap().der().to_vec()
    };
    let mut leaf = twin.leaf.clone();
    leaf.custom_extensions = vec![access(&[], &["http://aia.example/0"])];
    let chain = Chain::from_der(&[issue(&leaf, 0)]).unwrap();
    let mut fetched = 0;
    let failure = verify_with(chain, &community(&twin.issue()), NOW, |need| {
        fetched += 1;
        let index: usize = need.url().rsplit('/').next().unwrap().parse().unwrap();
        Some(issue(&authority(index), index + 1))
    })
    .unwrap_err();
    assert!(fetched <= 16, "{fetched}");
    assert_eq!(failure.rule(), Rule::PathLength, "{failure}");
}
