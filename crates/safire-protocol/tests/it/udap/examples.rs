//! The guide's own examples, faults and all.

use safire_protocol::registration::ClientMetadata;
use safire_protocol::udap::UdapClientMetadata;
use safire_protocol::url::UrlPolicy;
use serde_json::Map;
use serde_json::Value;

fn example(name: &str) -> String {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../testdata/udap/");
    std::fs::read_to_string(format!("{folder}{name}")).unwrap()
}

/// The claims of an example statement: a comma is missing after `jti`, and its blanks are not JSON's.
fn claims(name: &str) -> Map<String, Value> {
    let text = example(name).replace('\u{a0}', " ");
    let (_, claims) = text.split_once("}.{").unwrap();
    let fixed = format!("{{{claims}").replace("\"\n  \"client_name\"", "\",\n  \"client_name\"");
    serde_json::from_str(&fixed).unwrap()
}

#[test]
fn the_metadata_of_the_examples_keep_the_rules() {
    for name in ["registration.00.txt", "registration.01.txt"] {
        let claims = claims(name);
        let own = |name: &str| {
            ["iss", "sub", "aud", "exp", "iat", "jti", "response_types", "token_endpoint_auth_method"]
                .contains(&name)
        };
        let given =
            claims.iter().filter(|(name, _)| !own(name)).map(|(name, value)| (name.clone(), value.clone()));
        let metadata = ClientMetadata::from_json(given.collect()).unwrap();
        let built = UdapClientMetadata::register(&metadata, &UrlPolicy::default()).unwrap();
        for (name, value) in built.claims() {
            assert_eq!(claims.get(name), Some(value), "{name}");
        }
    }
}

#[test]
fn the_examples_expire_before_they_are_issued_and_ours_do_not() {
    let claims = claims("registration.00.txt");
    assert!(claims["exp"].as_i64().unwrap() < claims["iat"].as_i64().unwrap());
}
