use rcgen::CertificateParams;
use rcgen::ExtendedKeyUsagePurpose;
use rcgen::Issuer;
use rcgen::date_time_ymd;
use safire_pki::Certificate;
use safire_pki::Chain;
use safire_pki::Crl;
use safire_pki::Need;
use safire_pki::RevocationStatus;
use safire_pki::Rule;
use safire_pki::TrustAnchors;
use safire_pki::TrustCommunity;
use safire_pki::TrustFailure;
use safire_pki::TrustedPath;

use crate::encoding::access;
use crate::encoding::sequence;
use crate::encoding::tlv;
use crate::keys::rsa;
use crate::ocsp_answer::Answer;
use crate::openssl;
use crate::support::NOW;
use crate::support::at;
use crate::support::verify_with;
use crate::twin::Issued;
use crate::twin::List;
use crate::twin::Twin;
use crate::twin::list_at;

type ChangeAnswer = fn(&mut Answer<'_>);
type ChangeParams = fn(&mut CertificateParams);

const URL: &str = "http://ocsp.example/";

/// A chain whose leaf names a responder and no list; the intermediate is covered by the root's list.
fn twin() -> Twin {
    let mut twin = Twin::surefhir();
    twin.leaf.custom_extensions = vec![access(&[URL], &[])];
    twin.leaf.crl_distribution_points = Vec::new();
    twin.sub_list = None;
    twin
}

fn community(issued: &Issued) -> TrustCommunity {
    let lists = issued.crls.iter().map(|der| Crl::from_der(der).unwrap());
    TrustCommunity::new("ocsp", TrustAnchors::parse(&issued.anchors[0]).unwrap()).crls(lists)
}

fn ask(
    twin: &Twin,
    answer: impl Fn(&Need, &Certificate) -> Option<Vec<u8>>,
) -> Result<TrustedPath, TrustFailure> {
    let issued = twin.issue();
    let sub = Certificate::from_der(&issued.others[0]).unwrap();
    let chain = Chain::from_der(&[&issued.leaf, &issued.others[0]]).unwrap();
    verify_with(chain, &community(&issued), twin.now, |need| answer(need, &sub))
}

fn answered(change: impl Fn(&mut Answer<'_>)) -> Result<TrustedPath, TrustFailure> {
    ask(&twin(), |need, sub| {
        let mut answer = Answer::good(sub, rsa(1));
        change(&mut answer);
        Some(answer.to(need.body().unwrap()))
    })
}

/// A certificate for a responder, issued by the intermediate unless changed.
fn responder(change: impl Fn(&mut CertificateParams)) -> Vec<u8> {
    let twin = twin();
    let mut params = twin.leaf.clone();
    params.distinguished_name.push(rcgen::DnType::CommonName, "Responder");
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::OcspSigning];
    params.custom_extensions = vec![no_check()];
    params.serial_number = Some(rcgen::SerialNumber::from(0x3003_u64));
    change(&mut params);
    params.signed_by(rsa(3), &Issuer::from_params(&twin.sub, rsa(1))).unwrap().der().to_vec()
}

fn no_check() -> rcgen::CustomExtension {
    rcgen::CustomExtension::from_oid_content(&[1, 3, 6, 1, 5, 5, 7, 48, 1, 5], vec![5, 0])
}

fn delegated(change: impl Fn(&mut CertificateParams)) -> Result<TrustedPath, TrustFailure> {
    let certificate = responder(change);
    let parsed = Certificate::from_der(&certificate).unwrap();
    ask(&twin(), |need, _| {
        let mut answer = Answer::good(&parsed, rsa(3));
        answer.certificates = vec![certificate.clone()];
        Some(answer.to(need.body().unwrap()))
    })
}

#[test]
fn a_good_answer_of_the_issuer_is_enough() {
    let path = ask(&twin(), |need, sub| {
        assert_eq!(need.url(), URL);
        assert_eq!(need.content_type(), Some("application/ocsp-request"));
        Some(Answer::good(sub, rsa(1)).to(need.body().unwrap()))
    })
    .unwrap();
    let [RevocationStatus::NotRevoked { source, until }, RevocationStatus::NotRevoked { source: of_sub, .. }] =
        path.revocation()
    else {
        panic!("{:?}", path.revocation());
    };
    assert_eq!(source, "OCSP responder http://ocsp.example/");
    assert_eq!(*until, at(NOW + 24 * 3600));
    assert_eq!(path.fresh_until(), *until);
    assert!(of_sub.starts_with("revocation list of `CN=SureFhir-CA"), "{of_sub}");
}

#[test]
fn a_revoked_leaf_is_refused() {
    let failure = answered(|answer| *answer = Answer::revoked(answer.name, answer.signer)).unwrap_err();
    assert_eq!(failure.rule(), Rule::NotRevoked);
    assert!(failure.to_string().contains("revoked at 2024-05-03T00:00:00Z (KeyCompromise)"), "{failure}");
}

#[test]
fn each_flaw_of_an_answer_has_its_reason() {
    let flaws: [(&str, ChangeAnswer); 10] = [
        ("the responder answered TryLater", |answer| answer.status = 3),
        ("the responder answered Unauthorized", |answer| answer.status = 6),
        ("the responder does not know the certificate", |answer| answer.certificate_status = tlv(0x82, &[])),
        ("it expired at 2024-05-31T23:59:59Z", |answer| {
            answer.this_update = "20240530000000Z";
            answer.next_update = Some("20240531235959Z");
        }),
        ("it is current only from 2024-06-01T00:05:01Z", |answer| answer.this_update = "20240601000501Z"),
        ("it does not say when the next one is due", |answer| answer.next_update = None),
        ("answered for another certificate", |answer| answer.change_id = |id| *id.last_mut().unwrap() ^= 1),
        ("not signed by the key", |answer| answer.signer = rsa(4)),
        ("a critical extension that is not known", |answer| {
            let extension = [tlv(6, &[0x2a, 3]), tlv(1, &[0xff]), tlv(4, &[5, 0])].concat();
            answer.extensions = tlv(0xa1, &sequence(&sequence(&extension)));
        }),
        ("cannot be read", |answer| answer.this_update = "2024-06-01"),
    ];
    for (says, change) in flaws {
        let failure = answered(change).unwrap_err();
        assert_eq!(failure.rule(), Rule::RevocationKnown, "{says}");
        assert!(failure.to_string().contains(says), "{says}: {failure}");
    }
}

#[test]
fn a_clock_slightly_ahead_is_forgiven() {
    answered(|answer| answer.this_update = "20240601000500Z").unwrap();
}

#[test]
fn a_responder_that_the_issuer_named_may_answer() {
    delegated(|_| {}).unwrap();
}

#[test]
fn a_responder_that_may_be_revoked_needs_a_list() {
    // A list that speaks for the responder, not for the leaf.
    let url = "http://lists.example/responders.crl";
    let mut twin = twin();
    twin.leaf.crl_distribution_points = list_at("http://lists.example/leaves.crl");
    let distribution_point = rcgen::CrlDistributionPoint { uris: vec![url.to_owned()] };
    let scope = rcgen::CrlIssuingDistributionPoint { distribution_point, scope: None };
    let certificate = responder(|params| {
        params.custom_extensions.clear();
        params.crl_distribution_points = list_at(url);
    });
    let parsed = Certificate::from_der(&certificate).unwrap();
    for (revoked, trusted) in [(5, true), (0x3003, false)] {
        twin.sub_list = Some(List { scope: Some(scope.clone()), ..List::new(vec![revoked]) });
        let result = ask(&twin, |need, _| {
            let mut answer = Answer::good(&parsed, rsa(3));
            answer.certificates = vec![certificate.clone()];
            Some(answer.to(need.body()?))
        });
        assert_eq!(result.is_ok(), trusted, "{result:?}");
    }
}

#[test]
fn a_responder_that_the_issuer_did_not_name_may_not() {
    let flaws: [(&str, ChangeParams); 4] = [
        ("not for OCSP signing", |params| params.extended_key_usages.clear()),
        ("expired or not valid yet", |params| params.not_after = date_time_ymd(2024, 5, 31)),
        ("does not have digitalSignature", |params| {
            params.key_usages = vec![rcgen::KeyUsagePurpose::KeyEncipherment]
        }),
        ("nothing tells that its certificate is not revoked", |params| params.custom_extensions.clear()),
    ];
    for (says, change) in flaws {
        let failure = delegated(change).unwrap_err();
        assert_eq!(failure.rule(), Rule::RevocationKnown, "{says}");
        assert!(failure.to_string().contains(says), "{says}: {failure}");
    }
    // Certified by another authority of the same name.
    let twin = twin();
    let mut params = twin.leaf.clone();
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::OcspSigning];
    params.custom_extensions = vec![no_check()];
    let other = params.signed_by(rsa(3), &Issuer::from_params(&twin.sub, rsa(4))).unwrap().der().to_vec();
    let parsed = Certificate::from_der(&other).unwrap();
    let failure = ask(&twin, |need, _| {
        let mut answer = Answer::good(&parsed, rsa(3));
        answer.certificates = vec![other.clone()];
        Some(answer.to(need.body().unwrap()))
    })
    .unwrap_err();
    assert!(failure.to_string().contains("not of the issuer in question"), "{failure}");
}

