use safire_pki::Certificate;
use safire_pki::Chain;
use safire_pki::Policy;
use safire_pki::Rule;
use safire_pki::TrustAnchors;
use safire_pki::TrustCommunity;
use safire_pki::UriMatch;

use crate::support::NOW;
use crate::support::read;
use crate::support::verify;

fn community(root: &[u8]) -> TrustCommunity {
    TrustCommunity::new("test", TrustAnchors::parse(root).unwrap())
        .policy(Policy::strict().without_revocation_checks_for_testing())
}

/// Leaf, root, intermediate, in this order.
fn surefhir() -> Chain {
    Chain::parse(&read("surefhir-leaf-fhirlabs.chain.pem")).unwrap()
}

fn surefhir_root_of_2024() -> Vec<u8> {
    surefhir().others()[0].der().to_vec()
}

fn emrdirect() -> Chain {
    let files = ["emrdirect-test-server-leaf.pem", "emrdirect-test-client-subca.pem"];
    Chain::parse(&files.map(read).concat()).unwrap()
}

#[test]
fn the_emr_direct_chain_leads_to_its_root() {
    let path = verify(emrdirect(), &community(&read("emrdirect-test-root.pem")), NOW).unwrap();
    assert_eq!(path.certificates().len(), 2);
    assert_eq!(path.leaf().uri_names()[0].as_str(), "https://stage.healthtogo.me:8181/fhir/r4/stage");
    assert!(path.anchor().subject().to_string().contains("EMR Direct Test CA"));
}

#[test]
fn the_surefhir_chain_leads_to_its_root_though_it_is_sent_out_of_order() {
    let path = verify(surefhir(), &community(&surefhir_root_of_2024()), NOW).unwrap();
    assert_eq!(path.certificates().len(), 2);
    let names = path.leaf().uri_names();
    assert_eq!(names.len(), 2);
    assert_eq!(names[1].matches("https://fhirlabs.net:7016/fhir/r4"), Some(UriMatch::Exact));
    assert_eq!(names[1].matches("https://fhirlabs.net:7016/fhir/r4/"), None);
}

#[test]
fn the_earlier_root_of_the_same_name_does_not_verify_the_leaf() {
    let old = Certificate::from_der(Chain::parse(&read("surefhir-root.pem")).unwrap().leaf().der()).unwrap();
    assert_eq!(old.subject(), surefhir().others()[0].subject());
    let failure = verify(surefhir(), &community(&read("surefhir-root.pem")), NOW).unwrap_err();
    assert_eq!(failure.rule(), Rule::Signature, "{failure}");
    // With both roots of the name, the right one is found.
    let both = [read("surefhir-root.pem"), read("surefhir-leaf-fhirlabs.chain.pem")].concat();
    let mut anchors = TrustAnchors::new([old]);
    anchors.extend([surefhir().others()[0].clone()]);
    assert_eq!(TrustAnchors::parse(&both).unwrap().certificates().len(), 4);
    let community =
        TrustCommunity::new("both", anchors).policy(Policy::strict().without_revocation_checks_for_testing());
    verify(surefhir(), &community, NOW).unwrap();
}

#[test]
fn the_intermediates_of_two_generations_are_told_apart() {
    let leaf = surefhir().leaf().clone();
    let both = Chain::parse(&read("surefhir-intermediate.pem")).unwrap().leaf().clone();
    let chain = Chain::new(leaf, vec![both, surefhir().others()[1].clone()]).unwrap();
    verify(chain, &community(&surefhir_root_of_2024()), NOW).unwrap();
}

#[test]
fn the_strict_policy_refuses_them_where_no_list_can_be_had() {
    let strict =
        TrustCommunity::new("strict", TrustAnchors::parse(&read("emrdirect-test-root.pem")).unwrap());
    let failure = verify(emrdirect(), &strict, NOW).unwrap_err();
    assert_eq!(failure.rule(), Rule::RevocationKnown);
    let shown = failure.to_string();
    assert!(
        shown.contains("http://certs.emrdirect.com/crl/EMRDirectTestCA.crl: not fetched: offline"),
        "{shown}"
    );
}

#[test]
fn every_date_of_the_leaf_counts() {
    let community = community(&surefhir_root_of_2024());
    let (first, last) = (surefhir().leaf().not_before().as_secs(), surefhir().leaf().not_after().as_secs());
    for (now, rule) in
        [(first - 1, Some(Rule::NotBefore)), (first, None), (last, None), (last + 1, Some(Rule::NotAfter))]
    {
        assert_eq!(verify(surefhir(), &community, now).err().map(|failure| failure.rule()), rule, "{now}");
    }
}

#[test]
fn no_flipped_bit_is_accepted() {
    for (chain, root) in [
        (emrdirect(), read("emrdirect-test-root.pem")),
        (
            Chain::new(surefhir().leaf().clone(), vec![surefhir().others()[1].clone()]).unwrap(),
            surefhir_root_of_2024(),
        ),
    ] {
        let community = community(&root);
        let der: Vec<Vec<u8>> = chain.iter().map(|certificate| certificate.der().to_vec()).collect();
        verify(Chain::from_der(&der).unwrap(), &community, NOW).unwrap();
        let mut refused = 0;
        for place in 0..der.len() {
            for byte in 0..der[place].len() {
                let mut flipped = der.clone();
                flipped[place][byte] ^= 1 << (byte % 8);
                if let Ok(chain) = Chain::from_der(&flipped) {
                    let result = verify(chain, &community, NOW);
                    assert!(result.is_err(), "bit {} of byte {byte} of certificate {place}", byte % 8);
                }
                refused += 1;
            }
        }
        assert!(refused > 2_000, "{refused}");
    }
}

#[test]
fn the_keys_of_the_leaves_verify_tokens() {
    for chain in [emrdirect(), surefhir()] {
        let key = safire_jose::PublicKey::from_spki(&chain.leaf().public_key()).unwrap();
        assert_eq!(key.kind(), safire_jose::KeyKind::Rsa { bits: 2048 });
    }
}

#[test]
fn debug_output_is_short() {
    let shown = format!("{:?}", emrdirect());
    assert!(shown.len() < 700, "{shown}");
}
