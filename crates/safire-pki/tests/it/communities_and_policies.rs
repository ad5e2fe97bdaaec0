use safire_pki::Chain;
use safire_pki::Crl;
use safire_pki::Limits;
use safire_pki::Policy;
use safire_pki::Revocation;
use safire_pki::RevocationStatus;
use safire_pki::Rule;
use safire_pki::SignatureAlgorithm;
use safire_pki::TrustAnchors;
use safire_pki::TrustCommunity;

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
    let lists = issued.crls.iter().map(|der| Crl::from_der(der).unwrap());
    TrustCommunity::new("policy", TrustAnchors::parse(&issued.anchors[0]).unwrap()).crls(lists)
}

#[test]
fn the_default_asks_for_revocation() {
    assert_eq!(Policy::default(), Policy::strict());
    assert_eq!(Policy::default().revocation(), Revocation::Required);
}

#[test]
fn one_community_does_not_vouch_for_another() {
    let [sure, emr] = [Twin::surefhir().issue(), Twin::emrdirect().issue()];
    verify(chain(&sure), &community(&sure), NOW).unwrap();
    verify(chain(&emr), &community(&emr), NOW).unwrap();
    for (sent, asked) in [(&sure, &emr), (&emr, &sure)] {
        let failure = verify(chain(sent), &community(asked), NOW).unwrap_err();
        assert_eq!(failure.rule(), Rule::IssuerFound);
        assert_eq!(failure.community(), "policy");
    }
    let failure =
        verify(chain(&sure), &TrustCommunity::new("empty", TrustAnchors::default()), NOW).unwrap_err();
    assert_eq!(failure.rule(), Rule::Anchors);
}

#[test]
fn the_softer_policy_still_refuses_what_is_revoked() {
    let mut twin = Twin::surefhir();
    twin.sub_list = None;
    let issued = twin.issue();
    let soft =
        |issued: &Issued| community(issued).policy(Policy::strict().accepting_unknown_revocation_status());
    let path = verify(chain(&issued), &soft(&issued), NOW).unwrap();
    let RevocationStatus::Unknown { tried } = &path.revocation()[0] else { panic!("{path:?}") };
    assert!(tried[0].to_string().contains("not fetched: offline"));
    twin.sub_list = Some(List::new(vec![LEAF_SERIAL]));
    let issued = twin.issue();
    assert_eq!(verify(chain(&issued), &soft(&issued), NOW).unwrap_err().rule(), Rule::NotRevoked);
}

#[test]
fn without_revocation_everything_else_still_counts() {
    let open =
        |issued: &Issued| community(issued).policy(Policy::strict().without_revocation_checks_for_testing());
    let mut twin = Twin::surefhir();
    twin.sub_list = Some(List::new(vec![LEAF_SERIAL]));
    let issued = twin.issue();
    let path = verify(chain(&issued), &open(&issued), NOW).unwrap();
    assert_eq!(path.revocation(), [RevocationStatus::NotChecked, RevocationStatus::NotChecked]);
    twin.leaf_signer = Some(crate::keys::rsa(3));
    let issued = twin.issue();
    assert_eq!(verify(chain(&issued), &open(&issued), NOW).unwrap_err().rule(), Rule::Signature);
    let later = chain(&issued).leaf().not_after().as_secs() + 1;
    assert_eq!(verify(chain(&issued), &open(&issued), later).unwrap_err().rule(), Rule::NotAfter);
}

#[test]
fn algorithms_and_key_sizes_can_be_narrowed() {
    let issued = Twin::surefhir().issue();
    let ecdsa = Policy::strict().signature_algorithms([SignatureAlgorithm::EcdsaSha256]);
    let failure = verify(chain(&issued), &community(&issued).policy(ecdsa), NOW).unwrap_err();
    assert_eq!(failure.rule(), Rule::SignatureAlgorithm);
    assert!(failure.to_string().contains("expected one of: ecdsa-with-SHA256"), "{failure}");
    let longer = Policy::strict().minimum_rsa_bits(3072);
    let failure = verify(chain(&issued), &community(&issued).policy(longer), NOW).unwrap_err();
    assert_eq!(failure.rule(), Rule::KeySize);
    assert_eq!(Policy::strict().minimum_rsa_bits(1024), Policy::strict());
}

#[test]
fn limits_can_be_narrowed() {
    let issued = Twin::surefhir().issue();
    let narrowed = |change: fn(&mut Limits)| {
        let mut limits = Limits::default();
        change(&mut limits);
        let lists = community(&issued).policy(Policy::strict().limits(limits));
        verify(chain(&issued), &lists, NOW).unwrap_err().rule()
    };
    assert_eq!(narrowed(|limits| limits.intermediates = 0), Rule::PathLength);
    assert_eq!(narrowed(|limits| limits.signatures = 1), Rule::SearchLimit);
    assert_eq!(narrowed(|limits| limits.search_steps = 1), Rule::SearchLimit);
}

#[test]
fn without_fetches_nothing_is_asked_for() {
    let issued = Twin::surefhir().issue();
    let mut limits = Limits::default();
    limits.fetches = 0;
    let anchors = TrustAnchors::parse(&issued.anchors[0]).unwrap();
    let community = TrustCommunity::new("none", anchors).policy(Policy::strict().limits(limits));
    let failure = verify_with(chain(&issued), &community, NOW, |need| panic!("{need:?}")).unwrap_err();
    assert!(
        failure.to_string().contains("not tried: the limits of this verification are reached"),
        "{failure}"
    );
}

#[test]
fn a_failure_reads_as_a_list() {
    let mut twin = Twin::surefhir();
    twin.sub_list = None;
    twin.root_list = None;
    let issued = twin.issue();
    let failure = verify(chain(&issued), &community(&issued), NOW).unwrap_err();
    let shown = failure.to_string();
    let lines: Vec<_> = shown.lines().collect();
    assert_eq!(lines[0], "no path of the certificate chain is trusted in the community \"policy\"");
    assert!(lines[1].starts_with("  1. `CN=SureFhir-Intermediate"), "{shown}");
    assert!(lines[2].starts_with("     - revocation list http://crl.fhircerts.net/"), "{shown}");
    assert!(!failure.hint().is_empty());
}
