use proptest::prelude::Strategy;
use proptest::prelude::any;
use proptest::prelude::prop;
use proptest::proptest;
use rcgen::CertificateParams;
use rcgen::Issuer;
use rcgen::SigningKey;
use safire_pki::Certificate;
use safire_pki::Chain;
use safire_pki::Crl;
use safire_pki::Policy;
use safire_pki::Rule;
use safire_pki::TrustAnchors;
use safire_pki::TrustCommunity;

use crate::encoding::sequence;
use crate::encoding::tlv;
use crate::keys::rsa;
use crate::openssl;
use crate::support::NOW;
use crate::support::read;
use crate::support::verify;
use crate::twin::Twin;

fn open(anchor: &[u8]) -> TrustCommunity {
    TrustCommunity::new("hostile", TrustAnchors::parse(anchor).unwrap())
        .policy(Policy::strict().without_revocation_checks_for_testing())
}

fn read_all(bytes: &[u8]) {
    // The results do not matter, coming back does.
    let chain = Chain::parse(bytes);
    drop(Crl::parse(bytes));
    if let Ok(chain) = chain {
        drop(verify(chain, &open(&read("emrdirect-test-root.pem")), NOW));
    }
}

#[test]
fn a_thousand_certificates_are_too_many() {
    let der = Certificate::from_der(Chain::parse(&read("surefhir-root.pem")).unwrap().leaf().der()).unwrap();
    let many = vec![der.der().to_vec(); 1000];
    assert_eq!(
        Chain::from_der(&many).unwrap_err().to_string(),
        "there are 1000 certificates or more, expected at most 16"
    );
    let x5c = vec!["AAAA"; 1000];
    assert_eq!(Chain::from_x5c(&x5c).unwrap_err().code(), "certificate-too-many");
    let pem = openssl::pem("CERTIFICATE", der.der()).repeat(1000);
    assert_eq!(Chain::parse(pem.as_bytes()).unwrap_err().code(), "certificate-too-many");
    let long = "A".repeat(2_000_000);
    assert_eq!(Chain::from_x5c(&[long]).unwrap_err().code(), "certificate-too-large");
}

#[test]
fn issuers_in_a_circle_lead_nowhere() {
    let twin = Twin::surefhir();
    let issue = |params: &CertificateParams, key, issuer: &CertificateParams, signer| {
        params.signed_by(key, &Issuer::from_params(issuer, signer)).unwrap().der().to_vec()
    };
    // The root is certified by the intermediate, and the intermediate by the root.
    let leaf = issue(&twin.leaf, rsa(2), &twin.sub, rsa(1));
    let sub = issue(&twin.sub, rsa(1), &twin.root, rsa(0));
    let root = issue(&twin.root, rsa(0), &twin.sub, rsa(1));
    let chain = Chain::from_der(&[leaf, sub, root]).unwrap();
    let failure = verify(chain, &open(&read("emrdirect-test-root.pem")), NOW).unwrap_err();
    assert!(failure.attempts().len() < 10, "{failure}");
}

#[test]
fn authorities_of_one_name_that_all_certify_each_other_end_at_a_limit() {
    // Each of 5 keys of one name is certified by each other one: the paths are as many as their orders.
    let twin = Twin::surefhir();
    let mut all = Vec::new();
    for (key, signer) in
        (0..5).flat_map(|key| (0..5).map(move |signer| (key, signer))).filter(|(a, b)| a != b)
    {
        if all.len() == 15 {
            break;
        }
        let mut params = twin.sub.clone();
        params.serial_number = Some(rcgen::SerialNumber::from(100 + key as u64 * 10 + signer as u64));
        all.push(
            params.signed_by(rsa(key), &Issuer::from_params(&twin.sub, rsa(signer))).unwrap().der().to_vec(),
        );
    }
    let leaf = twin.leaf.signed_by(rsa(2), &Issuer::from_params(&twin.sub, rsa(1))).unwrap();
    all.insert(0, leaf.der().to_vec());
    let chain = Chain::from_der(&all).unwrap();
    let failure = verify(chain, &open(&read("emrdirect-test-root.pem")), NOW).unwrap_err();
    assert!(failure.attempts().len() <= 1024, "{}", failure.attempts().len());
    assert_ne!(failure.rule(), Rule::NotRevoked);
}

