//! A server whose word is not trusted: exit 7, and nothing is sent to it but the question.

use serde_json::json;

use super::world::TREATMENT;
use super::world::World;

/// What the sandbox does wrong, and the code of each.
const FAULTS: [(&str, &str); 20] = [
    ("udap:expired-certificate", "trust-expired"),
    ("udap:revoked-certificate", "trust-revoked"),
    ("crl:revoked-intermediate", "trust-revoked"),
    ("udap:other-root", "trust-issuer-not-found"),
    ("crl:empty-500", "trust-revocation-unknown"),
    ("crl:expired-list", "trust-revocation-unknown"),
    ("crl:other-list-signer", "trust-revocation-unknown"),
    ("udap:other-key", "udap-signed-metadata-signature"),
    ("udap:bad-signature", "udap-signed-metadata-signature"),
    ("udap:alg-none", "udap-signed-metadata-algorithm"),
    ("udap:alg-hs256", "udap-signed-metadata-algorithm"),
    ("udap:no-x5c", "udap-signed-metadata-without-chain"),
    ("udap:unknown-crit", "udap-signed-metadata-not-jws"),
    ("udap:no-signed-metadata", "udap-signed-metadata-missing"),
    ("udap:other-uri-name", "udap-issuer-not-in-certificate"),
    ("udap:wrong-iss", "udap-issuer-not-in-certificate"),
    ("udap:other-sub", "udap-subject-not-issuer"),
    ("udap:long-life", "udap-expiry"),
    ("udap:expired", "udap-expiry"),
    ("udap:no-jti", "udap-jti"),
];

#[test]
fn each_broken_rule_of_trust_ends_with_7_before_anything_is_registered() {
    let world = World::new();
    for (fault, code) in FAULTS {
        world.live.sandbox.clear_faults();
        world.live.sandbox.set_fault(fault).unwrap();
        let error = world.refused(&["udap", "discover", &world.base, "--anchors", &world.anchors], 7, code);
        assert_eq!(error["fault"], "trust", "{fault}");
        assert!(error["hint"].as_str().is_some_and(|hint| !hint.is_empty()), "{fault}");
        world.refused(&world.register(&[]), 7, code);
    }
    assert_eq!(world.statements(), 0);
    assert!(world.home.registrations().is_empty(), "no intent without a trusted server");
}

#[test]
fn what_is_made_to_drown_a_client_is_not_read() {
    let world = World::new();
    for fault in ["udap:many-certificates", "udap:huge-jwt"] {
        world.live.sandbox.set_fault(fault).unwrap();
        world.refused(&["udap", "discover", &world.base, "--anchors", &world.anchors], 3, "answer-too-large");
    }
}

#[test]
fn issuers_that_are_left_out_are_fetched_and_a_circle_of_them_ends() {
    let world = World::new();
    let discover = ["udap", "discover", &world.base, "--anchors", &world.anchors];
    world.live.sandbox.set_fault("udap:leaf-only").unwrap();
    assert_eq!(world.home.json(&discover)["path"].as_array().map(Vec::len), Some(2));
    world.live.sandbox.set_fault("aia:cyclic-issuers").unwrap();
    let error = world.refused(&discover, 7, "trust-issuer-not-found");
    assert_eq!(error["fault"], "trust");
}

#[test]
fn a_token_is_not_asked_of_a_server_that_is_trusted_no_more() {
    let world = World::new();
    let id = world.registered(&TREATMENT);
    world.live.sandbox.set_fault("udap:revoked-certificate").unwrap();
    world.refused(&["token", &id], 7, "trust-revoked");
    assert_eq!(world.live.sandbox.counts().token, 0);
}

#[test]
fn softer_policies_are_named_and_kept_with_the_registration() {
    let world = World::new();
    world.live.sandbox.set_fault("crl:empty-500").unwrap();
    let soft = [&TREATMENT as &[&str], &["--revocation", "unknown-accepted"]].concat();
    let run = world.home.local(&world.register(&soft));
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(run.stderr.contains("warning: certificates of which nobody says"), "{run:?}");
    let id = world.home.registrations()[0]["id"].as_str().unwrap().to_owned();
    assert_eq!(world.home.json(&["token", &id])["token_type"], "Bearer");
    world.refused(
        &["udap", "token", &id, "--fresh", "--revocation", "required"],
        7,
        "trust-revocation-unknown",
    );
}

#[test]
fn a_server_without_udap_is_told_apart_from_one_that_is_not_trusted() {
    let world = World::with(|builder| builder);
    world.live.sandbox.set_fault("udap:not-found").unwrap();
    let error = world.refused(
        &["udap", "discover", &world.base, "--anchors", &world.anchors],
        3,
        "udap-not-supported",
    );
    assert_eq!(error["status"], json!(404));
}

#[test]
fn a_client_of_another_community_is_refused_by_the_server() {
    let world = World::new();
    let stranger = safire_sandbox::Community::builder("https://stranger.example/").make().unwrap();
    let member = stranger.issue_as(&super::world::request(super::world::CLIENT)).unwrap();
    let cert = world.home.file("stranger.pem", member.chain_pem());
    let key = world.home.private_file("stranger.key", member.key().to_pem().as_bytes());
    let mut args = world.register(&[]);
    for (from, to) in [(&world.cert, &cert), (&world.key, &key)] {
        args.iter_mut().filter(|arg| **arg == from).for_each(|arg| *arg = to);
    }
    let error = world.refused(&args, 4, "registration-refused");
    assert_eq!(error["server_error"], "unapproved_software_statement");
    assert_eq!(world.home.registrations()[0]["state"], "refused");
}
