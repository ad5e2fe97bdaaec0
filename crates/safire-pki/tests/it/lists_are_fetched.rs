use rcgen::RevocationReason;
use safire_pki::Chain;
use safire_pki::Crl;
use safire_pki::Need;
use safire_pki::Rule;
use safire_pki::TrustAnchors;
use safire_pki::TrustCommunity;
use safire_pki::TrustFailure;

use crate::keys::rsa;
use crate::openssl;
use crate::support::NOW;
use crate::support::verify;
use crate::support::verify_with;
use crate::twin::Issued;
use crate::twin::LEAF_SERIAL;
use crate::twin::List;
use crate::twin::Twin;

fn chain(issued: &Issued) -> Chain {
    Chain::from_der(&[&issued.leaf, &issued.others[0]]).unwrap()
}

fn community(issued: &Issued) -> TrustCommunity {
    TrustCommunity::new("lists", TrustAnchors::parse(&issued.anchors[0]).unwrap())
}

/// The list of the intermediate, as the twin would issue it.
fn list(change: impl Fn(&mut List)) -> Vec<u8> {
    let mut twin = Twin::surefhir();
    let mut list = List::new(Vec::new());
    change(&mut list);
    twin.sub_list = Some(list);
    twin.issue().crls.remove(1)
}

fn served(issued: &Issued, of_sub: &[u8]) -> Result<(), TrustFailure> {
    verify_with(chain(issued), &community(issued), NOW, |need| match need.url() {
        "http://crl.fhircerts.net/crl/SureFhirLabsRootCrl.crl" => Some(issued.crls[0].clone()),
        "http://crl.fhircerts.net/crl/surefhirlabsIntermediateCrl.crl" => Some(of_sub.to_vec()),
        other => panic!("{other}"),
    })
    .map(drop)
}

#[test]
fn lists_of_every_certificate_are_asked_for() {
    let issued = Twin::surefhir().issue();
    served(&issued, &issued.crls[1]).unwrap();
    served(&issued, openssl::pem("X509 CRL", &issued.crls[1]).as_bytes()).unwrap();
}

#[test]
fn t25_a_fetched_list_of_no_use_has_its_reason() {
    let issued = Twin::surefhir().issue();
    for (body, says) in [
        (list(|list| list.to = (2024, 5, 31)), "it expired at 2024-05-31"),
        (list(|list| list.signer = Some(rsa(4))), "not signed by the key"),
        (issued.crls[0].clone(), "it is the list of CN=SureFhir-CA"),
        (b"<html>".to_vec(), "no revocation list found"),
        (Vec::new(), "an empty answer"),
    ] {
        let failure = served(&issued, &body).unwrap_err();
        assert_eq!(failure.rule(), Rule::RevocationKnown);
        assert!(failure.to_string().contains(says), "{says}: {failure}");
        // The failure names the certificate that it is about.
        assert_eq!(failure.attempts()[0].certificate(), Some(chain(&issued).leaf()));
    }
    let failure = served(&issued, &list(|list| list.revoked = vec![LEAF_SERIAL])).unwrap_err();
    assert_eq!(failure.rule(), Rule::NotRevoked);
    let mut twin = Twin::surefhir();
    twin.root_list = Some(List::new(vec![crate::twin::SUB_SERIAL]));
    let issued = twin.issue();
    let failure = served(&issued, &issued.crls[1]).unwrap_err();
    assert_eq!(failure.attempts()[0].certificate(), Some(&chain(&issued).others()[0]));
}

#[test]
fn the_second_url_serves_where_the_first_does_not() {
    let mut twin = Twin::surefhir();
    twin.leaf.crl_distribution_points =
        ["http://one.example/", "ldap://two.example/", "https://three.example/"]
            .map(|url| rcgen::CrlDistributionPoint { uris: vec![url.to_owned()] })
            .to_vec();
    let issued = twin.issue();
    let community = community(&issued).crls([Crl::from_der(&issued.crls[0]).unwrap()]);
    let mut asked = Vec::new();
    verify_with(chain(&issued), &community, NOW, |need| {
        asked.push(need.url().to_owned());
        need.url().starts_with("https").then(|| issued.crls[1].clone())
    })
    .unwrap();
    assert_eq!(asked, ["http://one.example/", "https://three.example/"]);
}

#[test]
fn a_wrong_list_beside_the_right_one_does_no_harm() {
    let issued = Twin::surefhir().issue();
    let of_another = list(|list| list.signer = Some(rsa(4)));
    let expired = list(|list| list.to = (2024, 5, 31));
    let lists =
        [&of_another, &expired, &issued.crls[0], &issued.crls[1]].map(|der| Crl::from_der(der).unwrap());
    verify(chain(&issued), &community(&issued).crls(lists), NOW).unwrap();
}

#[test]
fn one_list_that_revokes_outweighs_one_that_does_not() {
    let issued = Twin::surefhir().issue();
    let revoking = list(|list| list.revoked = vec![LEAF_SERIAL]);
    for order in [[&issued.crls[1], &revoking], [&revoking, &issued.crls[1]]] {
        let lists = [order[0], order[1], &issued.crls[0]].map(|der| Crl::from_der(der).unwrap());
        let failure = verify(chain(&issued), &community(&issued).crls(lists), NOW).unwrap_err();
        assert_eq!(failure.rule(), Rule::NotRevoked);
    }
}

#[test]
fn a_newer_list_releases_what_was_on_hold() {
    let issued = Twin::surefhir().issue();
    let hold = |from| {
        list(|list| {
            list.revoked = vec![LEAF_SERIAL];
            list.reason = RevocationReason::CertificateHold;
            list.from = from;
        })
    };
    for (from, released) in [((2024, 4, 30), true), ((2024, 5, 1), false), ((2024, 5, 2), false)] {
        let lists = [&hold(from), &issued.crls[1], &issued.crls[0]].map(|der| Crl::from_der(der).unwrap());
        let result = verify(chain(&issued), &community(&issued).crls(lists), NOW);
        assert_eq!(
            result.err().map(|failure| failure.rule()),
            (!released).then_some(Rule::NotRevoked),
            "{from:?}"
        );
    }
    let alone = [&hold((2024, 4, 30)), &issued.crls[0]].map(|der| Crl::from_der(der).unwrap());
    let failure = verify(chain(&issued), &community(&issued).crls(alone), NOW).unwrap_err();
    assert_eq!(failure.rule(), Rule::NotRevoked);
}

#[test]
fn nothing_is_fetched_for_a_path_that_fails_anyway() {
    let mut twin = Twin::surefhir();
    twin.anchor_key = Some(rsa(3));
    let issued = twin.issue();
    let failure = verify_with(chain(&issued), &community(&issued), NOW, |need: &Need| panic!("{need:?}"));
    assert_eq!(failure.unwrap_err().rule(), Rule::Signature);
}
