//! Whatever a server sends, it ends soon and in a typed error.

use std::fmt::Write as _;

use safire_protocol::fault::Diagnose;
use safire_protocol::fault::Fault;
use safire_protocol::jose::Algorithm;
use safire_protocol::udap::UdapDiscoveryError;
use serde_json::Value;
use serde_json::json;

use super::BASE;
use super::NOW;
use super::policy;
use super::read;
use super::world::World;
use super::world::jws;
use super::world::x5c;

fn failure(world: &World, signed: impl Into<Value>) -> UdapDiscoveryError {
    read(&world.document_with(signed)).signed_metadata(&policy(), NOW).unwrap_err()
}

#[test]
fn td_17_a_thousand_certificates_are_refused_by_their_number() {
    let world = World::new(BASE);
    let leaf = x5c(&world.server_chain())[0].clone();
    let tiny = vec!["AAAA".to_owned(); 999];
    let chain: Vec<String> = std::iter::once(leaf.clone()).chain(tiny).collect();
    let header = json!({"alg": "RS256", "x5c": chain});
    let error =
        failure(&world, jws(&world.server_key, Algorithm::Rs256, &header, &Value::Object(world.claims())));
    assert!(matches!(error, UdapDiscoveryError::Certificate { .. }), "{error}");
    assert!(error.to_string().contains("1000"), "{error}");
    let header = json!({"alg": "RS256", "x5c": vec![leaf; 1000]});
    let error =
        failure(&world, jws(&world.server_key, Algorithm::Rs256, &header, &Value::Object(world.claims())));
    assert_eq!(error.code(), "udap-signed-metadata-not-jws", "already too long to be read: {error}");
}

#[test]
fn td_17_a_token_of_five_megabytes_is_refused_by_its_length() {
    let world = World::new(BASE);
    let error = failure(&world, format!("e30.{}.c2ln", "A".repeat(5 * 1024 * 1024)));
    assert_eq!((error.code(), error.fault()), ("udap-signed-metadata-not-jws", Fault::Trust));
    assert!(error.to_string().len() < 500);
}

#[test]
fn deep_nesting_and_doubled_claims_are_refused() {
    let world = World::new(BASE);
    let mut deep = String::new();
    for _ in 0..64 {
        deep.push_str("{\"a\":");
    }
    deep.push('1');
    deep.push_str(&"}".repeat(64));
    let header = json!({"alg": "RS256", "x5c": x5c(&world.server_chain())});
    let nested = jws(&world.server_key, Algorithm::Rs256, &header, &serde_json::from_str(&deep).unwrap());
    assert_eq!(failure(&world, nested).code(), "udap-signed-metadata-not-jws");
}

#[test]
fn what_a_server_writes_is_shown_clipped_and_without_control_characters() {
    let world = World::new(BASE);
    let mut claims = world.claims();
    let mut long = "x\u{1b}[31m\n".repeat(5000);
    let _ = write!(long, "end");
    claims.insert("iss".to_owned(), json!(long));
    let shown = failure(&world, world.signed(&claims)).to_string();
    assert!(shown.len() < 2000 && !shown.contains('\u{1b}') && !shown.contains('\n'), "{shown}");
}
