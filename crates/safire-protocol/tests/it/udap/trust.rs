//! The chain of the signed metadata, and what the community says of it.

use rcgen::CertificateParams;
use rcgen::IsCa;
use rcgen::date_time_ymd;
use safire_protocol::fault::Diagnose;
use safire_protocol::fault::Fault;
use safire_protocol::jose::Algorithm;
use safire_protocol::pki::Crl;
use safire_protocol::pki::Policy;
use safire_protocol::pki::TrustAnchors;
use safire_protocol::pki::TrustCommunity;
use safire_protocol::pki::UnanchoredPath;
use safire_protocol::udap::ChainTrust;
use safire_protocol::udap::UdapDiscoveryError;
use safire_protocol::udap::UdapMetadata;
use serde_json::Value;
use serde_json::json;

use super::BASE;
use super::NOW;
use super::discover;
use super::policy;
use super::read;
use super::world::World;
use super::world::at;
use super::world::jws;
use super::world::server_serial;
use super::world::sub_serial;
use super::world::x5c;

fn signed_by(world: &World, chain: &[Vec<u8>]) -> String {
    let header = json!({"alg": "RS256", "x5c": x5c(chain)});
    jws(&world.server_key, Algorithm::Rs256, &header, &Value::Object(world.claims()))
}

fn with_leaf(change: impl FnOnce(&mut CertificateParams)) -> Result<UdapMetadata, UdapDiscoveryError> {
    let world = World::new(BASE);
    let mut params = world.server_params();
    change(&mut params);
    let chain = [world.server_leaf(&params), world.sub.der.clone()];
    discover(&world.document_with(signed_by(&world, &chain)), &world.community())
}

#[track_caller]
fn assert_refused(outcome: Result<UdapMetadata, UdapDiscoveryError>, code: &str) {
    let error = outcome.unwrap_err();
    assert_eq!((error.code(), error.fault()), (code, Fault::Trust), "{error}");
    assert!(error.hint().is_some());
}

/// The community with these lists in place of the current ones.
fn with_lists(world: &World, lists: &[Vec<u8>]) -> TrustCommunity {
    world.bare_community().crls(lists.iter().flat_map(|der| Crl::parse(der).unwrap()))
}

fn current(world: &World) -> [Vec<u8>; 2] {
    [world.root.list(&[], (2026, 2029)), world.sub.list(&[], (2026, 2029))]
}

#[test]
fn z_13_tc_132_a_path_to_an_anchor_with_current_lists_is_trusted() {
    let world = World::new(BASE);
    let found = discover(&world.document(), &world.community()).unwrap();
    let ChainTrust::Anchored(path) = &found.trust else { panic!("not anchored") };
    assert_eq!((path.certificates().len(), path.anchor()), (2, &world.root.certificate()));
}

#[test]
fn z_12_tc_131_without_any_word_of_revocation_it_fails() {
    let world = World::new(BASE);
    assert_refused(discover(&world.document(), &world.bare_community()), "trust-revocation-unknown");
    let softer = world.bare_community().policy(Policy::strict().accepting_unknown_revocation_status());
    assert!(discover(&world.document(), &softer).is_ok(), "a softer policy has to be asked for");
}

#[test]
fn z_13_tc_131_without_anchors_or_with_those_of_others_it_fails() {
    let world = World::new(BASE);
    let none = TrustCommunity::new("none", TrustAnchors::default());
    assert_refused(discover(&world.document(), &none), "trust-no-anchors");
    assert_refused(discover(&world.document(), &World::new(BASE).community()), "trust-signature-wrong");
}

#[test]
fn z_13_dates_and_the_flag_of_an_authority_count() {
    assert_refused(with_leaf(|params| params.not_after = date_time_ymd(2026, 9, 1)), "trust-expired");
    assert_refused(with_leaf(|params| params.not_before = date_time_ymd(2026, 10, 1)), "trust-not-valid-yet");
    let mut world = World::new(BASE);
    world.sub.params.is_ca = IsCa::ExplicitNoCa;
    world.sub.der = world.root.issue(&world.sub.params, &world.sub.key);
    assert_refused(discover(&world.document(), &world.community()), "trust-issuer-not-ca");
}

