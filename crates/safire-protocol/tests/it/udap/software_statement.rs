//! Software statements: header, claims, freshness.

use safire_protocol::fault::Diagnose;
use safire_protocol::jose::Algorithm;
use safire_protocol::jose::Limits;
use safire_protocol::jose::PublicKey;
use safire_protocol::jose::decode;
use safire_protocol::registration::ClientMetadata;
use safire_protocol::udap::IdentityError;
use safire_protocol::udap::SoftwareStatement;
use safire_protocol::udap::UdapClientMetadata;
use safire_protocol::url::UrlPolicy;
use serde_json::json;

use super::BASE;
use super::NOW;
use super::client_metadata::backend;
use super::identity;
use super::world::CLIENT;
use super::world::World;
use super::world::parts;

const ENDPOINT: &str = "https://Fhir.example.com:443/register/";

fn metadata() -> UdapClientMetadata {
    UdapClientMetadata::register(&ClientMetadata::from_json(backend()).unwrap(), &UrlPolicy::default())
        .unwrap()
}

#[test]
fn w_01_w_02_w_03_tc_137_t25_ii_header_and_claims_are_as_the_guide_says() {
    let world = World::new(BASE);
    let (identity, metadata) = (identity(&world, CLIENT, &world.server_key), metadata());
    let statement = SoftwareStatement::new(&identity, &metadata, ENDPOINT, Algorithm::Rs256);
    let input = statement.signing_input(NOW, "j-1").unwrap();
    let (header, claims) = parts(std::str::from_utf8(input.as_bytes()).unwrap());
    assert_eq!(header, json!({"alg": "RS256", "x5c": identity.chain().to_x5c()}));
    assert_eq!(identity.chain().to_x5c().len(), 2, "leaf first, then its issuer");
    let now = NOW.as_seconds();
    assert_eq!(
        claims,
        json!({
            "iss": CLIENT, "sub": CLIENT, "aud": ENDPOINT, "iat": now, "exp": now + 300, "jti": "j-1",
            "client_name": "Acme B2B App", "contacts": ["mailto:b2b-operations@example.com"],
            "grant_types": ["client_credentials"], "scope": "system/Patient.rs system/Observation.rs",
            "token_endpoint_auth_method": "private_key_jwt",
        })
    );
}

#[test]
fn tc_137_the_signature_is_of_the_leaf_key() {
    let world = World::new(BASE);
    let (identity, metadata) = (identity(&world, CLIENT, &world.server_key), metadata());
    let statement = SoftwareStatement::new(&identity, &metadata, ENDPOINT, Algorithm::Rs256);
    let input = statement.signing_input(NOW, "j").unwrap();
    let signature = world.server_key.sign(Algorithm::Rs256, input.as_bytes()).unwrap();
    assert!(identity.check_signature(Algorithm::Rs256, input.as_bytes(), &signature).is_ok());
    let jwt = input.attach(&signature);
    let key = PublicKey::from_spki(identity.chain().leaf().public_key().as_ref()).unwrap();
    assert!(decode(&jwt, Limits::default()).unwrap().verify(&[Algorithm::Rs256], &key).is_ok());
}

#[test]
fn w_10_w_13_tc_138_a_chain_that_expired_since_signs_nothing() {
    let world = World::new(BASE);
    let (identity, metadata) = (identity(&world, CLIENT, &world.client_key), metadata());
    let statement = SoftwareStatement::new(&identity, &metadata, ENDPOINT, Algorithm::Es384);
    let late = safire_protocol::time::UnixTime::from_seconds(1_893_456_001);
    assert_eq!(statement.signing_input(late, "j").unwrap_err().code(), "trust-expired");
}

#[test]
fn w_18_a_blank_jti_is_refused_and_time_is_an_argument() {
    let world = World::new(BASE);
    let (identity, metadata) = (identity(&world, CLIENT, &world.client_key), metadata());
    let statement = SoftwareStatement::new(&identity, &metadata, ENDPOINT, Algorithm::Es384);
    for blank in ["", "  "] {
        assert!(matches!(statement.signing_input(NOW, blank), Err(IdentityError::JtiBlank)));
    }
}

#[test]
fn w_19_w_20_each_emission_is_fresh_and_the_inputs_are_kept() {
    let world = World::new(BASE);
    let (identity, metadata) = (identity(&world, CLIENT, &world.client_key), metadata());
    let statement = SoftwareStatement::new(&identity, &metadata, ENDPOINT, Algorithm::Es384);
    let emit = |seconds, jti| {
        let input = statement.signing_input(NOW.plus_seconds(seconds), jti).unwrap();
        parts(std::str::from_utf8(input.as_bytes()).unwrap()).1
    };
    let (first, second) = (emit(0, "a"), emit(10, "b"));
    for claim in ["iat", "exp", "jti"] {
        assert_ne!(first[claim], second[claim], "{claim}");
    }
    assert_eq!(first["client_name"], second["client_name"]);
}
