//! The whole life of a registration by commands.

use serde_json::json;

use super::world::CLIENT;
use super::world::TREATMENT;
use super::world::World;
use super::world::request;

#[test]
fn a_server_is_discovered_with_the_path_to_the_anchor() {
    let world = World::new();
    let told = world.home.json(&["udap", "discover", &world.base, "--anchors", &world.anchors]);
    assert_eq!(
        (&told["protocol"], &told["signed"], &told["community"]),
        (&json!("udap"), &json!(true), &json!(null))
    );
    assert_eq!(told["signer"], json!(world.base));
    assert_eq!(told["registration_endpoint"], json!(world.live.sandbox.udap_registration_endpoint()));
    assert_eq!(told["udap_authorization_extensions_required"], json!(["hl7-b2b"]));
    assert_eq!(told["supports"]["dynamic_registration"], json!(true));
    let path = told["path"].as_array().unwrap();
    assert_eq!(path.len(), 2, "leaf and intermediate");
    assert!(path[0]["uri_names"].as_array().unwrap().contains(&json!(world.base)));
    assert!(path.iter().all(|one| one["revocation"]["status"] == "good"), "{path:?}");
    assert_eq!(told["anchor"]["subject"], path[1]["issuer"]);
    assert!(told["trusted_until"].as_i64().unwrap() <= path[0]["not_after"].as_i64().unwrap());
}

#[test]
fn a_server_is_asked_for_its_community_by_name() {
    let world = World::new();
    let uri = world.community.uri();
    let args = ["udap", "discover", &world.base, "--anchors", &world.anchors, "--community"];
    let told = world.home.json(&[&args as &[&str], &[uri]].concat());
    assert_eq!(told["community"], json!(uri));
    world.refused(&[&args as &[&str], &["https://other.example"]].concat(), 3, "udap-no-workflow");
    world.refused(&[&args as &[&str], &["not a uri"]].concat(), 2, "udap-community-uri");
}

#[test]
fn a_client_lives_from_registration_to_cancellation() {
    let world = World::new();
    let told = world.home.json(&world.register(&TREATMENT));
    assert_eq!(
        (&told["outcome"], &told["status"], &told["state"]),
        (&json!("registered"), &json!(201), &json!("registered"))
    );
    assert_eq!((&told["client_uri"], &told["stored"]), (&json!(CLIENT), &json!(true)));
    let id = told["id"].as_str().unwrap();
    let listed = world.home.registrations();
    assert_eq!((&listed[0]["protocol"], &listed[0]["id"]), (&json!("udap"), &json!(id)));

    let again = world.home.json(&world.register(&TREATMENT));
    assert_eq!((&again["existing"], &again["status"], world.statements()), (&json!(true), &json!(null), 1));

    let token = world.home.json(&["token", id]);
    assert_eq!(token["scope"], "system/Patient.rs");
    assert_eq!(world.home.json(&["fhir", id, "GET", "Patient/example"])["id"], "example");

    let scope = "system/Patient.rs system/Observation.rs";
    let changed = world.home.json(&["udap", "modify", id, "--scope", scope]);
    assert_eq!((&changed["outcome"], &changed["status"]), (&json!("modified"), &json!(200)));
    assert_eq!((&changed["id"], &changed["client_id"]), (&json!(id), &told["client_id"]));
    assert_eq!(
        changed["requested"]["contacts"],
        json!(["mailto:ops@example.org"]),
        "what was not named stays"
    );
    assert_eq!(world.home.json(&["token", id])["scope"], scope);

    let over = world.home.json(&["udap", "cancel", id]);
    assert_eq!(
        (&over["outcome"], &over["state"], &over["client_id"]),
        (&json!("cancelled"), &json!("deleted"), &told["client_id"])
    );
    assert_eq!(world.home.registrations()[0]["state"], "deleted");
    world.refused(&["udap", "cancel", id], 2, "registration-gone");
    world.refused(&["udap", "token", id], 2, "registration-gone");
}

#[test]
fn tokens_of_two_purposes_are_two_tokens() {
    let world = World::new();
    let id = world.registered(&[]);
    let token = |purpose: &str| {
        let code = format!("urn:oid:2.16.840.1.113883.5.8#{purpose}");
        let args =
            ["udap", "token", &id, "--organization-id", "https://acme.example.org", "--purpose-of-use"];
        world.home.json(&[&args as &[&str], &[&code]].concat())["access_token"].clone()
    };
    let treatment = token("TREAT");
    assert_ne!(token("HPAYMT"), treatment);
    assert_eq!(token("TREAT"), treatment, "held");
    world.refused(&["token", &id], 2, "authorization-extension-missing");
    world.refused(&["udap", "token", &id], 2, "authorization-extension-missing");
}

#[test]
fn a_server_that_gives_another_client_id_replaces() {
    let world = World::new();
    let id = world.registered(&TREATMENT);
    let before = world.home.registrations()[0]["client_id"].clone();
    world.live.sandbox.set_fault("register:replaced-client-id").unwrap();
    let told = world.home.json(&["udap", "modify", &id, "--client-name", "Acme App"]);
    assert_eq!((&told["outcome"], &told["previous_client_id"]), (&json!("replaced"), &before));
    assert_ne!(told["client_id"], before);
    let states: Vec<_> = world.home.registrations().iter().map(|one| one["state"].clone()).collect();
    assert!(states.contains(&json!("gone")) && states.contains(&json!("registered")), "{states:?}");
}

