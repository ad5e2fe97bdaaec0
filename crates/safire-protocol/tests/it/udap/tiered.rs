//! Tiered OAuth: the scope `udap`, the parameter `idp`, and the error `invalid_idp`.

use safire_protocol::authorize::AuthorizationErrorCode;
use safire_protocol::authorize::AuthorizationRequest;
use safire_protocol::authorize::Callback;
use safire_protocol::authorize::CallbackError;
use safire_protocol::authorize::PendingAuthorization;
use safire_protocol::authorize::RANDOM_BYTES;
use safire_protocol::authorize::Randomness;
use safire_protocol::fault::Diagnose;
use safire_protocol::identifier::ClientId;
use safire_protocol::url::UrlPolicy;
use url::Url;

use super::BASE;
use super::NOW;
use super::base_of;
use super::metadata;
use super::world::World;

const IDP: &str = "https://preferred-idp.example.com/optionalPathComponent";

fn request(scope: &str) -> AuthorizationRequest {
    let found = metadata(&World::new(BASE));
    let (id, policy) = (ClientId::parse("abc").unwrap(), UrlPolicy::default());
    AuthorizationRequest::of_profile(
        base_of(BASE),
        &found.profile,
        &policy,
        id,
        "https://app.example.com/cb",
        scope,
    )
    .unwrap()
}

fn sent(request: AuthorizationRequest) -> (Url, PendingAuthorization) {
    request.url(&Randomness::from_bytes(&[3; RANDOM_BYTES]), NOW).unwrap()
}

fn parameter(url: &Url, name: &str) -> Option<String> {
    url.query_pairs().find(|(found, _)| found == name).map(|(_, value)| value.into_owned())
}

#[test]
fn a_login_uses_pkce_and_state_at_the_signed_endpoint() {
    let (url, _) = sent(request("user/*.rs"));
    assert!(url.as_str().starts_with("https://fhir.example.com/authorize?"), "{url}");
    assert_eq!(parameter(&url, "response_type").as_deref(), Some("code"));
    assert_eq!(parameter(&url, "code_challenge_method").as_deref(), Some("S256"));
    assert!(parameter(&url, "code_challenge").is_some() && parameter(&url, "state").is_some());
    assert!(parameter(&url, "idp").is_none());
}

#[test]
fn an_identity_provider_brings_the_scope_udap_once() {
    for scope in ["user/*.rs", "udap user/*.rs"] {
        let named = request(scope).with_identity_provider(IDP, &UrlPolicy::default()).unwrap();
        let (url, _) = sent(named);
        assert_eq!(parameter(&url, "idp").as_deref(), Some(IDP));
        let scopes = parameter(&url, "scope").unwrap();
        assert_eq!(scopes.split(' ').filter(|scope| *scope == "udap").count(), 1, "{scopes}");
    }
}

#[test]
fn an_identity_provider_is_an_https_url() {
    for bad in [
        "",
        "idp.example.com",
        "http://idp.example.com",
        "https://idp.example.com?a=b",
        "https://idp.example.com#x",
    ] {
        let error = request("user/*.rs").with_identity_provider(bad, &UrlPolicy::default()).unwrap_err();
        assert_eq!(error.code(), "identity-provider-not-usable", "{bad}");
        assert!(error.hint().is_some());
    }
}

#[test]
fn invalid_idp_is_told_with_what_to_do() {
    let (url, pending) =
        sent(request("user/*.rs").with_identity_provider(IDP, &UrlPolicy::default()).unwrap());
    let state = parameter(&url, "state").unwrap();
    let callback =
        Url::parse(&format!("https://app.example.com/cb?error=invalid_idp&state={state}")).unwrap();
    let error = Callback::from_url(&callback).unwrap().complete(Some(pending), NOW).unwrap_err();
    let CallbackError::Refused(refusal) = &error else { panic!("{error:?}") };
    assert_eq!(refusal.code, AuthorizationErrorCode::InvalidIdp);
    assert!(error.hint().unwrap().contains("identity provider"), "{:?}", error.hint());
}
