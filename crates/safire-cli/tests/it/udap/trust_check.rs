//! `safire udap trust check`: the path as a tree, and what stands in its way.

use std::path::Path;

use safire_sandbox::Community;
use serde_json::json;

use super::world::World;
use super::world::request;
use crate::harness::Home;
use crate::harness::Run;

/// The folder that `udap community new` fills.
fn folder() -> Home {
    let home = Home::new();
    let more = ["--revoked", "https://revoked.example.org", "--expired", "https://old.example.org"];
    let args = ["udap", "community", "new", "trust", "--alg", "ES256"];
    let run = home.run(&[&args as &[&str], &more].concat());
    assert_eq!(run.code, Some(0), "{run:?}");
    home
}

fn check(home: &Home, more: &[&str]) -> Run {
    home.run(&[&["udap", "trust", "check"] as &[&str], more].concat())
}

fn snapshot(name: &str, run: &Run) {
    insta::with_settings!({filters => vec![
        (r"127\.0\.0\.1:\d{4,5}", "127.0.0.1:[PORT]"),
        (r"\[[0-9a-f]{8}\]", "[FINGERPT]"),
        (r"\([0-9a-f]{8}\)", "(FINGERPT)"),
        (r"sha256 [0-9a-f]{64}", "sha256 [FINGERPRINT]"),
        (r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ", "[TIME]"),
        (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "[TIME]"),
        (r"key identifier [0-9a-f]+", "key identifier [ID]"),
    ]}, {
        insta::assert_snapshot!(name, format!("{}--- exit {:?}\n{}", run.stdout, run.code.unwrap_or_default(), run.stderr));
    });
}

#[test]
fn a_chain_that_is_trusted_is_drawn_from_anchor_to_leaf() {
    let home = folder();
    let run = check(&home, &["trust/client.pem", "--anchors", "trust/root.pem", "--crl", "trust"]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "{run:?}");
    snapshot("trusted", &run);
}

#[test]
fn a_chain_that_is_not_trusted_is_drawn_with_what_broke() {
    let home = folder();
    for (name, chain, more) in [
        ("revoked", "trust/revoked.pem", &["--crl", "trust"] as &[&str]),
        ("expired", "trust/expired.pem", &["--crl", "trust"]),
        ("revocation_unknown", "trust/client.pem", &[]),
    ] {
        let run = check(&home, &[&[chain, "--anchors", "trust/root.pem"] as &[&str], more].concat());
        assert_eq!(run.code, Some(7), "{run:?}");
        snapshot(name, &run);
    }
}

#[test]
fn an_issuer_that_is_missing_is_told_and_given() {
    let home = folder();
    let pem = std::fs::read_to_string(home.path("trust/client.pem")).unwrap();
    let end = "-----END CERTIFICATE-----\n";
    let leaf = &pem[..pem.find(end).unwrap() + end.len()];
    let leaf = home.file("leaf.pem", leaf);
    let run = check(&home, &["leaf.pem", "--anchors", "trust/root.pem", "--crl", "trust"]);
    assert_eq!(run.code, Some(7), "{run:?}");
    snapshot("issuer_missing", &run);
    let given =
        ["--anchors", "trust/root.pem", "--crl", "trust", "--intermediates", "trust/intermediate.pem"];
    assert_eq!(check(&home, &[&[leaf.as_str()] as &[&str], &given].concat()).code, Some(0));
}

#[test]
fn several_chains_are_all_drawn_and_one_failure_is_enough() {
    let home = folder();
    let run = check(
        &home,
        &["trust/revoked.pem", "trust/client.pem", "--anchors", "trust/root.pem", "--crl", "trust"],
    );
    assert_eq!(run.code, Some(7));
    assert!(run.stdout.contains("trust/revoked.pem: not trusted"), "{run:?}");
    assert!(run.stdout.contains("trust/client.pem: trusted"), "{run:?}");
    assert!(run.stderr.starts_with("error: the chain of trust/revoked.pem is not trusted\n"), "{run:?}");
}

#[test]
fn programs_get_the_path_or_the_code() {
    let home = folder();
    let good = ["--anchors", "trust/root.pem", "--crl", "trust", "--json"];
    let told = check(&home, &[&["trust/client.pem"] as &[&str], &good].concat()).json();
    let chain = &told["chains"][0];
    assert_eq!((&told["trusted"], &chain["chain"]), (&json!(true), &json!("trust/client.pem")));
    assert_eq!(chain["path"][0]["uri_names"], json!(["https://app.example.org/udap"]));
    assert_eq!(chain["anchor"]["uri_names"], json!([]));
    let run = check(&home, &[&["trust/revoked.pem"] as &[&str], &good].concat());
    let error = run.error();
    assert_eq!(
        (run.code, &error["code"], &error["fault"]),
        (Some(7), &json!("trust-revoked"), &json!("trust"))
    );
    assert!(error["message"].as_str().unwrap().contains("https://revoked.example.org"), "{error}");
}

#[test]
fn real_chains_of_two_communities_are_told_apart() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/pki/udap-certificates");
    let file = |name: &str| data.join(name).display().to_string();
    let home = Home::new();
    let (leaf, root) = (file("surefhir-leaf-fhirlabs.chain.pem"), file("surefhir-root.pem"));
    let other = file("emrdirect-test-root.pem");
    let check = |anchors: &str| {
        let args = [
            leaf.as_str(),
            "--anchors",
            anchors,
            "--revocation",
            "not-checked-for-testing",
            "--timeout",
            "1s",
        ];
        check(&home, &args)
    };
    let run = check(&other);
    assert_eq!(run.code, Some(7), "{run:?}");
    assert!(run.stdout.contains("✗ trust-"), "{run:?}");
    assert!(run.stderr.contains("warning: nobody is asked whether certificates are revoked"), "{run:?}");
    // By now its certificates may have ended; then it is that, and not the root.
    let run = check(&root);
    assert!(
        !run.stdout.contains("trust-root-not-trusted") && !run.stdout.contains("trust-issuer"),
        "{run:?}"
    );
}

#[test]
fn the_chain_of_a_server_is_checked_where_it_is_sent() {
    let world = World::new();
    let run = world.home.local(&["udap", "trust", "check", &world.base, "--anchors", &world.anchors]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(
        run.stdout.contains("the anchor")
            && run.stdout.contains("not revoked, by revocation list http://127")
    );
    let stranger = Community::builder("https://stranger.example/").make().unwrap();
    let anchors = world.home.file("stranger.pem", stranger.anchors_pem());
    let run = world.home.local(&["udap", "trust", "check", &world.base, "--anchors", &anchors]);
    assert_eq!(run.code, Some(7), "{run:?}");
    snapshot("other_root", &run);
}

#[test]
fn a_leaf_that_two_authorities_could_have_issued_shows_both_paths() {
    let home = Home::new();
    let make = || Community::builder("https://community.example/").name("Twin").make().unwrap();
    let (mine, twin) = (make(), make());
    let member = mine.issue_as(&request("https://app.example.org/udap")).unwrap();
    home.file("chain.pem", member.chain_pem());
    home.file("twin.pem", twin.anchors_pem());
    let run = check(&home, &["chain.pem", "--anchors", "twin.pem"]);
    assert_eq!(run.code, Some(7), "{run:?}");
    snapshot("twin_root", &run);
}
