//! What is fuzzed: everything that reads bytes from a server or from a file.
//!
//! Each case is a total function of bytes. It must not panic, hang or grow without bound, and what it asserts
//! must hold for every input.

use bytes::Bytes;
use http::Response;
use http::header::CONTENT_TYPE;
use rustls_pki_types::UnixTime as CertificateTime;
use safire_jose::Jwk;
use safire_jose::PrivateKey;
use safire_pki::Chain;
use safire_pki::Crl;
use safire_pki::PathVerification;
use safire_pki::Policy;
use safire_pki::Step;
use safire_pki::TrustAnchors;
use safire_pki::TrustCommunity;
use safire_protocol::credentials::AuthMethod;
use safire_protocol::credentials::Credentials;
use safire_protocol::discovery::locations;
use safire_protocol::identifier::ClientId;
use safire_protocol::json::JsonObject;
use safire_protocol::registration::ClientMetadata;
use safire_protocol::registration::RegistrationRequest;
use safire_protocol::server_answer::ServerAnswer;
use safire_protocol::time::UnixTime;
use safire_protocol::token::Grant;
use safire_protocol::token::TokenRequest;
use safire_protocol::transcript;
use safire_protocol::url::FhirBase;
use safire_protocol::url::LoopbackHttp;
use safire_protocol::url::UrlPolicy;

/// A case: its name, which is also the folder of its corpus, and what it does.
pub type Case = (&'static str, fn(&[u8]));

/// Every case.
pub const CASES: [Case; 8] = [
    ("discovery", discovery),
    ("registration", registration),
    ("token", token),
    ("server_answer", server_answer),
    ("url", url),
    ("jwt", jwt),
    ("key", key),
    ("chain", chain),
];

const NOW: UnixTime = UnixTime::from_seconds(1_790_000_000);
/// The certificates of the corpus are of 2024.
const CERTIFICATES_NOW: CertificateTime =
    CertificateTime::since_unix_epoch(std::time::Duration::from_secs(1_717_200_000));

/// A discovery document of each source.
pub fn discovery(data: &[u8]) {
    let Ok(base) = FhirBase::parse("https://fhir.example.com/r4", LoopbackHttp::Refused) else { return };
    let response = response(200, data);
    for location in locations(&base) {
        if let Ok(profile) = location.accept(&base, &location.url, &response) {
            let _ = profile.supports_backend_services();
            let _ = profile.to_json(&base);
        }
    }
}

/// A registration answer; the first byte chooses the status.
pub fn registration(data: &[u8]) {
    let Some((first, body)) = data.split_first() else { return };
    let Ok(endpoint) = "https://auth.example.com/register".parse() else { return };
    let metadata = ClientMetadata::new()
        .client_name("Fuzz")
        .redirect_uris(["https://app.example.com/cb"])
        .token_endpoint_auth_method(AuthMethod::ClientSecretBasic)
        .scope("patient/*.rs openid");
    let Ok(step) = RegistrationRequest::new(endpoint, &metadata, None) else { return };
    if let Ok(registration) = step.accept(&response(status(*first), body), NOW) {
        assert!(!registration.client_id().as_str().trim().is_empty(), "success needs a client id");
        if let Some(secret) = registration.client_secret().filter(|secret| secret.expose_secret().len() > 24)
        {
            assert!(!format!("{registration:?}").contains(secret.expose_secret()), "a secret in Debug");
        }
        let _ = Credentials::choose(&registration, None, &safire_protocol::credentials::Choice::default());
    }
}

/// A token answer; the first byte chooses the status.
pub fn token(data: &[u8]) {
    let Some((first, body)) = data.split_first() else { return };
    let Ok(endpoint) = "https://auth.example.com/token".parse() else { return };
    let Some(client_id) = ClientId::parse("fuzz") else { return };
    let secret = safire_protocol::secret::ClientSecret::new("fuzz");
    let credentials = Credentials::basic(client_id, secret);
    let Ok(step) = TokenRequest::new(endpoint, Grant::ClientCredentials { scope: None }, credentials) else {
        return;
    };
    if let Ok(token) = step.accept(&response(status(*first), body), NOW) {
        assert!(!token.access_token.expose_secret().is_empty(), "success needs an access token");
    }
}

/// A failing answer and a transcript of it.
pub fn server_answer(data: &[u8]) {
    let answer = ServerAnswer::read(&response(400, data));
    let shown = answer.to_string();
    assert!(shown.chars().all(|c| !c.is_control()), "control characters reach the screen");
    let _ = transcript::mask_body(Some("application/json"), data);
    let _ = transcript::mask_body(Some("application/x-www-form-urlencoded"), data);
    let _ = JsonObject::parse(data);
}

/// A URL that a server or a person supplied.
pub fn url(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    if let Ok(base) = FhirBase::parse(&text, LoopbackHttp::Allowed) {
        assert_eq!(base.as_str(), text, "a base keeps its text");
        let _ = base.key();
        let _ = UrlPolicy::default().check_supplied("token_endpoint", &text, &base);
    }
}

/// A token that must be decoded strictly.
pub fn jwt(data: &[u8]) {
    let _ = safire_jose::decode(data, safire_jose::Limits::default());
}

/// A key file, and a public key.
pub fn key(data: &[u8]) {
    let _ = PrivateKey::parse(data);
    if let Ok(value) = serde_json::from_slice(data) {
        let _ = Jwk::parse(&value);
        let _ = safire_jose::private_members(&value);
    }
}

/// A certificate chain, and revocation lists, issuers and OCSP answers that are fetched for it.
pub fn chain(data: &[u8]) {
    let _ = Crl::parse(data);
    let Ok(chain) = Chain::parse(data) else { return };
    let _ = chain.check_before_signing(&Policy::strict(), CERTIFICATES_NOW);
    for certificate in chain.iter() {
        let shown = format!("{certificate:?}");
        assert!(shown.chars().all(|c| !c.is_control()), "control characters reach the screen");
    }
    let community = TrustCommunity::new("fuzz", TrustAnchors::new(chain.others().iter().cloned()));
    let mut verification = PathVerification::begin(chain, &community, CERTIFICATES_NOW);
    for _ in 0..64 {
        match verification.step() {
            Step::Need(needs) => needs.iter().for_each(|need| verification.supply(need, data)),
            Step::Refused(failure) => {
                return assert!(!failure.attempts().is_empty(), "refused without a reason");
            }
            Step::Trusted(path) => return assert!(!path.leaf().is_ca(), "an authority as leaf"),
        }
    }
    unreachable!("a verification that does not end");
}

const fn status(byte: u8) -> u16 {
    match byte % 8 {
        0 => 200,
        1 => 201,
        2 => 400,
        3 => 401,
        4 => 302,
        5 => 204,
        6 => 500,
        _ => 404,
    }
}

fn response(status: u16, body: &[u8]) -> Response<Bytes> {
    let mut response = Response::new(Bytes::copy_from_slice(body));
    *response.status_mut() = http::StatusCode::from_u16(status).unwrap_or_default();
    response.headers_mut().insert(CONTENT_TYPE, http::HeaderValue::from_static("application/json"));
    response
}
