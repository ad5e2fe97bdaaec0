use super::verdict::verdict;
use super::world::World;
use crate::support::get;

/// Sets the faults, and gives what a careful client says of the metadata.
async fn said(world: &World, faults: &[&str]) -> Option<String> {
    world.sandbox.clear_faults();
    for fault in faults {
        world.sandbox.set_fault(fault).unwrap();
    }
    let base = world.sandbox.fhir_base();
    let answer = get(&format!("{base}/.well-known/udap")).await;
    assert_eq!(answer.status, 200, "{faults:?}");
    verdict(&world.community, &base, &answer.json()).await
}

#[tokio::test]
async fn each_flaw_of_the_signed_metadata_is_caught_for_its_own_reason() {
    let world = World::start().await;
    for (fault, code) in [
        ("expired-certificate", "trust-expired"),
        ("revoked-certificate", "trust-revoked"),
        ("other-uri-name", "other-uri-name"),
        ("other-root", "trust-issuer-not-found"),
        ("other-key", "verify-bad-signature"),
        ("bad-signature", "verify-bad-signature"),
        ("alg-none", "token-unsigned"),
        ("alg-hs256", "token-symmetric"),
        ("no-x5c", "no-x5c"),
        ("many-certificates", "certificate-too-many"),
        ("unknown-crit", "token-critical"),
        ("other-endpoints", "other-endpoints"),
        ("no-signed-metadata", "absent"),
        ("huge-jwt", "token-too-large"),
        ("long-life", "claim-lives-too-long"),
        ("no-jti", "claim-missing"),
        ("wrong-iss", "claim-wrong-issuer"),
        ("other-sub", "claim-wrong-subject"),
        ("expired", "claim-expired"),
    ] {
        assert_eq!(said(&world, &[&format!("udap:{fault}")]).await.as_deref(), Some(code), "{fault}");
    }
    assert_eq!(said(&world, &[]).await, None);
}

#[tokio::test]
async fn each_flaw_of_a_list_is_caught() {
    let world = World::start().await;
    for (fault, code) in [
        ("expired-list", "trust-revocation-unknown"),
        ("other-list-signer", "trust-revocation-unknown"),
        ("not-found", "trust-revocation-unknown"),
        ("empty-200", "trust-revocation-unknown"),
        ("slow", "trust-revocation-unknown"),
        ("huge", "trust-revocation-unknown"),
        ("revoked-intermediate", "trust-revoked"),
    ] {
        assert_eq!(said(&world, &[&format!("crl:{fault}")]).await.as_deref(), Some(code), "{fault}");
    }
}

#[tokio::test]
async fn the_issuer_is_fetched_and_each_flaw_of_it_is_caught() {
    let world = World::start().await;
    assert_eq!(said(&world, &["udap:leaf-only"]).await, None);
    for fault in ["not-found", "empty-200", "slow", "huge", "cyclic-issuers"] {
        let code = said(&world, &["udap:leaf-only", &format!("aia:{fault}")]).await;
        assert_eq!(code.as_deref(), Some("trust-issuer-not-found"), "{fault}");
    }
}

#[tokio::test]
async fn the_metadata_can_be_absent_or_wrong_in_every_way_of_http() {
    let world = World::start().await;
    let url = format!("{}/.well-known/udap", world.sandbox.fhir_base());
    for (fault, status) in [("udap:no-content", 204), ("udap:not-found", 404), ("udap:html-error", 502)] {
        world.sandbox.set_fault(fault).unwrap();
        assert_eq!(get(&url).await.status, status, "{fault}");
    }
    world.sandbox.set_fault("udap:redirect").unwrap();
    let moved = get(&url).await;
    let answer = get(moved.header("location").unwrap()).await;
    assert_eq!((moved.status, answer.status), (302, 200));
    assert!(answer.json()["signed_metadata"].is_string());
}

#[tokio::test]
async fn a_fault_of_the_other_discovery_does_not_strike_here() {
    let world = World::start().await;
    world.sandbox.set_fault("discovery:not-found").unwrap();
    assert_eq!(get(&format!("{}/.well-known/udap", world.sandbox.fhir_base())).await.status, 200);
}

#[tokio::test]
async fn a_wrong_audience_of_the_metadata_is_there_to_be_ignored_or_seen() {
    let world = World::start().await;
    world.sandbox.set_fault("udap:wrong-aud").unwrap();
    let answer = get(&format!("{}/.well-known/udap", world.sandbox.fhir_base())).await.json();
    let jwt =
        safire_jose::decode(answer["signed_metadata"].as_str().unwrap(), safire_jose::Limits::default());
    assert_eq!(jwt.unwrap().claims_unverified()["aud"], "another-client");
}