#[test]
fn no_flipped_bit_of_an_answer_is_accepted() {
    let issued = twin().issue();
    let sub = Certificate::from_der(&issued.others[0]).unwrap();
    let chain = Chain::from_der(&[&issued.leaf, &issued.others[0]]).unwrap();
    let community = community(&issued);
    let mut request = Vec::new();
    verify_with(chain.clone(), &community, NOW, |need| {
        request = need.body().unwrap().to_vec();
        None
    })
    .unwrap_err();
    let good = Answer::good(&sub, rsa(1)).to(&request);
    for byte in 0..good.len() {
        let mut flipped = good.clone();
        flipped[byte] ^= 1 << (byte % 8);
        let result = verify_with(chain.clone(), &community, NOW, |_| Some(flipped.clone()));
        assert!(result.is_err(), "bit {} of byte {byte}", byte % 8);
    }
}

#[test]
fn the_list_is_fetched_where_the_responder_does_not_help() {
    let mut twin = twin();
    twin.leaf.crl_distribution_points = list_at("http://lists.example/sub.crl");
    twin.sub_list = Some(List::new(Vec::new()));
    let issued = twin.issue();
    let [root_list, sub_list] = issued.crls.as_slice() else { panic!("two lists") };
    let chain = Chain::from_der(&[&issued.leaf, &issued.others[0]]).unwrap();
    let community = TrustCommunity::new("ocsp", TrustAnchors::parse(&issued.anchors[0]).unwrap())
        .crls([Crl::from_der(root_list).unwrap()]);
    let mut asked = Vec::new();
    verify_with(chain, &community, NOW, |need| {
        asked.push(need.url().to_owned());
        matches!(need, Need::Crl { .. }).then(|| sub_list.clone())
    })
    .unwrap();
    assert_eq!(asked, [URL, "http://lists.example/sub.crl"]);
}

