//! Signed metadata: form, algorithm and signature.

use safire_protocol::fault::Diagnose;
use safire_protocol::jose::Algorithm;
use safire_protocol::jose::PrivateKey;
use safire_protocol::udap::SignedMetadataRule as Rule;
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

#[track_caller]
fn assert_rule(world: &World, signed: impl Into<Value>, rule: Rule) {
    let error = failure(world, signed);
    let rules: Vec<Rule> = error.violations().iter().map(|violation| violation.rule).collect();
    assert_eq!(rules, [rule], "{error}");
    assert_eq!(error.code(), rule.code());
}

/// A token with another header, signed by the server's key.
fn with_header(world: &World, header: &Value) -> String {
    jws(&world.server_key, Algorithm::Rs256, header, &Value::Object(world.claims()))
}

#[test]
fn z_01_tc_129_signed_metadata_are_a_string() {
    let world = World::new(BASE);
    for value in [json!(7), json!({}), json!([]), json!(null), json!(true)] {
        assert_rule(&world, value, Rule::Present);
    }
}

#[test]
fn z_02_tc_129_signed_metadata_are_a_compact_jws() {
    let world = World::new(BASE);
    for text in ["", "a", "a.b", "a.b.c.d", "....", "!!.??.**", "eyJhbGciOiJSUzI1NiJ9.e30.", "{}"] {
        assert_rule(&world, text, Rule::Jws);
    }
}

#[test]
fn z_03_tc_129_header_and_payload_are_objects() {
    let world = World::new(BASE);
    let chain = x5c(&world.server_chain());
    let header = json!({"alg": "RS256", "x5c": chain});
    assert_rule(&world, jws(&world.server_key, Algorithm::Rs256, &json!("header"), &json!({})), Rule::Jws);
    assert_rule(&world, jws(&world.server_key, Algorithm::Rs256, &header, &json!("payload")), Rule::Jws);
    assert_rule(&world, jws(&world.server_key, Algorithm::Rs256, &header, &json!([1])), Rule::Jws);
}

#[test]
fn z_04_tc_129_rs256_alone_is_taken_unless_the_policy_says_otherwise() {
    let world = World::new(BASE);
    let chain = x5c(&world.server_chain());
    let claims = Value::Object(world.claims());
    let rs384 = jws(&world.server_key, Algorithm::Rs384, &json!({"alg": "RS384", "x5c": chain}), &claims);
    assert_rule(&world, rs384.clone(), Rule::Algorithm);
    for alg in ["none", "HS256", "ES256", "rs256", "EdDSA"] {
        assert_rule(&world, with_header(&world, &json!({"alg": alg, "x5c": chain})), Rule::Algorithm);
    }
    let allowed = policy().with_algorithms([Algorithm::Rs256, Algorithm::Rs384]);
    assert!(read(&world.document_with(rs384)).signed_metadata(&allowed, NOW).is_ok());
}

#[test]
fn z_04_es384_is_taken_where_the_policy_allows_it() {
    let mut world = World::new(BASE);
    world.server_key = PrivateKey::generate(Algorithm::Es384).unwrap();
    let header = json!({"alg": "ES384", "x5c": x5c(&world.server_chain())});
    let signed = jws(&world.server_key, Algorithm::Es384, &header, &Value::Object(world.claims()));
    assert_rule(&world, signed.clone(), Rule::Algorithm);
    let allowed = policy().with_algorithms([Algorithm::Es384]);
    assert!(read(&world.document_with(signed)).signed_metadata(&allowed, NOW).is_ok());
}

#[test]
fn z_05_tc_129_x5c_is_a_list_of_strings_with_something_in_it() {
    let world = World::new(BASE);
    for header in [
        json!({"alg": "RS256"}),
        json!({"alg": "RS256", "x5c": []}),
        json!({"alg": "RS256", "x5c": [null]}),
        json!({"alg": "RS256", "x5c": [7]}),
        json!({"alg": "RS256", "x5c": "MIIB"}),
        json!({"alg": "RS256", "x5c": null}),
    ] {
        assert_rule(&world, with_header(&world, &header), Rule::Chain);
    }
}

#[test]
fn z_06_u_11_tc_130_x5c_is_strict_base64_of_a_certificate() {
    let world = World::new(BASE);
    let good = x5c(&world.server_chain());
    let (first, second) = good[0].split_at(64);
    for element in
        ["AAAA".to_owned(), "not base64!".to_owned(), format!("{first}\n{second}"), format!("{}=", good[0])]
    {
        let error = failure(&world, with_header(&world, &json!({"alg": "RS256", "x5c": [element]})));
        assert!(matches!(error, UdapDiscoveryError::Certificate { .. }), "{error}");
        assert!(error.hint().is_some());
    }
}

#[test]
fn z_11_every_other_certificate_must_parse_too() {
    let world = World::new(BASE);
    let leaf = x5c(&world.server_chain())[0].clone();
    let error = failure(&world, with_header(&world, &json!({"alg": "RS256", "x5c": [leaf, "AAAA"]})));
    assert!(matches!(error, UdapDiscoveryError::Certificate { .. }), "{error}");
}

#[test]
fn z_07_tc_129_the_leaf_key_made_the_signature() {
    let world = World::new(BASE);
    let header = json!({"alg": "RS256", "x5c": x5c(&world.server_chain())});
    let other = PrivateKey::generate(Algorithm::Rs256).unwrap();
    let signed = jws(&other, Algorithm::Rs256, &header, &Value::Object(world.claims()));
    assert_rule(&world, signed, Rule::Signature);
    let good = with_header(&world, &header);
    let (start, signature) = good.rsplit_once('.').unwrap();
    let first = if signature.starts_with('A') { "B" } else { "A" };
    let flipped = format!("{start}.{first}{}", &signature[1..]);
    assert_rule(&world, flipped, Rule::Signature);
}

#[test]
fn z_07_a_leaf_that_is_no_rsa_key_did_not_sign_rs256() {
    let mut world = World::new(BASE);
    let signer = world.server_key.clone();
    world.server_key = PrivateKey::generate(Algorithm::Es256).unwrap();
    let header = json!({"alg": "RS256", "x5c": x5c(&world.server_chain())});
    assert_rule(
        &world,
        jws(&signer, Algorithm::Rs256, &header, &Value::Object(world.claims())),
        Rule::Signature,
    );
}

#[test]
fn z_09_an_unknown_crit_is_refused_and_other_headers_are_not() {
    let world = World::new(BASE);
    let chain = x5c(&world.server_chain());
    let critical = json!({"alg": "RS256", "x5c": chain, "crit": ["b64"], "b64": true});
    assert_rule(&world, with_header(&world, &critical), Rule::Jws);
    let further = json!({"alg": "RS256", "x5c": chain, "kid": "k", "typ": "JWT", "vendor": {"a": 1}});
    assert!(
        read(&world.document_with(with_header(&world, &further))).signed_metadata(&policy(), NOW).is_ok()
    );
}
