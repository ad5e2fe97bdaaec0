//! What each grant sends, and with which proof: the same one at every call.

use bytes::Bytes;
use http::Request;
use safire_protocol::authorize::AuthorizationRequest;
use safire_protocol::authorize::Callback;
use safire_protocol::authorize::CodeVerifier;
use safire_protocol::authorize::RANDOM_BYTES;
use safire_protocol::authorize::Randomness;
use safire_protocol::credentials::BasicEncoding;
use safire_protocol::credentials::Credentials;
use safire_protocol::credentials::SecretPlacement;
use safire_protocol::fault::Diagnose;
use safire_protocol::fault::Fault;
use safire_protocol::identifier::ClientId;
use safire_protocol::secret::AuthorizationCode;
use safire_protocol::secret::ClientAssertion;
use safire_protocol::secret::ClientSecret;
use safire_protocol::secret::GrantAssertion;
use safire_protocol::secret::RefreshToken;
use safire_protocol::token::Grant;
use safire_protocol::token::TokenError;
use safire_protocol::token::TokenRequest;
use safire_protocol::url::FhirBase;
use safire_protocol::url::LoopbackHttp;
use serde_json::json;
use url::Url;
use url::form_urlencoded;

use super::NOW;
use super::TOKEN_URL;
use super::answer;
use super::profile;
use super::public;
use super::secret;

const URN: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const REDIRECT: &str = "https://app.example.com/cb?x=1&y=/";
const PLANTED: &str = "PLANTED9f2c41a7b3e85d60";

fn code(text: &str) -> Grant {
    Grant::AuthorizationCode {
        code: AuthorizationCode::new(text),
        redirect_uri: REDIRECT.to_owned(),
        verifier: Some(CodeVerifier::parse(VERIFIER).unwrap()),
    }
}

fn refresh(scope: Option<&str>) -> Grant {
    Grant::Refresh { refresh_token: RefreshToken::new("r+1/="), scope: scope.map(str::to_owned) }
}

fn basic() -> Credentials {
    secret(SecretPlacement::Basic(BasicEncoding::Form))
}

fn step(grant: Grant, credentials: Credentials) -> TokenRequest {
    TokenRequest::new(Url::parse(TOKEN_URL).unwrap(), grant, credentials).unwrap()
}

fn sent(grant: Grant, credentials: Credentials) -> Request<Bytes> {
    let is_key = matches!(credentials, Credentials::PrivateKeyJwt(_));
    step(grant, credentials).request(is_key.then(|| ClientAssertion::new("h.c.s"))).unwrap()
}

/// The form with its members in alphabetical order.
fn form(request: &Request<Bytes>) -> Vec<(String, String)> {
    let mut pairs: Vec<_> = form_urlencoded::parse(request.body()).into_owned().collect();
    pairs.sort();
    pairs
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut pairs: Vec<_> =
        expected.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    pairs.sort();
    pairs
}

const CODE_FORM: [(&str, &str); 4] = [
    ("grant_type", "authorization_code"),
    ("code", "a+b/="),
    ("redirect_uri", REDIRECT),
    ("code_verifier", VERIFIER),
];

#[test]
fn tc_078_a_public_client_exchanges_its_code_with_its_id() {
    let request = sent(code("a+b/="), public());
    assert_eq!(form(&request), pairs(&[&CODE_FORM[..], &[("client_id", "client-1")]].concat()));
    assert!(!request.headers().contains_key("authorization"));
}

#[test]
fn t21_a_code_with_special_characters_is_form_encoded() {
    let request = sent(code("a+b/="), public());
    let body = std::str::from_utf8(request.body()).unwrap();
    assert!(body.contains("code=a%2Bb%2F%3D&"), "{body}");
}

#[test]
fn tc_079_a_secret_client_exchanges_its_code_with_basic_and_no_id_in_the_body() {
    let request = sent(code("a+b/="), basic());
    assert_eq!(form(&request), pairs(&CODE_FORM));
    assert_eq!(request.headers()["authorization"], "Basic Y2xpZW50LTE6czNjcmV0");
}

#[test]
fn tc_080_raw_encoding_sends_the_bytes_as_they_are() {
    let credentials = Credentials::Secret {
        client_id: ClientId::parse("client-1").unwrap(),
        secret: ClientSecret::new("p+:/=%"),
        placement: SecretPlacement::Basic(BasicEncoding::Raw),
    };
    let request = sent(code("a+b/="), credentials);
    // base64 of `client-1:p+:/=%`
    assert_eq!(request.headers()["authorization"], "Basic Y2xpZW50LTE6cCs6Lz0l");
    assert_eq!(form(&request), pairs(&CODE_FORM));
}