#[test]
fn openssl_understands_the_request_and_is_understood() {
    if !openssl::is_here("an answer of `openssl ocsp`") {
        return;
    }
    // The command takes the time from the system: the file's own time is `now`.
    let mut twin = twin();
    for params in [&mut twin.root, &mut twin.sub, &mut twin.leaf] {
        params.not_after = date_time_ymd(2090, 1, 1);
    }
    twin.root_list = Some(List { to: (2090, 1, 1), ..List::new(Vec::new()) });
    for (state, trusted) in
        [("V\t900101000000Z\t\t2002", true), ("R\t900101000000Z\t240502000000Z\t2002", false)]
    {
        let issued = twin.issue();
        let chain = Chain::from_der(&[&issued.leaf, &issued.others[0]]).unwrap();
        let mut request = Vec::new();
        let community = community(&issued);
        verify_with(chain.clone(), &community, NOW, |need| {
            request = need.body().unwrap().to_vec();
            None
        })
        .unwrap_err();
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
        std::fs::write(file("request"), &request).unwrap();
        std::fs::write(file("index"), format!("{state}\tunknown\t/CN=leaf\n")).unwrap();
        std::fs::write(file("sub.pem"), openssl::pem("CERTIFICATE", &issued.others[0])).unwrap();
        std::fs::write(file("sub.key"), rsa(1).private_key_pem()).unwrap();
        let [index, sub, key] = ["index", "sub.pem", "sub.key"].map(file);
        let mut arguments =
            vec!["ocsp", "-index", &index, "-CA", &sub, "-rsigner", &sub, "-rkey", &key, "-ndays", "1"];
        let [request, response] = ["request", "response"].map(file);
        arguments.extend(["-reqin", &request, "-respout", &response]);
        openssl::run(&arguments);
        let modified = std::fs::metadata(&response).unwrap().modified().unwrap();
        let now = modified.duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
        let answer = std::fs::read(&response).unwrap();
        let result = verify_with(chain, &community, now, |_| Some(answer.clone()));
        assert_eq!(
            result.as_ref().err().map(TrustFailure::rule),
            (!trusted).then_some(Rule::NotRevoked),
            "{result:?}"
        );
    }
}
