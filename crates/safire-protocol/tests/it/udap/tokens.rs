//! Authentication tokens: what a token request carries for each grant.

use std::collections::BTreeMap;

use http::Request;
use safire_protocol::authorize::CodeVerifier;
use safire_protocol::credentials::AuthMethod;
use safire_protocol::credentials::AuthorizationExtensions;
use safire_protocol::credentials::Credentials;
use safire_protocol::fault::Diagnose;
use safire_protocol::fault::Fault;
use safire_protocol::identifier::ClientId;
use safire_protocol::jose::Algorithm;
use safire_protocol::secret::AuthorizationCode;
use safire_protocol::secret::ClientAssertion;
use safire_protocol::secret::RefreshToken;
use safire_protocol::token::Grant;
use safire_protocol::token::TokenError;
use safire_protocol::token::TokenRequest;
use safire_protocol::udap::B2bAuthorization;
use safire_protocol::udap::UdapMetadata;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;
use url::Url;

use super::BASE;
use super::NOW;
use super::identity;
use super::metadata as server;
use super::world::World;
use super::world::object;
use super::world::parts;

const TOKEN: &str = "https://fhir.example.com/token";
const CLIENT: &str = "https://app.example.org/udap";

fn b2b() -> AuthorizationExtensions {
    let authorization =
        B2bAuthorization::new("https://org.example.com", ["urn:oid:2.16.840.1.113883.5.8#TREAT"]);
    AuthorizationExtensions::new().with_b2b(&authorization).unwrap()
}

fn credentials(found: &UdapMetadata, extensions: AuthorizationExtensions) -> Credentials {
    let world = World::new(BASE);
    let identity = identity(&world, CLIENT, &world.client_key);
    let profile = identity.credentials(ClientId::parse("abc").unwrap(), found, None, extensions).unwrap();
    Credentials::UdapCertificate(Box::new(profile))
}

fn backend() -> Grant {
    Grant::ClientCredentials { scope: Some("system/Patient.rs".to_owned()) }
}

fn code() -> Grant {
    Grant::AuthorizationCode {
        code: AuthorizationCode::new("code-1"),
        redirect_uri: "https://app.example.com/cb".to_owned(),
        verifier: Some(CodeVerifier::from_random(&[7; 96])),
    }
}

fn refresh() -> Grant {
    Grant::Refresh { refresh_token: RefreshToken::new("refresh-1"), scope: None }
}

fn step(grant: Grant, credentials: Credentials) -> TokenRequest {
    TokenRequest::new(Url::parse(TOKEN).unwrap(), grant, credentials).unwrap()
}

fn header_and_claims(step: &TokenRequest) -> Result<(Value, Value), TokenError> {
    let input = step.assertion(NOW, "j-1")?.unwrap();
    Ok(parts(std::str::from_utf8(input.as_bytes()).unwrap()))
}

fn form(request: &Request<bytes::Bytes>) -> BTreeMap<String, String> {
    url::form_urlencoded::parse(request.body()).into_owned().collect()
}

#[test]
fn the_authentication_token_has_the_chain_and_the_claims_of_the_guide() {
    let found = server(&World::new(BASE));
    let (header, claims) = header_and_claims(&step(backend(), credentials(&found, b2b()))).unwrap();
    assert_eq!(header.as_object().unwrap().keys().collect::<Vec<_>>(), ["alg", "x5c"]);
    assert_eq!((header["alg"].as_str(), header["x5c"].as_array().unwrap().len()), (Some("ES384"), 2));
    assert_eq!((claims["iss"].as_str(), claims["sub"].as_str()), (Some("abc"), Some("abc")));
    assert_eq!((claims["aud"].as_str(), claims["jti"].as_str()), (Some(TOKEN), Some("j-1")));
    let lifetime = claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap();
    assert!((1..=300).contains(&lifetime), "{lifetime}");
    assert_eq!(claims["extensions"]["hl7-b2b"]["version"], "1");
}

#[test]
fn the_form_says_udap_1_and_carries_no_secret_and_no_authorization_header() {
    let found = server(&World::new(BASE));
    let expected: [(Grant, &[&str]); 3] = [
        (backend(), &["client_assertion", "client_assertion_type", "grant_type", "scope", "udap"]),
        (
            code(),
            &[
                "client_assertion",
                "client_assertion_type",
                "code",
                "code_verifier",
                "grant_type",
                "redirect_uri",
                "udap",
            ],
        ),
        (refresh(), &["client_assertion", "client_assertion_type", "grant_type", "refresh_token", "udap"]),
    ];
    for (grant, names) in expected {
        let request =
            step(grant, credentials(&found, b2b())).request(Some(ClientAssertion::new("a.b.c"))).unwrap();
        let form = form(&request);
        assert_eq!(form.keys().collect::<Vec<_>>(), names);
        assert_eq!((form["udap"].as_str(), form["client_assertion"].as_str()), ("1", "a.b.c"));
        assert!(!request.headers().contains_key("authorization"));
    }
    let missing = step(backend(), credentials(&found, b2b())).request(None);
    assert!(matches!(missing, Err(TokenError::AssertionMissing)));
}