#[test]
fn tc_081_a_key_client_exchanges_its_code_with_an_assertion_and_no_id() {
    let request = sent(code("a+b/="), Credentials::PrivateKeyJwt(profile()));
    let proof = [("client_assertion_type", URN), ("client_assertion", "h.c.s")];
    assert_eq!(form(&request), pairs(&[&CODE_FORM[..], &proof].concat()));
    assert!(!request.headers().contains_key("authorization"));
}

#[test]
fn without_pkce_no_verifier_is_sent() {
    let grant = Grant::AuthorizationCode {
        code: AuthorizationCode::new("c"),
        redirect_uri: REDIRECT.to_owned(),
        verifier: None,
    };
    assert!(form(&sent(grant, public())).iter().all(|(name, _)| name != "code_verifier"));
}

#[test]
fn tc_088_there_is_no_client_without_an_id() {
    for blank in ["", " ", "\t\n"] {
        assert!(ClientId::parse(blank).is_none());
    }
}

#[test]
fn tc_092_and_t18_a_public_client_refreshes_with_its_id_and_no_scope() {
    for scope in [None, Some(""), Some("  ")] {
        let request = sent(refresh(scope), public());
        let expected =
            [("grant_type", "refresh_token"), ("refresh_token", "r+1/="), ("client_id", "client-1")];
        assert_eq!(form(&request), pairs(&expected));
        assert!(!request.headers().contains_key("authorization"));
    }
}

#[test]
fn tc_093_a_narrower_scope_is_sent() {
    let request = sent(refresh(Some("a b")), basic());
    let expected = [("grant_type", "refresh_token"), ("refresh_token", "r+1/="), ("scope", "a b")];
    assert_eq!(form(&request), pairs(&expected));
}

#[test]
fn tc_094_secret_and_key_clients_refresh_with_their_proof_and_no_id() {
    let expected = [("grant_type", "refresh_token"), ("refresh_token", "r+1/=")];
    let request = sent(refresh(None), basic());
    assert_eq!(form(&request), pairs(&expected));
    assert!(request.headers().contains_key("authorization"));
    let key = Credentials::PrivateKeyJwt(profile());
    let request = sent(refresh(None), key.clone());
    let proof = [("client_assertion_type", URN), ("client_assertion", "h.c.s")];
    assert_eq!(form(&request), pairs(&[&expected[..], &proof].concat()));
    let step = step(refresh(None), key);
    assert!(step.assertion(NOW, "j").unwrap().is_some());
    assert!(matches!(step.request(None).unwrap_err(), TokenError::AssertionMissing));
}

#[test]
fn t14_the_assertion_grant_of_epic_sends_exactly_three_members() {
    let grant = || Grant::JwtBearer { assertion: GrantAssertion::new("g.c.s") };
    let expected = pairs(&[
        ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"),
        ("client_id", "client-1"),
        ("assertion", "g.c.s"),
    ]);
    assert_eq!(form(&sent(grant(), public())), expected);
    // Registered with a key: the grant is the proof, so nothing else is signed and the id goes out once.
    use safire_protocol::credentials::ClientIdInBody;
    for profile in [profile(), profile().with_client_id_in_body(ClientIdInBody::Sent)] {
        let step = step(grant(), Credentials::PrivateKeyJwt(profile));
        assert!(step.assertion(NOW, "j").unwrap().is_none());
        assert_eq!(form(&step.request(None).unwrap()), expected);
        let error = step.request(Some(ClientAssertion::new("h.c.s"))).unwrap_err();
        assert!(matches!(error, TokenError::AssertionUnexpected), "{error:?}");
    }
}

#[test]
fn a_blank_grant_is_refused_before_anything_is_sent() {
    let blank = [
        (code(" "), "code"),
        (Grant::Refresh { refresh_token: RefreshToken::new(""), scope: None }, "refresh_token"),
        (Grant::JwtBearer { assertion: GrantAssertion::new("\n") }, "assertion"),
        (
            Grant::AuthorizationCode {
                code: AuthorizationCode::new("c"),
                redirect_uri: String::new(),
                verifier: None,
            },
            "redirect_uri",
        ),
    ];
    for (grant, expected) in blank {
        let error = TokenRequest::new(Url::parse(TOKEN_URL).unwrap(), grant, public()).unwrap_err();
        assert!(matches!(error, TokenError::GrantBlank { member } if member == expected), "{error:?}");
        assert_eq!((error.code(), error.fault()), ("grant-blank", Fault::Caller));
        assert!(error.hint().is_some());
    }
}

