//! RFC 7009: a token is given back.

use bytes::Bytes;
use http::Response;
use proptest::prelude::any;
use proptest::proptest;
use safire_protocol::credentials::AssertionProfile;
use safire_protocol::credentials::Credentials;
use safire_protocol::fault::Diagnose;
use safire_protocol::identifier::ClientId;
use safire_protocol::jose::Algorithm;
use safire_protocol::revocation::RevocationRequest;
use safire_protocol::secret::AccessToken;
use safire_protocol::secret::ClientAssertion;
use safire_protocol::secret::ClientSecret;
use safire_protocol::secret::RefreshToken;
use safire_protocol::time::UnixTime;
use safire_protocol::token_endpoints::HeldToken;
use safire_protocol::token_endpoints::TokenEndpointError;
use url::Url;

const ENDPOINT: &str = "https://auth.example.com/revoke";
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

fn step(token: HeldToken, credentials: Credentials) -> RevocationRequest {
    RevocationRequest::new(Url::parse(ENDPOINT).unwrap(), token, credentials).unwrap()
}

fn refresh() -> HeldToken {
    HeldToken::Refresh(RefreshToken::new("r+1"))
}

fn answer(status: u16, body: impl Into<Bytes>) -> Response<Bytes> {
    Response::builder().status(status).body(body.into()).unwrap()
}

fn accept(status: u16, body: &'static str) -> Result<Vec<&'static str>, TokenEndpointError> {
    let revoked = step(refresh(), basic()).accept(&answer(status, body))?;
    Ok(revoked.deviations.iter().map(|found| found.code).collect())
}

#[test]
fn the_token_its_kind_and_the_proof_are_sent() {
    let body = |step: RevocationRequest, assertion: Option<&str>| {
        let request = step.request(assertion.map(ClientAssertion::new)).unwrap();
        assert_eq!((request.method().as_str(), request.uri().to_string().as_str()), ("POST", ENDPOINT));
        let has_header = request.headers().contains_key("authorization");
        (String::from_utf8(request.body().to_vec()).unwrap(), has_header)
    };
    let sent = "token=r%2B1&token_type_hint=refresh_token".to_owned();
    assert_eq!(body(step(refresh(), basic()), None), (sent.clone(), true));
    let public = Credentials::Public { client_id: id() };
    assert_eq!(body(step(refresh(), public), None), (format!("{sent}&client_id=client-1"), false));
    let proof = "client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion=h.c.s";
    assert_eq!(body(step(refresh(), key()), Some("h.c.s")), (format!("{sent}&{proof}"), false));
    let access = HeldToken::Access(AccessToken::new("a"));
    assert_eq!(body(step(access, basic()), None).0, "token=a&token_type_hint=access_token");
}

#[test]
fn a_key_client_signs_for_the_token_endpoint_first() {
    let token_url = Url::parse("https://auth.example.com/token").unwrap();
    let now = UnixTime::from_seconds(1_790_000_000);
    assert!(step(refresh(), key()).assertion(&token_url, now, "j").unwrap().is_some());
    assert!(step(refresh(), basic()).assertion(&token_url, now, "j").unwrap().is_none());
    let error = step(refresh(), key()).request(None).unwrap_err();
    assert!(matches!(error, TokenEndpointError::AssertionMissing), "{error:?}");
    let error = step(refresh(), basic()).request(Some(ClientAssertion::new("h.c.s"))).unwrap_err();
    assert!(matches!(error, TokenEndpointError::AssertionUnexpected), "{error:?}");
}

#[test]
fn every_success_counts_whatever_its_body_is() {
    for body in ["", "{}", "OK", "<html></html>", "{\"error\":null}"] {
        assert_eq!(accept(200, body).unwrap(), [""; 0], "{body}");
    }
    assert_eq!(accept(204, "").unwrap(), ["status-not-200"]);
}

#[test]
fn a_token_that_the_server_does_not_know_is_as_good_as_revoked() {
    assert_eq!(accept(400, r#"{"error":"invalid_token"}"#).unwrap(), ["unknown-token-refused"]);
    assert!(accept(401, r#"{"error":"invalid_token"}"#).is_err());
}

#[test]
fn a_refusal_says_what_to_do() {
    let error = accept(400, r#"{"error":"unsupported_token_type"}"#).unwrap_err();
    assert_eq!(error.code(), "revocation-refused");
    assert!(error.hint().unwrap().contains("refresh token"), "{:?}", error.hint());
    let error = accept(401, r#"{"error":"invalid_client"}"#).unwrap_err();
    assert!(error.hint().unwrap().contains("own client"), "{:?}", error.hint());
    assert!(!error.is_retryable());
    let error = accept(200, r#"{"error":"invalid_client"}"#).unwrap_err();
    assert!(matches!(error, TokenEndpointError::Refused { .. }), "{error:?}");
    let response = Response::builder().status(503).header("retry-after", "7").body(Bytes::new()).unwrap();
    let error = step(refresh(), basic()).accept(&response).unwrap_err();
    assert!(error.is_retryable() && error.hint().unwrap().contains("7 seconds"), "{:?}", error.hint());
}

#[test]
fn td_01_a_redirect_is_not_followed() {
    for status in [302, 307, 308] {
        let error = accept(status, "").unwrap_err();
        assert_eq!(error.code(), "revocation-redirected");
    }
}

#[test]
fn td_07_an_http_endpoint_and_a_blank_token_are_refused() {
    for url in ["http://auth.example.com/r", "https://u:p@auth.example.com/r"] {
        let error = RevocationRequest::new(Url::parse(url).unwrap(), refresh(), basic()).unwrap_err();
        assert!(matches!(error, TokenEndpointError::Endpoint(_)), "{error:?}");
    }
    let blank = HeldToken::Refresh(RefreshToken::new(""));
    let error = RevocationRequest::new(Url::parse(ENDPOINT).unwrap(), blank, basic()).unwrap_err();
    assert_eq!(error.code(), "token-blank");
}

#[test]
fn td_09_no_token_shows() {
    let step = step(HeldToken::Refresh(RefreshToken::new(PLANTED)), basic());
    let body = format!(r#"{{"error":"invalid_request","error_description":"{PLANTED} is odd"}}"#);
    let error = step.accept(&answer(400, body)).unwrap_err();
    let text = format!("{step:?} {error} {error:?}");
    assert!(!text.contains(PLANTED) && !text.contains("s3cret"), "{text}");
}

proptest! {
    #[test]
    fn arbitrary_answers_do_not_panic(status in 100_u16..600, body in proptest::collection::vec(any::<u8>(), 0..200)) {
        let read = step(refresh(), basic()).accept(&answer(status, body));
        assert!(read.is_err() || (200..300).contains(&status) || status == 400);
    }
}
