//! The local rules: what is refused before anything is sent.

use safire_protocol::credentials::AuthMethod;
use safire_protocol::fault::Diagnose;
use safire_protocol::fault::Fault;
use safire_protocol::registration::ClientMetadata;
use safire_protocol::registration::MetadataError;
use safire_protocol::url::LoopbackHttp;
use safire_protocol::url::UrlPolicy;
use serde_json::Value;
use serde_json::json;

fn check(metadata: &ClientMetadata) -> Result<(), MetadataError> {
    metadata.check(&UrlPolicy::new(LoopbackHttp::Refused))
}

fn backend() -> ClientMetadata {
    ClientMetadata::new()
        .grant_types(["client_credentials"])
        .token_endpoint_auth_method(AuthMethod::PrivateKeyJwt)
}

fn public_key() -> Value {
    json!({"kty": "EC", "crv": "P-384", "x": "AA", "y": "AA", "kid": "1"})
}

fn from_json(value: &Value) -> Result<ClientMetadata, MetadataError> {
    ClientMetadata::from_json(value.as_object().unwrap().clone())
}

#[test]
fn a_code_client_needs_a_redirect_uri() {
    let needed = Err(MetadataError::RedirectUrisNeeded { grant: "authorization_code" });
    assert_eq!(check(&ClientMetadata::new()), needed);
    assert_eq!(check(&ClientMetadata::new().redirect_uris([] as [&str; 0])), needed);
    assert_eq!(check(&ClientMetadata::new().grant_types(["authorization_code", "refresh_token"])), needed);
    assert_eq!(check(&ClientMetadata::new().grant_types(["client_credentials"])), Ok(()));
    assert_eq!(check(&ClientMetadata::new().redirect_uris(["https://a/cb"])), Ok(()));
    assert_eq!(
        check(&ClientMetadata::new().grant_types(["implicit"])),
        Err(MetadataError::RedirectUrisNeeded { grant: "implicit" })
    );
}

#[test]
fn a_key_client_needs_keys() {
    assert_eq!(check(&backend()), Err(MetadataError::KeysNeeded));
    assert_eq!(check(&backend().jwks(json!({"keys": []}))), Err(MetadataError::KeysNeeded));
    assert_eq!(check(&backend().jwks(json!({"keys": [public_key()]}))), Ok(()));
    assert_eq!(check(&backend().jwks_uri("https://app.example.com/jwks")), Ok(()));
}

#[test]
fn a_software_statement_may_carry_what_is_missing() {
    assert_eq!(check(&ClientMetadata::new().software_statement("eyJ.x.y")), Ok(()));
}

#[test]
fn keys_by_value_and_by_reference_exclude_each_other() {
    let both = backend().jwks(json!({"keys": [public_key()]})).jwks_uri("https://app.example.com/jwks");
    assert_eq!(check(&both), Err(MetadataError::KeysTwice));
}

#[test]
fn a_private_member_is_named_and_its_value_is_not() {
    let mut key = public_key();
    key["d"] = json!("planted-private");
    let error =
        check(&backend().jwks(json!({"keys": [key, {"kty": "oct", "k": "planted-oct"}]}))).unwrap_err();
    assert_eq!(error, MetadataError::PrivateMember { members: vec!["d".to_owned(), "k".to_owned()] });
    assert!(!format!("{error} {error:?}").contains("planted"));
}

#[test]
fn what_is_not_a_key_set_is_refused() {
    for set in
        [json!([]), json!({}), json!({"keys": {}}), json!({"keys": ["x"]}), json!({"keys": [{"x": 1}]})]
    {
        assert!(matches!(check(&backend().jwks(set)), Err(MetadataError::NotAJwkSet { .. })));
    }
}

#[test]
fn redirect_uris_are_https_loopback_or_private_use() {
    for good in [
        "https://app.example.com/cb?x=1",
        "http://127.0.0.1/cb",
        "http://localhost:8080/cb",
        "http://[::1]:9/cb",
        "com.example.app:/oauth",
        "myapp://cb",
    ] {
        assert_eq!(check(&ClientMetadata::new().redirect_uris([good])), Ok(()), "{good}");
    }
    for bad in [
        "http://app.example.com/cb",
        "https://app.example.com/cb#x",
        "app.example.com",
        "/cb",
        "",
        " https://a/cb",
        "javascript:alert(1)",
        "https://user:planted@a/cb",
    ] {
        let error = check(&ClientMetadata::new().redirect_uris([bad])).unwrap_err();
        assert!(matches!(error, MetadataError::RedirectUri { .. }), "{bad}");
        assert!(!error.to_string().contains("planted"));
    }
}

#[test]
fn a_jwks_uri_follows_the_url_policy() {
    let local = backend().jwks_uri("http://localhost:1/jwks");
    assert!(matches!(check(&local), Err(MetadataError::Url(_))));
    assert_eq!(local.check(&UrlPolicy::new(LoopbackHttp::Allowed)), Ok(()));
}

#[test]
fn metadata_from_json_keep_every_member_and_drop_nulls() {
    let metadata = from_json(&json!({
        "client_name": "App", "client_name#fr": "Appli", "redirect_uris": ["https://a/cb"], "scope": null,
        "token_endpoint_auth_method": "tls_client_auth", "application_type": "web", "default_acr": null
    }))
    .unwrap();
    assert_eq!(metadata.extra.len(), 2);
    assert_eq!(metadata.token_endpoint_auth_method, Some(AuthMethod::Other("tls_client_auth".to_owned())));
    assert_eq!(
        Value::Object(metadata.to_json()),
        json!({
            "redirect_uris": ["https://a/cb"], "token_endpoint_auth_method": "tls_client_auth", "client_name": "App",
            "client_name#fr": "Appli", "application_type": "web"
        })
    );
}

#[test]
fn metadata_of_another_kind_are_refused_by_kind() {
    for (value, member) in [
        (json!({"redirect_uris": "https://planted"}), "redirect_uris"),
        (json!({"grant_types": ["a", 1]}), "grant_types"),
        (json!({"client_name": ["planted"]}), "client_name"),
        (json!({"scope": 1}), "scope"),
    ] {
        let error = from_json(&value).unwrap_err();
        assert!(matches!(&error, MetadataError::WrongKind { member: m, .. } if m == member), "{error:?}");
        assert!(!error.to_string().contains("planted"));
        assert_eq!(error.fault(), Fault::Caller);
        assert!(error.hint().is_some());
    }
}