#[test]
fn a_cancellation_that_is_not_confirmed_is_no_cancellation() {
    let world = World::new();
    let id = world.registered(&TREATMENT);
    world.live.sandbox.set_fault("register:cancellation-unconfirmed").unwrap();
    world.refused(&["udap", "cancel", &id], 4, "udap-cancellation-not-confirmed");
    assert_ne!(world.home.registrations()[0]["state"], "deleted");
}

#[test]
fn a_renewed_certificate_is_shown_to_the_server() {
    let world = World::new();
    let id = world.registered(&TREATMENT);
    let renewed = world.community.issue_as(&request(CLIENT)).unwrap();
    let cert = world.home.file("renewed.pem", renewed.chain_pem());
    let key = world.home.private_file("renewed.key.pem", renewed.key().to_pem().as_bytes());
    let told = world.home.json(&["udap", "modify", &id, "--cert", &cert, "--key", &key]);
    assert_eq!(told["outcome"], "modified");
    world.community.revoke(world.member.serial());
    assert_eq!(world.home.json(&["udap", "token", &id, "--fresh"])["token_type"], "Bearer");
}

#[test]
fn each_exchange_purpose_has_a_registration_and_a_token_of_its_own() {
    let world = World::new();
    let mut ids = Vec::new();
    for purpose in ["T-TREAT", "T-IAS"] {
        let member =
            world.community.issue_as(&request(&format!("https://app.example.org/#{purpose}"))).unwrap();
        let cert = world.home.file(&format!("{purpose}.pem"), member.chain_pem());
        let key = world.home.private_file(&format!("{purpose}.key"), member.key().to_pem().as_bytes());
        let mut args = world.register(&[]);
        for (from, to) in [(&world.cert, &cert), (&world.key, &key)] {
            args.iter_mut().filter(|arg| **arg == from).for_each(|arg| *arg = to);
        }
        let told = world.home.json(&args);
        assert_eq!((&told["exchange_purpose"], &told["outcome"]), (&json!(purpose), &json!("registered")));
        ids.push(told["id"].as_str().unwrap().to_owned());
    }
    let organization = ["--organization-id", "https://acme.example.org", "--purpose-of-use"];
    let token = |id: &str, more: &[&str]| {
        [&["udap", "token", id] as &[&str], &organization, more]
            .concat()
            .iter()
            .map(|arg| (*arg).to_owned())
            .collect::<Vec<_>>()
    };
    let run = |args: Vec<String>| {
        world.home.local(&args.iter().map(String::as_str).chain(["--json"]).collect::<Vec<_>>())
    };
    assert_eq!(run(token(&ids[0], &["T-TREAT"])).json()["token_type"], "Bearer");
    assert_eq!(run(token(&ids[0], &["T-IAS"])).error()["code"], "exchange-purpose-differs");
    let individual = world.home.file(
        "who.json",
        r#"{"version":"1","user_information":{"resourceType":"RelatedPerson"},"patient_information":{"resourceType":"Patient"},"consent_policy":["https://policy.example.org"]}"#,
    );
    let file = format!("tefca_ias={individual}");
    assert_eq!(run(token(&ids[1], &["T-IAS", "--extension-file", &file])).json()["token_type"], "Bearer");
    let refused = run(token(&ids[1], &["T-IAS"]));
    assert_eq!(
        (refused.code, &refused.error()["code"]),
        (Some(2), &json!("authorization-extension-missing"))
    );
}

#[test]
fn what_is_kept_is_shown_whole_to_programs_and_readable_to_people() {
    let world = World::new();
    let id = world.registered(&TREATMENT);
    let told = world.home.json(&["registration", "show", &id]);
    let settings = &told["settings"];
    assert_eq!(settings["udap"]["client_uri"], CLIENT);
    assert_eq!(settings["udap_trust"]["anchors"].as_array().map(Vec::len), Some(1));
    assert_eq!(settings["authorization_extensions"]["hl7-b2b"]["organization_id"], TREATMENT[1]);
    assert_eq!(told["key"], "sealed");
    let run = world.home.local(&["registration", "show", &id]);
    assert!(run.stdout.contains(" characters)"), "{run:?}");
    assert!(run.stdout.lines().all(|line| line.chars().count() < 500), "{run:?}");
}

#[test]
fn a_check_of_all_registrations_trusts_the_server_first() {
    let world = World::new();
    let id = world.registered(&TREATMENT);
    world.home.json(&["token", &id]);
    let told = world.home.json(&["registrations", "check"]);
    assert_eq!((&told[0]["ok"], &told[0]["discovery"]), (&json!(true), &json!("ok")), "{told}");
    world.live.sandbox.set_fault("udap:revoked-certificate").unwrap();
    let run = world.home.local(&["registrations", "check", "--json"]);
    assert!(format!("{run:?}").contains("trust-revoked"), "{run:?}");
}

#[test]
fn a_server_that_forgot_the_client_is_told_again() {
    let world = World::new();
    let id = world.registered(&TREATMENT);
    world.refused(&["token", &id, "--re-register"], 2, "usage");
    // Another process of the client cancelled it, and this one does not know.
    let other = crate::harness::Home::new();
    let twin = other.json(&world.register(&TREATMENT))["id"].as_str().unwrap().to_owned();
    other.json(&["udap", "cancel", &twin]);
    world.refused(&["token", &id], 5, "token-refused");
    let told = world.home.json(&["udap", "modify", &id]);
    assert_eq!(told["outcome"], "replaced");
    let id = told["id"].as_str().unwrap();
    assert_eq!(world.home.json(&["token", id])["token_type"], "Bearer");
}