#[test]
fn a_list_of_50_megabytes_is_refused() {
    for bytes in [vec![0x30; 50_000_000], vec![b'-'; 50_000_000]] {
        assert_eq!(Crl::parse(&bytes).unwrap_err().code(), "crl-too-large");
    }
    assert_eq!(Chain::parse(&vec![0x30; 50_000_000]).unwrap_err().code(), "certificate-too-large");
}

/// A list with so many entries, the last of which is of the leaf; rcgen would take its time.
fn long_list(entries: u32, last: u64) -> Vec<u8> {
    let twin = Twin::surefhir();
    let issued = twin.issue();
    let sub = Certificate::from_der(&issued.others[0]).unwrap();
    let algorithm = b"\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b\x05\x00".to_vec();
    let time = |text: &[u8]| tlv(0x17, text);
    let entry = |serial: &[u8]| sequence(&[tlv(2, serial), time(b"240502000000Z")].concat());
    let mut list: Vec<u8> =
        (0..entries).flat_map(|n| entry(&[&[1], n.to_be_bytes().as_slice()].concat())).collect();
    list.extend(entry(&last.to_be_bytes()[6..]));
    let number = sequence(&[tlv(6, &[0x55, 0x1d, 0x14]), tlv(4, &tlv(2, &[1]))].concat());
    let body = sequence(
        &[
            tlv(2, &[1]),
            algorithm.clone(),
            sub.subject().as_der().to_vec(),
            time(b"240501000000Z"),
            time(b"240701000000Z"),
            sequence(&list),
            tlv(0xa0, &sequence(&number)),
        ]
        .concat(),
    );
    let signature = rsa(1).sign(&body).unwrap();
    sequence(&[body, algorithm, tlv(3, &[&[0], signature.as_slice()].concat())].concat())
}

#[test]
fn a_long_list_is_read_to_its_end() {
    let issued = Twin::surefhir().issue();
    let chain = Chain::from_der(&[&issued.leaf, &issued.others[0]]).unwrap();
    let judge = |list: Vec<u8>| {
        assert!(list.len() > 10_000_000);
        let lists = [Crl::from_der(&list).unwrap(), Crl::from_der(&issued.crls[0]).unwrap()];
        let community =
            TrustCommunity::new("long", TrustAnchors::parse(&issued.anchors[0]).unwrap()).crls(lists);
        verify(chain.clone(), &community, NOW)
    };
    judge(long_list(450_000, 0x7777)).unwrap();
    let failure = judge(long_list(450_000, crate::twin::LEAF_SERIAL)).unwrap_err();
    assert_eq!(failure.rule(), Rule::NotRevoked);
}

#[test]
fn deep_nesting_is_answered() {
    for depth in [100, 10_000] {
        let deep = (0..depth).fold(
            Vec::new(),
            |inner: Vec<u8>, _| if inner.len() < 60_000 { sequence(&inner) } else { inner },
        );
        read_all(&deep);
        read_all(&[0x30, 0x80].repeat(depth));
        read_all(&[0x30, 0x84, 0xff, 0xff, 0xff, 0xff].repeat(depth));
        read_all(&[0xa0, 0x80].repeat(depth));
    }
}

/// A real chain cut short, with a byte changed.
fn damaged() -> impl Strategy<Value = Vec<u8>> {
    (any::<prop::sample::Index>(), any::<prop::sample::Index>(), any::<u8>()).prop_map(
        |(cut, place, byte)| {
            let mut bytes = read("surefhir-leaf-fhirlabs.chain.pem");
            bytes.truncate(cut.index(bytes.len()) + 1);
            let place = place.index(bytes.len());
            bytes[place] = byte;
            bytes
        },
    )
}

proptest! {
    #[test]
    fn any_bytes_are_answered(bytes in prop::collection::vec(any::<u8>(), 0..512)) {
        read_all(&bytes);
        read_all(&sequence(&bytes));
        read_all(openssl::pem("CERTIFICATE", &bytes).as_bytes());
        read_all(openssl::pem("X509 CRL", &bytes).as_bytes());
    }

    #[test]
    fn damaged_chains_are_answered(bytes in damaged()) {
        read_all(&bytes);
    }
}