#[test]
fn z_14_an_intermediate_given_as_an_anchor_is_one() {
    let world = World::new(BASE);
    let community = TrustCommunity::new("partial", TrustAnchors::new([world.sub.certificate()]))
        .crls(Crl::parse(&world.sub.list(&[], (2026, 2029))).unwrap());
    assert!(discover(&world.document(), &community).is_ok());
}

#[test]
fn z_15_tc_131_t25_iv_a_revoked_leaf_or_intermediate_is_refused() {
    let world = World::new(BASE);
    let [root, sub] = current(&world);
    let revoked = world.sub.list(&[server_serial()], (2026, 2029));
    assert_refused(discover(&world.document(), &with_lists(&world, &[root, revoked])), "trust-revoked");
    let revoked = world.root.list(&[sub_serial()], (2026, 2029));
    assert_refused(discover(&world.document(), &with_lists(&world, &[revoked, sub])), "trust-revoked");
}

#[test]
fn z_15_t25_iv_a_missing_expired_or_foreign_list_fails_closed() {
    let world = World::new(BASE);
    let [root, sub] = current(&world);
    let code = "trust-revocation-unknown";
    assert_refused(discover(&world.document(), &with_lists(&world, std::slice::from_ref(&root))), code);
    assert_refused(discover(&world.document(), &with_lists(&world, std::slice::from_ref(&sub))), code);
    let expired = world.sub.list(&[], (2025, 2026));
    assert_refused(discover(&world.document(), &with_lists(&world, &[root.clone(), expired])), code);
    let foreign = World::new(BASE).sub.list(&[], (2026, 2029));
    let error = discover(&world.document(), &with_lists(&world, &[root, foreign])).unwrap_err();
    assert_eq!(error.code(), code);
    assert!(error.to_string().contains("CN=server"), "the certificate in doubt is named: {error}");
}

#[test]
fn z_18_keys_usages_and_authorities_as_leaf_are_looked_at() {
    let authority = |params: &mut CertificateParams| {
        params.is_ca = IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    };
    assert_refused(with_leaf(authority), "trust-leaf-is-ca");
    let usage =
        |params: &mut CertificateParams| params.key_usages = vec![rcgen::KeyUsagePurpose::KeyAgreement];
    assert_refused(with_leaf(usage), "trust-leaf-usage");
}

#[test]
fn t25_iii_a_leaf_alone_is_completed_from_the_community_or_refused_with_the_name() {
    let world = World::new(BASE);
    let alone = world.document_with(signed_by(&world, &world.server_chain()[..1]));
    let error = discover(&alone, &world.community()).unwrap_err();
    assert_eq!(error.code(), "trust-issuer-not-found");
    assert!(error.to_string().contains("Test Community Issuer"), "{error}");
    let completed = world.community().intermediates([world.sub.certificate()]);
    assert!(discover(&alone, &completed).is_ok());
}

#[test]
fn z_10_tc_121_without_anchors_for_testing_dates_and_parsing_still_count() {
    let unanchored = |document| {
        let untrusted = read(&document);
        let signed = untrusted.signed_metadata(&policy(), NOW)?;
        let path = UnanchoredPath::accept_without_trust_anchors_for_testing(
            signed.chain(),
            &Policy::strict(),
            at(NOW),
        );
        path.map_err(|failure| untrusted.untrusted(failure))
            .and_then(|path| untrusted.trusted(&signed, ChainTrust::Unanchored(path)))
    };
    let world = World::new(BASE);
    let found = unanchored(world.document()).unwrap();
    assert_eq!(found.profile.token_endpoint.as_deref(), Some("https://fhir.example.com/token"));
    let mut params = world.server_params();
    params.not_after = date_time_ymd(2026, 9, 1);
    let expired = signed_by(&world, &[world.server_leaf(&params), world.sub.der.clone()]);
    assert_refused(unanchored(world.document_with(expired)), "trust-expired");
    let header = json!({"alg": "RS256", "x5c": [x5c(&world.server_chain())[0].clone(), "AAAA"]});
    let garbage = jws(&world.server_key, Algorithm::Rs256, &header, &Value::Object(world.claims()));
    assert!(matches!(unanchored(world.document_with(garbage)), Err(UdapDiscoveryError::Certificate { .. })));
}
