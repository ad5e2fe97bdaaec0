//! What is refused here, before anything is sent.

use super::world::World;
use super::world::request;

#[test]
fn without_anchors_nobody_is_trusted() {
    let world = World::new();
    world.refused(&["udap", "discover", &world.base], 2, "trust-no-anchors");
    assert_eq!(world.live.sandbox.requests().len(), 0);
}

#[test]
fn a_client_needs_its_certificate_and_the_key_of_it() {
    let world = World::new();
    let other = world.home.key("other.pem", "ES256");
    let with = |from: &str, to: &str| {
        world
            .register(&[])
            .iter()
            .map(|arg| if *arg == from { to.to_owned() } else { (*arg).to_owned() })
            .collect::<Vec<_>>()
    };
    let refused = |args: Vec<String>, code| {
        world.refused(&args.iter().map(String::as_str).collect::<Vec<_>>(), 2, code);
    };
    refused(with(&world.key, &other), "udap-key-of-another-certificate");
    let named = world.register(&["--uri-name", "https://somebody.else.example"]);
    world.refused(&named, 2, "udap-client-uri-not-in-certificate");
    let member =
        world.community.issue_as(&request("https://a.example").uri_name("https://b.example")).unwrap();
    let cert = world.home.file("two.pem", member.chain_pem());
    refused(with(&world.cert, &cert), "usage");
    assert_eq!(world.live.sandbox.requests().len(), 0);
}

#[test]
fn a_statement_that_breaks_the_guide_is_not_signed() {
    let world = World::new();
    world.refused(
        &world.register(&["--redirect-uri", "https://app.example.org/cb"]),
        2,
        "udap-client-metadata",
    );
    world.refused(&world.register(&["--contact", "ops@example.org"]), 2, "udap-client-metadata");
    world.refused(&world.register(&["--set", "iss=\"me\""]), 2, "udap-client-metadata");
    assert_eq!(world.live.sandbox.requests().len(), 0);
}

#[test]
fn an_extension_object_is_checked_and_never_shown() {
    let world = World::new();
    let id = world.registered(&[]);
    let token = ["udap", "token", id.as_str()];
    let with = |more: &[&'static str], code| {
        let error = world.refused(&[&token as &[&str], more].concat(), 2, code);
        assert!(!error.to_string().contains("planted"), "{error}");
    };
    with(
        &["--organization-id", "planted", "--purpose-of-use", "TREAT"],
        "authorization-extension-not-usable",
    );
    with(&["--extension", "tefca_ias=\"planted\""], "usage");
    with(&["--extension", "tefca_ias"], "usage");
    with(&["--extension", "a={}", "--extension", "a={}"], "usage");
    assert_eq!(world.live.sandbox.counts().token, 0);
}

#[test]
fn a_registration_of_another_protocol_is_told() {
    let world = World::new();
    let args = ["registration", "add", &world.base, "--client-id", "smart-app"];
    let id = world.home.json(&args)["id"].as_str().unwrap().to_owned();
    world.refused(&["udap", "token", &id], 2, "not-registered-by-udap");
    world.refused(&["udap", "cancel", &id], 2, "not-registered-by-udap");
    world.refused(&["udap", "modify", &id], 2, "not-registered-by-udap");
}