#[test]
fn the_objects_are_left_out_for_a_code_and_for_a_refresh_token() {
    let found = server(&World::new(BASE));
    for grant in [code(), refresh()] {
        let (_, claims) = header_and_claims(&step(grant, credentials(&found, b2b()))).unwrap();
        assert!(claims.get("extensions").is_none(), "{claims}");
    }
}

#[test]
fn what_the_server_requires_is_there_or_the_call_is_not_made() {
    let mut found = server(&World::new(BASE));
    let none = AuthorizationExtensions::new;
    let error = header_and_claims(&step(backend(), credentials(&found, none()))).unwrap_err();
    assert_eq!((error.code(), error.fault()), ("authorization-extension-missing", Fault::Caller));
    assert!(error.to_string().contains("hl7-b2b") && error.hint().is_some(), "{error}");
    found.extensions_required = Vec::new();
    let error = header_and_claims(&step(backend(), credentials(&found, none()))).unwrap_err();
    assert_eq!(error.code(), "authorization-extension-missing", "the guide has it with every such grant");
    found.extensions = Vec::new();
    assert!(
        header_and_claims(&step(backend(), credentials(&found, none()))).is_ok(),
        "the server knows none"
    );
}

#[test]
fn an_extension_of_a_community_goes_with_every_request_where_it_is_required() {
    let mut found = server(&World::new(BASE));
    found.extensions_required.push("community-x".to_owned());
    let grants = [backend(), code(), refresh()];
    for grant in grants.clone() {
        let error = header_and_claims(&step(grant, credentials(&found, b2b()))).unwrap_err();
        assert!(error.to_string().contains("community-x"), "{error}");
    }
    let with = b2b().with("community-x", object(json!({"a": 1})));
    for grant in grants {
        let (_, claims) = header_and_claims(&step(grant.clone(), credentials(&found, with.clone()))).unwrap();
        assert_eq!(claims["extensions"]["community-x"], json!({"a": 1}));
        let is_backend = matches!(grant, Grant::ClientCredentials { .. });
        assert_eq!(claims["extensions"].get("hl7-b2b").is_some(), is_backend);
    }
}

#[test]
fn an_extension_that_nobody_requires_goes_with_client_credentials_alone() {
    let found = server(&World::new(BASE));
    let with = || credentials(&found, b2b().with("community-x", Map::new()));
    let (_, claims) = header_and_claims(&step(backend(), with())).unwrap();
    assert!(claims["extensions"].get("community-x").is_some());
    let (_, claims) = header_and_claims(&step(code(), with())).unwrap();
    assert!(claims.get("extensions").is_none());
}

#[test]
fn the_algorithm_is_one_that_the_token_endpoint_lists() {
    let world = World::new(BASE);
    let mut found = server(&world);
    let rsa = identity(&world, CLIENT, &world.server_key);
    let client_id = || ClientId::parse("abc").unwrap();
    found.token_algorithms = vec!["RS384".to_owned()];
    let profile = rsa.credentials(client_id(), &found, None, b2b()).unwrap();
    assert_eq!(profile.algorithm(), Algorithm::Rs384);
    found.token_algorithms = vec!["ES256".to_owned()];
    let error = rsa.credentials(client_id(), &found, None, b2b()).unwrap_err();
    assert_eq!(error.code(), "udap-algorithm-not-offered");
}

#[test]
fn a_lifetime_is_five_minutes_at_most() {
    let world = World::new(BASE);
    let found = server(&world);
    let identity = identity(&world, CLIENT, &world.client_key);
    let profile = identity.credentials(ClientId::parse("abc").unwrap(), &found, None, b2b()).unwrap();
    for (asked, given) in [(600, 300), (300, 300), (60, 90)] {
        let profile = profile.clone().with_lifetime(asked).unwrap();
        let (_, claims) =
            header_and_claims(&step(backend(), Credentials::UdapCertificate(Box::new(profile)))).unwrap();
        assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), given);
    }
    assert!(profile.with_lifetime(0).is_err());
}

#[test]
fn the_method_is_private_key_jwt_and_nothing_is_kept_of_the_key() {
    let found = server(&World::new(BASE));
    let credentials = credentials(&found, b2b());
    assert_eq!((credentials.method(), credentials.is_signed()), (AuthMethod::PrivateKeyJwt, true));
    assert_eq!(credentials.client_id().as_str(), "abc");
}

#[test]
fn the_digest_of_the_objects_is_equal_for_equal_ones_and_tells_nothing() {
    let one = AuthorizationExtensions::new().with("x", object(json!({"a": 1, "b": {"planted": [2]}})));
    let same = AuthorizationExtensions::new().with("x", object(json!({"b": {"planted": [2]}, "a": 1})));
    let other = AuthorizationExtensions::new().with("x", object(json!({"a": 1, "b": {"planted": [3]}})));
    assert_eq!(one.digest(), same.digest(), "the order of members does not count");
    assert_ne!(one.digest(), other.digest());
    let text = one.digest().unwrap();
    assert!(text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit()), "{text}");
    assert_eq!(AuthorizationExtensions::new().digest(), None);
}
