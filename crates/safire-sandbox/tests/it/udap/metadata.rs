use safire_sandbox::Sandbox;
use serde_json::Value;
use serde_json::json;

use super::verdict::verdict;
use super::world::World;
use crate::support::get;
use crate::support::read;

async fn document(base: &str, query: &str) -> Value {
    let answer = get(&format!("{base}/.well-known/udap{query}")).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.header("content-type"), Some("application/json"));
    answer.json()
}

#[tokio::test]
async fn every_required_member_is_there() {
    let world = World::start().await;
    let document = document(&world.sandbox.fhir_base(), "").await;
    assert_eq!(document["udap_versions_supported"], json!(["1"]));
    assert_eq!(
        document["udap_profiles_supported"],
        json!(["udap_dcr", "udap_authn", "udap_authz", "udap_to"])
    );
    assert_eq!(document["udap_authorization_extensions_supported"], json!(["hl7-b2b", "tefca_ias"]));
    assert_eq!(document["udap_authorization_extensions_required"], json!(["hl7-b2b"]));
    assert_eq!(document["udap_certifications_supported"], json!([]));
    assert_eq!(document["token_endpoint_auth_methods_supported"], json!(["private_key_jwt"]));
    let grants = json!(["authorization_code", "refresh_token", "client_credentials"]);
    assert_eq!(document["grant_types_supported"], grants);
    for member in [
        "token_endpoint_auth_signing_alg_values_supported",
        "registration_endpoint_jwt_signing_alg_values_supported",
    ] {
        assert_eq!(document[member][0], "RS256", "{member}");
    }
    for scope in ["openid", "udap", "system/*.rs"] {
        assert!(document["scopes_supported"].as_array().unwrap().contains(&json!(scope)), "{scope}");
    }
    assert_eq!(document["registration_endpoint"], world.sandbox.udap_registration_endpoint());
    assert_eq!(document["token_endpoint"], world.sandbox.token_endpoint());
    assert_eq!(document["authorization_endpoint"], world.sandbox.authorization_endpoint());
}

#[tokio::test]
async fn the_signed_metadata_hold_for_the_fhir_server_and_for_the_identity_provider() {
    let world = World::start().await;
    for base in [world.sandbox.fhir_base(), world.sandbox.issuer()] {
        let document = document(&base, "").await;
        assert_eq!(verdict(&world.community, &base, &document).await, None, "{base}");
    }
}

#[tokio::test]
async fn each_community_gets_its_own_certificate_and_an_unknown_one_gets_204() {
    let builder = Sandbox::builder().udap_community("https://one.example/").udap_community("urn:oid:1.2.3");
    let sandbox = builder.start().await.unwrap();
    let communities = sandbox.udap_communities().await.unwrap();
    let base = sandbox.fhir_base();
    for (query, trusts) in [
        ("", 0),
        ("?community=", 0),
        ("?community=https%3A%2F%2Fone.example%2F", 0),
        ("?community=urn:oid:1.2.3", 1),
    ] {
        let document = document(&base, query).await;
        assert_eq!(verdict(&communities[trusts], &base, &document).await, None, "{query}");
        assert!(verdict(&communities[1 - trusts], &base, &document).await.is_some(), "{query}");
    }
    let answer = get(&format!("{base}/.well-known/udap?community=urn:oid:1.2.4")).await;
    assert_eq!((answer.status, answer.body.len()), (204, 0));
    assert!(sandbox.udap_community("urn:oid:1.2.3").await.is_ok());
    let unknown = sandbox.udap_community("urn:oid:9").await.unwrap_err().to_string();
    assert!(unknown.contains("`https://one.example/`"), "{unknown}");
}

#[tokio::test]
async fn switched_off_there_is_nothing() {
    let sandbox = Sandbox::builder().without_udap().start().await.unwrap();
    assert_eq!(get(&format!("{}/.well-known/udap", sandbox.fhir_base())).await.status, 404);
    let answer = read(crate::support::client().post(sandbox.udap_registration_endpoint())).await.unwrap();
    assert_eq!(answer.status, 404);
}

#[tokio::test]
async fn each_answer_is_signed_anew() {
    let world = World::start().await;
    let base = world.sandbox.fhir_base();
    let (first, second) = (document(&base, "").await, document(&base, "").await);
    assert_ne!(first["signed_metadata"], second["signed_metadata"]);
    assert_eq!(world.sandbox.counts().discoveries, 2);
}

#[tokio::test]
async fn tenants_are_members_of_the_same_community_each_by_its_own_name() {
    let world = World::of(Sandbox::builder().tenants(2)).await;
    for tenant in 0..2 {
        let base = format!("{}/t/{tenant}/fhir", world.sandbox.issuer());
        let document = document(&base, "").await;
        assert_eq!(verdict(&world.community, &base, &document).await, None, "{base}");
        let endpoint = document["registration_endpoint"].as_str().unwrap();
        let mut claims = world.claims();
        claims["aud"] = json!(endpoint);
        let statement = super::world::signed(&world.client, &claims);
        let body = json!({"software_statement": statement, "udap": "1"});
        assert_eq!(crate::support::post_json(endpoint, &body).await.status, 201);
    }
}