#[test]
fn tc_089_and_tc_090_a_failed_exchange_says_what_came() {
    let exchange = step(code("c"), public());
    let body = json!({"accessToken": PLANTED, "expires": 1}).to_string();
    let error = exchange.accept(&answer(200, "application/json", body), NOW).unwrap_err();
    assert_eq!(error.received_fields(), ["accessToken", "expires"]);
    assert!(!format!("{error} {error:?}").contains(PLANTED));
    let body = json!({"error": "invalid_grant", "error_description": "code expired"}).to_string();
    let error = exchange.accept(&answer(400, "application/json", body.clone()), NOW).unwrap_err();
    let said = error.server_answer().unwrap();
    assert_eq!((said.status, said.error.as_deref()), (400, Some("invalid_grant")));
    assert_eq!(said.error_description.as_deref(), Some("code expired"));
    assert!(error.hint().unwrap().contains("redirect URI"), "{:?}", error.hint());
    assert!(!error.needs_login());
}

#[test]
fn td_01_and_td_02_a_redirected_exchange_is_an_error_even_with_tokens_in_it() {
    for status in [302, 307] {
        for grant in [code("c"), refresh(None)] {
            let mut response =
                answer(status, "application/json", r#"{"access_token":"a","token_type":"Bearer"}"#);
            response.headers_mut().insert("location", "https://evil.example/t".parse().unwrap());
            let error = step(grant, public()).accept(&response, NOW).unwrap_err();
            assert!(matches!(error, TokenError::Redirected { .. }), "{error:?}");
        }
    }
}

#[test]
fn td_20_and_t17_an_exchange_answered_as_text_with_texts_for_numbers_is_read() {
    let body = r#"{"access_token":"a","token_type":"bearer","expires_in":"3600","scope":"patient/*.rs"}"#;
    let token = step(code("c"), public()).accept(&answer(200, "text/plain", body), NOW).unwrap();
    assert_eq!(token.expires_at, Some(NOW.plus_seconds(3600)));
    assert!(token.deviations.iter().any(|found| found.code == "content-type"));
}

#[test]
fn tc_108_an_exchange_may_leave_expires_in_out_and_a_refresh_may_not() {
    let missing = |grant: Grant| {
        let body = r#"{"access_token":"a","token_type":"Bearer","scope":"s"}"#;
        let token = step(grant, public()).accept(&answer(200, "application/json", body), NOW).unwrap();
        assert_eq!(token.expires_at, None);
        token.deviations.iter().any(|found| found.code == "expires-in-missing")
    };
    assert!(!missing(code("c")));
    assert!(missing(refresh(None)));
}

#[test]
fn an_invalid_grant_of_a_refresh_means_log_in_again() {
    let body = json!({"error": "invalid_grant"}).to_string();
    let error =
        step(refresh(None), public()).accept(&answer(400, "application/json", body), NOW).unwrap_err();
    assert!(error.needs_login());
    assert!(error.hint().unwrap().contains("log in again"), "{:?}", error.hint());
    let body = json!({"error": "invalid_client"}).to_string();
    let error =
        step(refresh(None), public()).accept(&answer(401, "application/json", body), NOW).unwrap_err();
    assert!(!error.needs_login());
}

#[test]
fn the_code_of_a_callback_becomes_a_grant() {
    let request = AuthorizationRequest::new(
        FhirBase::parse("https://fhir.example.com", LoopbackHttp::Refused).unwrap(),
        Url::parse("https://auth.example.com/authorize").unwrap(),
        Url::parse(TOKEN_URL).unwrap(),
        ClientId::parse("client-1").unwrap(),
        REDIRECT,
        "patient/*.rs",
    );
    let (url, pending) = request.url(&Randomness::from_bytes(&[9; RANDOM_BYTES]), NOW).unwrap();
    let challenge = url.query_pairs().find(|(name, _)| name == "code_challenge").unwrap().1.into_owned();
    let query = format!("code=c1&state={}", pending.state().expose_secret());
    let authorized = Callback::from_query(&query).unwrap().complete(Some(pending), NOW).unwrap();
    let sent = form(&sent(Grant::from(&authorized), public()));
    let find = |name: &str| sent.iter().find(|(found, _)| found == name).unwrap().1.clone();
    assert_eq!((find("code"), find("redirect_uri")), ("c1".to_owned(), REDIRECT.to_owned()));
    assert_eq!(CodeVerifier::parse(find("code_verifier")).unwrap().challenge(), challenge);
}

#[test]
fn td_09_a_grant_shows_no_secret() {
    let grants = [
        code(PLANTED),
        Grant::Refresh { refresh_token: RefreshToken::new(PLANTED), scope: None },
        Grant::JwtBearer { assertion: GrantAssertion::new(PLANTED) },
    ];
    for grant in grants {
        let step = step(grant.clone(), basic());
        let body =
            json!({"error": "invalid_grant", "error_description": format!("bad {PLANTED}")}).to_string();
        let error = step.accept(&answer(400, "application/json", body), NOW).unwrap_err();
        let text = format!("{grant:?} {step:#?} {error} {error:?}");
        assert!(!text.contains(PLANTED) && !text.contains(VERIFIER) && !text.contains("s3cret"), "{text}");
    }
}
