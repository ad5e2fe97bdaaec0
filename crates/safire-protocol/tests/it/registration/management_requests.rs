//! What is sent to a registration's own address, RFC 7592 §2, and where it is not sent.

use http::Request;
use safire_protocol::registration::ClientMetadata;
use safire_protocol::registration::Registration;
use safire_protocol::registration::management::DeleteRequest;
use safire_protocol::registration::management::ManagementError;
use safire_protocol::registration::management::ReadRequest;
use safire_protocol::registration::management::UpdateRequest;
use safire_protocol::url::FhirBase;
use safire_protocol::url::LoopbackHttp;
use safire_protocol::url::UrlPolicy;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;
use url::Url;

use super::read;

pub(super) const URI: &str = "https://auth.example.org/register/c1?key=planted-query-secret";
pub(super) const TOKEN: &str = "planted-management-token-0123456789";
pub(super) const SECRET: &str = "planted-client-secret-0123456789";

pub(super) fn registered() -> Value {
    json!({
        "client_id": "c1", "client_secret": SECRET, "client_secret_expires_at": 0,
        "client_id_issued_at": 1_750_000_000,
        "registration_client_uri": URI, "registration_access_token": TOKEN,
        "client_name": "Sample", "token_endpoint_auth_method": "client_secret_basic",
        "grant_types": ["client_credentials"], "scope": "system/*.rs",
    })
}

pub(super) fn held() -> Registration {
    read(&registered())
}

fn url() -> Url {
    Url::parse(URI).unwrap()
}

fn header<'a>(request: &'a Request<bytes::Bytes>, name: &str) -> Option<&'a str> {
    request.headers().get(name).map(|value| value.to_str().unwrap())
}

fn members(request: &Request<bytes::Bytes>) -> Map<String, Value> {
    serde_json::from_slice(request.body()).unwrap()
}

#[test]
fn a_read_is_a_get_with_the_token_at_the_address_and_its_query() {
    let request = ReadRequest::new(url(), &held()).unwrap().request();
    assert_eq!(request.method(), "GET");
    assert_eq!(request.uri().to_string(), URI);
    assert_eq!(header(&request, "authorization"), Some(&*format!("Bearer {TOKEN}")));
    assert_eq!(header(&request, "content-type"), None);
    assert!(request.body().is_empty());
}

#[test]
fn a_delete_is_a_delete_with_the_token_and_no_body() {
    let request = DeleteRequest::new(url(), &held()).unwrap().request();
    assert_eq!(request.method(), "DELETE");
    assert_eq!(header(&request, "authorization"), Some(&*format!("Bearer {TOKEN}")));
    assert!(request.body().is_empty());
}

#[test]
fn an_update_sends_who_the_client_is_and_all_metadata_and_nothing_of_the_servers() {
    let metadata = ClientMetadata::new()
        .client_name("Renamed")
        .scope("system/*.rs")
        .extra("tos_version", 2)
        .extra("unset", Value::Null)
        .extra("registration_access_token", "planted-other-token")
        .extra("registration_client_uri", "https://evil.example.org")
        .extra("client_secret_expires_at", 1)
        .extra("client_id_issued_at", 1)
        .extra("client_id", "another")
        .extra("client_secret", "planted-another");
    let step = UpdateRequest::new(url(), &held(), &metadata).unwrap();
    let request = step.request();
    assert_eq!(request.method(), "PUT");
    assert_eq!(header(&request, "content-type"), Some("application/json"));
    assert_eq!(
        Value::Object(members(&request)),
        json!({"client_id": "c1", "client_secret": SECRET, "client_name": "Renamed", "scope": "system/*.rs",
            "tos_version": 2})
    );
    assert!(!step.requested().contains_key("client_secret"), "what is kept as asked holds no secret");
    assert!(!format!("{step:?}").contains("planted"), "{step:?}");
}

#[test]
fn a_client_without_a_secret_sends_none_and_the_rest_can_be_left_out() {
    let mut public = registered();
    public.as_object_mut().unwrap().remove("client_secret");
    let metadata = ClientMetadata::new().client_name("Renamed");
    let step = UpdateRequest::new(url(), &read(&public), &metadata).unwrap();
    assert_eq!(Value::Object(members(&step.request())), json!({"client_id": "c1", "client_name": "Renamed"}));

    let step = UpdateRequest::new(url(), &held(), &metadata).unwrap();
    let bare = step.without_client_id().without_client_secret();
    assert_eq!(Value::Object(members(&bare.request())), json!({"client_name": "Renamed"}));
}

#[test]
fn without_address_or_token_nothing_is_sent() {
    let base = FhirBase::parse("https://fhir.example.org/r4", LoopbackHttp::Refused).unwrap();
    let policy = UrlPolicy::new(LoopbackHttp::Refused);
    for missing in ["registration_client_uri", "registration_access_token"] {
        let mut answer = registered();
        answer.as_object_mut().unwrap().remove(missing);
        let held = read(&answer);
        let error = held
            .management_url(&policy, &base)
            .and_then(|url| ReadRequest::new(url, &held).map(drop))
            .unwrap_err();
        assert_eq!(error, ManagementError::NotOffered { missing });
        assert!(error.to_string().contains(missing), "{error}");
    }
    let mut answer = registered();
    answer["registration_access_token"] = json!("planted\u{7f}token");
    let error = ReadRequest::new(url(), &read(&answer)).unwrap_err();
    assert!(matches!(error, ManagementError::TokenUnusable { .. }), "{error:?}");
    assert!(!format!("{error} {error:?}").contains("planted"), "{error:?}");
}

#[test]
fn an_address_that_is_not_https_or_not_pinned_gets_no_token() {
    let base = FhirBase::parse("https://fhir.example.org/r4", LoopbackHttp::Refused).unwrap();
    let open = UrlPolicy::new(LoopbackHttp::Refused);
    let pinned = open.clone().with_auth_hosts(["auth.example.org".to_owned()]);
    let cases = [
        ("https://auth.example.org/c1", true, true),
        ("https://fhir.example.org/c1", true, true),
        ("https://evil.example.org/c1", true, false),
        ("http://auth.example.org/c1", false, false),
        ("http://127.0.0.1/c1", false, false),
        ("/register/c1", false, false),
    ];
    for (uri, is_open, is_pinned) in cases {
        let mut answer = registered();
        answer["registration_client_uri"] = json!(uri);
        let held = read(&answer);
        assert_eq!(held.management_url(&open, &base).is_ok(), is_open, "{uri}");
        assert_eq!(held.management_url(&pinned, &base).is_ok(), is_pinned, "{uri}");
    }
}
