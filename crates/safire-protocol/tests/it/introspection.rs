//! RFC 7662: what the server knows of a token.

use bytes::Bytes;
use http::Request;
use http::Response;
use proptest::prelude::any;
use proptest::proptest;
use safire_protocol::credentials::AssertionProfile;
use safire_protocol::credentials::Credentials;
use safire_protocol::credentials::SecretPlacement;
use safire_protocol::fault::Diagnose;
use safire_protocol::fault::Fault;
use safire_protocol::identifier::ClientId;
use safire_protocol::introspection::Introspection;
use safire_protocol::introspection::IntrospectionProof;
use safire_protocol::introspection::IntrospectionRequest;
use safire_protocol::jose::Algorithm;
use safire_protocol::secret::AccessToken;
use safire_protocol::secret::ClientAssertion;
use safire_protocol::secret::ClientSecret;
use safire_protocol::secret::RefreshToken;
use safire_protocol::time::UnixTime;
use safire_protocol::token_endpoints::HeldToken;
use safire_protocol::token_endpoints::TokenEndpointError;
use safire_protocol::token_endpoints::UnusableAnswer;
use serde_json::Value;
use serde_json::json;
use url::Url;
use url::form_urlencoded;

const ENDPOINT: &str = "https://auth.example.com/introspect";
const PLANTED: &str = "PLANTED9f2c41a7b3e85d60";

fn id() -> ClientId {
    ClientId::parse("client-1").unwrap()
}

fn basic() -> Credentials {
    Credentials::basic(id(), ClientSecret::new("s3cret"))
}

fn key() -> Credentials {
    Credentials::PrivateKeyJwt(AssertionProfile::new(id(), Algorithm::Es384, "k1").unwrap())
}

fn held() -> HeldToken {
    HeldToken::Access(AccessToken::new("a+1/="))
}

fn step(proof: IntrospectionProof) -> IntrospectionRequest {
    IntrospectionRequest::new(Url::parse(ENDPOINT).unwrap(), held(), proof).unwrap()
}

fn by(credentials: Credentials) -> IntrospectionRequest {
    step(IntrospectionProof::Client(credentials))
}

