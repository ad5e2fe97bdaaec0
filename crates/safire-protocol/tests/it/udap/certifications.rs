//! Certifications and endorsements: sent verbatim, and made.

use safire_protocol::fault::Diagnose;
use safire_protocol::fault::Fault;
use safire_protocol::jose::Algorithm;
use safire_protocol::udap::Certification;
use safire_protocol::udap::Certifications;
use safire_protocol::udap::ClientUri;
use safire_protocol::udap::UdapError;
use serde_json::Value;
use serde_json::json;

use super::BASE;
use super::NOW;
use super::discover;
use super::identity;
use super::lifecycle::client_metadata;
use super::lifecycle::statement;
use super::lifecycle::step_with;
use super::metadata as server;
use super::world::CLIENT;
use super::world::World;
use super::world::parts;

fn body(certifications: Certifications) -> Value {
    let world = World::new(BASE);
    let step = step_with(&world, &server(&world), client_metadata(), certifications).unwrap();
    serde_json::from_slice(step.request(&statement(&world, &step, "j")).body()).unwrap()
}

fn own() -> Certification {
    Certification::new("Example", ["https://community.example.org/certification"], ["client_credentials"])
}

#[test]
fn n_05_tc_139_none_is_left_out_empty_is_sent_and_others_go_verbatim() {
    assert!(body(Certifications::none()).get("certifications").is_none());
    assert_eq!(body(Certifications::of(Vec::<String>::new()).unwrap())["certifications"], json!([]));
    let two = ["e30.e30.c2ln", "e30.e30.b3RoZXI"];
    assert_eq!(body(Certifications::of(two).unwrap())["certifications"], json!(two));
}

#[test]
fn n_05_tc_139_something_that_is_no_jws_is_refused() {
    for bad in ["", "a.b", "[]", "e30.e30.", "e30.e30.c2ln\n"] {
        let error = Certifications::of(["e30.e30.c2ln", bad]).unwrap_err();
        assert_eq!((error.code(), error.fault()), ("udap-certification-not-jws", Fault::Caller));
        assert!(
            error.to_string().contains("`certifications`") && error.to_string().contains("place 1"),
            "{error}"
        );
    }
}

#[test]
fn n_06_tc_139_a_server_that_requires_one_gets_one_or_nothing() {
    let world = World::new(BASE);
    let mut document = world.document();
    for member in ["udap_certifications_supported", "udap_certifications_required"] {
        document.insert(member.to_owned(), json!(["https://community.example.org/certification"]));
    }
    let found = discover(&document, &world.community()).unwrap();
    for none in [Certifications::none(), Certifications::of(Vec::<String>::new()).unwrap()] {
        let error = step_with(&world, &found, client_metadata(), none).unwrap_err();
        assert!(matches!(error, UdapError::Certification(_)), "{error}");
        assert_eq!(error.code(), "udap-certification-required");
        assert!(error.to_string().contains("https://community.example.org/certification"), "{error}");
    }
    let any = Certifications::of(["e30.e30.c2ln"]).unwrap();
    assert!(step_with(&world, &found, client_metadata(), any).is_ok(), "what it says is for the server");
}

#[test]
fn an_own_certification_has_the_claims_of_the_template() {
    let world = World::new(BASE);
    let signer = identity(&world, CLIENT, &world.client_key);
    let certification =
        Certification::new("Example", ["https://community.example.org/c"], ["authorization_code"])
            .for_servers(["https://as.example.org/register"])
            .with_scope("user/*.rs")
            .with_extension("example_exchange_purposes", json!(["urn:p"]))
            .with_claim("certification_description", json!("what for"))
            .unwrap();
    let input = certification.signing_input(&signer, Algorithm::Es384, NOW, "j").unwrap();
    let (header, claims) = parts(std::str::from_utf8(input.as_bytes()).unwrap());
    assert_eq!(header, json!({"alg": "ES384", "x5c": signer.chain().to_x5c()}));
    let now = NOW.as_seconds();
    assert_eq!(
        claims,
        json!({
            "iss": CLIENT, "sub": CLIENT, "aud": "https://as.example.org/register", "exp": now + 365 * 86400,
            "iat": now, "jti": "j", "certification_name": "Example",
            "certification_uris": ["https://community.example.org/c"], "grant_types": ["authorization_code"],
            "response_types": ["code"], "scope": "user/*.rs",
            "extensions": {"example_exchange_purposes": ["urn:p"]}, "certification_description": "what for",
        })
    );
    let signature = world.client_key.sign(Algorithm::Es384, input.as_bytes()).unwrap();
    assert!(Certifications::of([input.attach(&signature)]).is_ok());
}

#[test]
fn an_endorsement_is_about_another_than_its_signer() {
    let world = World::new(BASE);
    let signer = identity(&world, "https://accreditor.example.org", &world.client_key);
    let input = own()
        .about(ClientUri::parse(CLIENT).unwrap())
        .for_servers(["https://a.example/r", "https://b.example/r"])
        .signing_input(&signer, Algorithm::Es384, NOW, "j")
        .unwrap();
    let claims = parts(std::str::from_utf8(input.as_bytes()).unwrap()).1;
    assert_eq!(
        (claims["iss"].as_str(), claims["sub"].as_str()),
        (Some("https://accreditor.example.org"), Some(CLIENT))
    );
    assert_eq!(claims["aud"], json!(["https://a.example/r", "https://b.example/r"]));
}

#[test]
fn the_rules_of_the_template_are_checked_before_anything_is_signed() {
    let world = World::new(BASE);
    let signer = identity(&world, CLIENT, &world.client_key);
    let uris = ["https://community.example.org/c"];
    for (bad, claim) in [
        (Certification::new(" ", uris, ["client_credentials"]), "certification_name"),
        (Certification::new("n", Vec::<String>::new(), ["client_credentials"]), "certification_uris"),
        (Certification::new("n", ["not a uri"], ["client_credentials"]), "certification_uris"),
        (Certification::new("n", uris, ["authorization_code", "client_credentials"]), "grant_types"),
        (Certification::new("n", uris, ["client_credentials", "refresh_token"]), "grant_types"),
        (own().with_lifetime(3 * 365 * 86400 + 1), "exp"),
        (own().with_lifetime(0), "exp"),
    ] {
        let error = bad.signing_input(&signer, Algorithm::Es384, NOW, "j").unwrap_err();
        assert_eq!(error.code(), "udap-certification-claim");
        assert!(error.to_string().contains(claim), "{error}");
    }
    assert!(own().with_lifetime(3 * 365 * 86400).signing_input(&signer, Algorithm::Es384, NOW, "j").is_ok());
    assert!(own().with_claim("sub", json!("x")).is_err());
    assert_eq!(
        own().signing_input(&signer, Algorithm::Es384, NOW, " ").unwrap_err().code(),
        "udap-jti-blank"
    );
}
