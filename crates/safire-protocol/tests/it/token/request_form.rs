//! What is sent to the token endpoint.

use bytes::Bytes;
use http::Request;
use safire_protocol::credentials::BasicEncoding;
use safire_protocol::credentials::ClientIdInBody;
use safire_protocol::credentials::Credentials;
use safire_protocol::credentials::SecretPlacement;
use safire_protocol::fault::Diagnose;
use safire_protocol::secret::ClientAssertion;
use safire_protocol::token::Grant;
use safire_protocol::token::TokenError;
use safire_protocol::token::TokenRequest;
use url::Url;
use url::form_urlencoded;

use super::NOW;
use super::profile;
use super::public;
use super::secret;
use super::step_with;

const URN: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

fn form(request: &Request<Bytes>) -> Vec<(String, String)> {
    form_urlencoded::parse(request.body()).into_owned().collect()
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn assertion() -> Option<ClientAssertion> {
    Some(ClientAssertion::new("h.c.s"))
}

#[test]
fn tc_078_a_public_client_sends_its_id_and_no_header() {
    let request = step_with(None, public()).request(None).unwrap();
    assert_eq!(form(&request), pairs(&[("grant_type", "client_credentials"), ("client_id", "client-1")]));
    assert!(!request.headers().contains_key("authorization"));
    assert_eq!(request.method(), "POST");
    assert_eq!(request.headers()["content-type"], "application/x-www-form-urlencoded");
    assert_eq!(request.headers()["accept"], "application/json");
}

#[test]
fn tc_079_a_secret_client_sends_basic_and_no_id_in_the_body() {
    let request = step_with(None, secret(SecretPlacement::Basic(BasicEncoding::Form))).request(None).unwrap();
    assert_eq!(request.headers()["authorization"], "Basic Y2xpZW50LTE6czNjcmV0");
    assert_eq!(form(&request), pairs(&[("grant_type", "client_credentials")]));
}

#[test]
fn tc_081_and_tc_096_a_key_client_sends_exactly_four_members() {
    let request = step_with(Some("system/Patient.rs"), Credentials::PrivateKeyJwt(profile()))
        .request(assertion())
        .unwrap();
    assert_eq!(
        form(&request),
        pairs(&[
            ("grant_type", "client_credentials"),
            ("scope", "system/Patient.rs"),
            ("client_assertion_type", URN),
            ("client_assertion", "h.c.s"),
        ])
    );
    assert!(!request.headers().contains_key("authorization"));
}

#[test]
fn tc_097_without_a_scope_a_key_client_asks_for_system_rs() {
    for scope in [None, Some(""), Some("  ")] {
        let step = step_with(scope, Credentials::PrivateKeyJwt(profile()));
        let request = step.request(assertion()).unwrap();
        assert!(form(&request).contains(&("scope".to_owned(), "system/*.rs".to_owned())));
    }
}

#[test]
fn tc_098_a_scope_given_is_the_one_sent() {
    let step = step_with(Some("system/Observation.rs"), Credentials::PrivateKeyJwt(profile()));
    let request = step.request(assertion()).unwrap();
    let scopes: Vec<_> = form(&request).into_iter().filter(|(name, _)| name == "scope").collect();
    assert_eq!(scopes, pairs(&[("scope", "system/Observation.rs")]));
}

#[test]
fn servers_that_want_the_id_beside_the_proof_get_it_by_choice() {
    let id = ("client_id".to_owned(), "client-1".to_owned());
    let basic = secret(SecretPlacement::BasicWithClientId(BasicEncoding::Form));
    let request = step_with(None, basic).request(None).unwrap();
    assert!(form(&request).contains(&id));
    assert!(request.headers().contains_key("authorization"));
    let profile = profile().with_client_id_in_body(ClientIdInBody::Sent);
    let request = step_with(None, Credentials::PrivateKeyJwt(profile)).request(assertion()).unwrap();
    assert!(form(&request).contains(&id));
}

#[test]
fn tc_087_a_key_client_sends_nothing_without_its_assertion() {
    let error = step_with(None, Credentials::PrivateKeyJwt(profile())).request(None).unwrap_err();
    assert!(matches!(error, TokenError::AssertionMissing), "{error:?}");
    let error = step_with(None, public()).request(assertion()).unwrap_err();
    assert!(matches!(error, TokenError::AssertionUnexpected), "{error:?}");
}

#[test]
fn only_a_key_client_has_something_to_sign() {
    assert!(step_with(None, public()).assertion(NOW, "j").unwrap().is_none());
    assert!(step_with(None, secret(SecretPlacement::Post)).assertion(NOW, "j").unwrap().is_none());
    assert!(step_with(None, Credentials::PrivateKeyJwt(profile())).assertion(NOW, "j").unwrap().is_some());
}

#[test]
fn td_07_an_http_endpoint_gets_no_credentials() {
    for url in ["http://auth.example.com/token", "ftp://auth.example.com/t", "https://u:p@auth.example.com/t"]
    {
        let grant = Grant::ClientCredentials { scope: None };
        let error = TokenRequest::new(Url::parse(url).unwrap(), grant, public()).unwrap_err();
        assert!(matches!(error, TokenError::Endpoint(_)), "{url}: {error:?}");
        assert!(error.hint().is_some());
        assert!(!format!("{error:?}").contains("u:p"), "{error:?}");
    }
}

#[test]
fn a_query_of_the_endpoint_is_kept_and_a_fragment_is_not_sent() {
    let url = Url::parse("https://auth.example.com/token?tenant=7#part").unwrap();
    let step = TokenRequest::new(url, Grant::ClientCredentials { scope: None }, public()).unwrap();
    assert_eq!(step.request(None).unwrap().uri(), "https://auth.example.com/token?tenant=7");
}