fn form(request: &Request<Bytes>) -> Vec<(String, String)> {
    form_urlencoded::parse(request.body()).into_owned().collect()
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn answer(status: u16, body: impl Into<Bytes>) -> Response<Bytes> {
    Response::builder().status(status).header("content-type", "application/json").body(body.into()).unwrap()
}

fn read(body: &Value) -> Result<Introspection, TokenEndpointError> {
    by(basic()).accept(&answer(200, body.to_string()))
}

const TOKEN: [(&str, &str); 2] = [("token", "a+1/="), ("token_type_hint", "access_token")];

#[test]
fn each_kind_of_client_proves_itself_as_at_the_token_endpoint() {
    let request = by(basic()).request(None).unwrap();
    assert_eq!((request.method().as_str(), request.uri().to_string().as_str()), ("POST", ENDPOINT));
    assert_eq!(request.headers()["content-type"], "application/x-www-form-urlencoded");
    assert_eq!(request.headers()["accept"], "application/json");
    assert_eq!(request.headers()["authorization"], "Basic Y2xpZW50LTE6czNjcmV0");
    assert_eq!(form(&request), pairs(&TOKEN));
    let post = Credentials::Secret {
        client_id: id(),
        secret: ClientSecret::new("s3cret"),
        placement: SecretPlacement::Post,
    };
    let request = by(post).request(None).unwrap();
    assert_eq!(
        form(&request),
        pairs(&[&TOKEN[..], &[("client_id", "client-1"), ("client_secret", "s3cret")]].concat())
    );
    assert!(!request.headers().contains_key("authorization"));
    let request = by(Credentials::Public { client_id: id() }).request(None).unwrap();
    assert_eq!(form(&request), pairs(&[&TOKEN[..], &[("client_id", "client-1")]].concat()));
    let request = by(key()).request(Some(ClientAssertion::new("h.c.s"))).unwrap();
    let proof = [
        ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
        ("client_assertion", "h.c.s"),
    ];
    assert_eq!(form(&request), pairs(&[&TOKEN[..], &proof].concat()));
}

#[test]
fn a_bearer_token_is_the_proof_where_the_server_wants_it() {
    let request = step(IntrospectionProof::Bearer(AccessToken::new("app-token"))).request(None).unwrap();
    assert_eq!(request.headers()["authorization"], "Bearer app-token");
    assert!(request.headers()["authorization"].is_sensitive());
    assert_eq!(form(&request), pairs(&TOKEN));
    let unusable = step(IntrospectionProof::Bearer(AccessToken::new("a\nb")));
    assert!(matches!(unusable.request(None).unwrap_err(), TokenEndpointError::BearerUnusable));
    let error = step(IntrospectionProof::Bearer(AccessToken::new("x")))
        .request(Some(ClientAssertion::new("h.c.s")))
        .unwrap_err();
    assert!(matches!(error, TokenEndpointError::AssertionUnexpected), "{error:?}");
}

#[test]
fn only_a_key_client_has_something_to_sign() {
    let token_url = Url::parse("https://auth.example.com/token").unwrap();
    let now = UnixTime::from_seconds(1_790_000_000);
    let assertion = |step: IntrospectionRequest| step.assertion(&token_url, now, "j").unwrap();
    assert!(assertion(by(key())).is_some());
    assert!(assertion(by(basic())).is_none());
    assert!(assertion(step(IntrospectionProof::Bearer(AccessToken::new("x")))).is_none());
    assert!(matches!(by(key()).request(None).unwrap_err(), TokenEndpointError::AssertionMissing));
    let error = by(basic()).request(Some(ClientAssertion::new("h.c.s"))).unwrap_err();
    assert!(matches!(error, TokenEndpointError::AssertionUnexpected), "{error:?}");
}

#[test]
fn a_refresh_token_is_named_as_one() {
    let token = HeldToken::Refresh(RefreshToken::new("r"));
    let step = IntrospectionRequest::new(
        Url::parse("https://auth.example.com/i?tenant=7#x").unwrap(),
        token,
        IntrospectionProof::Client(basic()),
    )
    .unwrap();
    let request = step.request(None).unwrap();
    assert_eq!(request.uri(), "https://auth.example.com/i?tenant=7");
    assert_eq!(form(&request), pairs(&[("token", "r"), ("token_type_hint", "refresh_token")]));
}

#[test]
fn td_07_an_http_endpoint_gets_no_token() {
    for url in ["http://auth.example.com/i", "https://u:p@auth.example.com/i"] {
        let proof = IntrospectionProof::Client(basic());
        let error = IntrospectionRequest::new(Url::parse(url).unwrap(), held(), proof).unwrap_err();
        assert!(matches!(error, TokenEndpointError::Endpoint(_)), "{error:?}");
        assert!(error.hint().is_some() && !format!("{error:?}").contains("u:p"));
    }
    let blank = HeldToken::Access(AccessToken::new(" "));
    let proof = IntrospectionProof::Client(basic());
    let error = IntrospectionRequest::new(Url::parse(ENDPOINT).unwrap(), blank, proof).unwrap_err();
    assert_eq!((error.code(), error.fault()), ("token-blank", Fault::Caller));
}

#[test]
fn an_active_token_is_read_whole() {
    let read = read(&json!({
        "active": true, "scope": "patient/*.rs openid", "client_id": "client-1", "username": "ada", "token_type": "Bearer",
        "exp": 1_790_000_300, "iat": "1790000000", "nbf": 1_790_000_000.0, "sub": "s1", "aud": ["a", "b"], "iss": ENDPOINT,
        "jti": "j1", "patient": "p1", "fhirUser": "https://fhir.example.com/Patient/p1", "vendor": {"x": 1},
    }))
    .unwrap();
    assert!(read.active);
    assert_eq!(read.scope.as_deref(), Some("patient/*.rs openid"));
    assert_eq!((read.client_id.as_deref(), read.username.as_deref()), (Some("client-1"), Some("ada")));
    assert_eq!(read.expires_at, Some(UnixTime::from_seconds(1_790_000_300)));
    assert_eq!(read.issued_at, Some(UnixTime::from_seconds(1_790_000_000)));
    assert_eq!(read.not_before, Some(UnixTime::from_seconds(1_790_000_000)));
    assert_eq!(read.aud, ["a", "b"]);
    assert_eq!((read.sub.as_deref(), read.jti.as_deref()), (Some("s1"), Some("j1")));
    assert_eq!(read.launch_context().patient.as_deref(), Some("p1"));
    assert_eq!(read.extra["vendor"]["x"], 1);
    assert!(read.deviations.is_empty(), "{:?}", read.deviations);
}

#[test]
fn an_inactive_token_needs_to_say_no_more() {
    let inactive = read(&json!({"active": false})).unwrap();
    assert!(!inactive.active);
    assert!(inactive.deviations.is_empty(), "{:?}", inactive.deviations);
}

#[test]
fn what_smart_asks_for_and_does_not_come_is_told() {
    let bare = read(&json!({"active": "True", "aud": "a", "scope": null})).unwrap();
    assert!(bare.active);
    assert_eq!(bare.aud, ["a"]);
    let members: Vec<_> = bare.deviations.iter().map(|found| found.member.clone().unwrap()).collect();
    assert_eq!(members, ["active", "scope", "client_id", "exp"]);
}

#[test]
fn an_answer_without_active_is_unusable_and_never_a_yes() {
    for (body, expected) in [
        (json!({}), UnusableAnswer::NoActive),
        (json!({"active": null}), UnusableAnswer::NoActive),
        (json!({"active": 1}), UnusableAnswer::ActiveNotBoolean("a number")),
        (json!({"active": "yes"}), UnusableAnswer::ActiveNotBoolean("a string")),
    ] {
        let error = read(&body).unwrap_err();
        assert!(
            matches!(&error, TokenEndpointError::Unusable { reason, .. } if *reason == expected),
            "{error:?}"
        );
        assert!(error.hint().is_some());
    }
    let error = by(basic()).accept(&answer(200, "eyJ.eyJ.sig")).unwrap_err();
    assert!(
        matches!(error, TokenEndpointError::Unusable { reason: UnusableAnswer::Json(_), .. }),
        "{error:?}"
    );
    assert_eq!(error.code(), "introspection-unusable");
}

#[test]
fn a_refusal_names_the_bearer_variant() {
    let error = by(basic()).accept(&answer(401, r#"{"error":"invalid_client"}"#)).unwrap_err();
    assert_eq!(error.code(), "introspection-refused");
    assert_eq!(error.endpoint(), Some(ENDPOINT));
    assert!(error.hint().unwrap().contains("access token as the proof"), "{:?}", error.hint());
    let error = read(&json!({"error": "invalid_request"})).unwrap_err();
    assert!(matches!(error, TokenEndpointError::Refused { .. }), "{error:?}");
    assert!(!error.is_retryable());
    assert!(by(basic()).accept(&answer(503, "")).unwrap_err().is_retryable());
}

#[test]
fn td_01_a_redirect_is_not_followed() {
    let mut response = answer(307, r#"{"active":true}"#);
    response.headers_mut().insert("location", "https://evil.example/i?x=1".parse().unwrap());
    let error = by(basic()).accept(&response).unwrap_err();
    assert!(matches!(error, TokenEndpointError::Redirected { .. }), "{error:?}");
    assert!(error.to_string().contains("evil.example") && !error.to_string().contains("x=1"), "{error}");
}

#[test]
fn td_09_no_token_and_no_person_shows() {
    let proof = IntrospectionProof::Bearer(AccessToken::new(PLANTED));
    let token = HeldToken::Access(AccessToken::new(PLANTED));
    let step = IntrospectionRequest::new(Url::parse(ENDPOINT).unwrap(), token, proof).unwrap();
    let body =
        json!({"active": true, "sub": PLANTED, "username": PLANTED, "vendor": PLANTED, "jti": PLANTED});
    let read = step.accept(&answer(200, body.to_string())).unwrap();
    let body = json!({"error": "invalid_token", "error_description": format!("{PLANTED} is unknown")});
    let error = step.accept(&answer(401, body.to_string())).unwrap_err();
    let text = format!("{step:?} {:?} {read:?} {error} {error:?}", step.request(None).unwrap().headers());
    assert!(!text.contains(PLANTED), "{text}");
}

proptest! {
    #[test]
    fn arbitrary_answers_do_not_panic(status in 100_u16..600, body in proptest::collection::vec(any::<u8>(), 0..200), member in "\\PC{0,20}", number in any::<f64>()) {
        let step = by(basic());
        let _ = step.accept(&answer(status, body)).map(|read| format!("{read:?}"));
        let members = json!({"active": true, "exp": number, "iat": member, "aud": [number, member], "scope": [member]});
        let read = step.accept(&answer(200, members.to_string())).unwrap();
        assert!(read.active);
    }
}
