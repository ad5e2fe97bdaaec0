//! Every answer that holds a usable client id is read, and what is odd about it is told.

use safire_protocol::credentials::AuthMethod;
use safire_protocol::registration::Answer;
use safire_protocol::registration::ClientMetadata;
use safire_protocol::registration::Registration;
use safire_protocol::registration::SecretExpiry;
use safire_protocol::registration::SecretsShown;
use serde_json::Map;
use serde_json::json;

use super::NOW;
use super::accept;
use super::assert_deviation;
use super::codes;
use super::json as answer;
use super::read;
use super::response;

#[test]
fn an_answer_by_the_book_has_no_deviation() {
    let registration = read(&json!({
        "client_id": "s6BhdRkqt3", "client_secret": "cf136dc3", "client_secret_expires_at": 1_893_456_000,
        "client_id_issued_at": 1_749_999_999, "token_endpoint_auth_method": "client_secret_basic",
        "registration_access_token": "reg-23410913", "registration_client_uri": "https://auth.example.org/c?id=1"
    }));
    assert_eq!(codes(&registration), []);
    assert!(!registration.has_error_severity());
    assert_eq!(registration.client_id().as_str(), "s6BhdRkqt3");
    assert_eq!(registration.client_id_issued_at().unwrap().as_seconds(), 1_749_999_999);
    assert!(
        matches!(registration.client_secret_expires_at(), SecretExpiry::At(at) if at.as_seconds() == 1_893_456_000)
    );
    assert_eq!(registration.registration_client_uri(), Some("https://auth.example.org/c?id=1"));
}

#[test]
fn t1_status_200_is_a_success_with_a_deviation() {
    let registration = accept(&ClientMetadata::new(), &answer(200, &json!({"client_id": "a"}))).unwrap();
    assert_eq!(registration.status(), Some(200));
    assert_deviation(&registration, "status-200", "", "info");
    let registration = accept(&ClientMetadata::new(), &answer(202, &json!({"client_id": "a"}))).unwrap();
    assert_deviation(&registration, "status-202", "", "warning");
    let registration = accept(&ClientMetadata::new(), &answer(299, &json!({"client_id": "a"}))).unwrap();
    assert_deviation(&registration, "status-2xx", "", "warning");
}

#[test]
fn t2_a_secret_without_expiry_names_the_member() {
    for body in [
        json!({"client_id": "a", "client_secret": "s"}),
        json!({"client_id": "a", "client_secret": "s", "client_secret_expires_at": null}),
    ] {
        let registration = read(&body);
        assert_eq!(registration.client_secret_expires_at(), SecretExpiry::Unknown);
        assert_deviation(&registration, "secret-without-expiry", "client_secret_expires_at", "error");
        assert!(registration.has_error_severity());
        assert_eq!(registration.client_secret().unwrap().expose_secret(), "s");
    }
}

#[test]
fn t3_null_and_empty_members_count_as_absent() {
    let registration = read(&json!({
        "client_id": "a", "contacts": null, "logo_uri": null, "tos_uri": "", "sector_identifier_uri": null,
        "client_secret": "", "client_secret_expires_at": 0, "jwks": {}
    }));
    for member in ["contacts", "logo_uri", "sector_identifier_uri"] {
        assert_deviation(&registration, "null-member", member, "info");
    }
    for member in ["tos_uri", "client_secret", "jwks"] {
        assert_deviation(&registration, "empty-member", member, "info");
    }
    assert!(registration.client_secret().is_none());
    assert!(registration.granted().contacts.is_empty());
    assert_eq!(registration.granted().logo_uri, None);
    assert_eq!(registration.granted().tos_uri, None);
    assert!(!registration.has_error_severity());
}

#[test]
fn t4_only_a_client_id_gives_the_defaults_and_leaves_the_raw_view() {
    let body = json!({"client_id": "a", "client_id_issued_at": 1_750_000_000});
    let registration = read(&body);
    assert_eq!(registration.granted().grant_types, ["authorization_code"]);
    assert_eq!(registration.granted().response_types, ["code"]);
    assert!(registration.granted().redirect_uris.is_empty());
    assert_eq!(registration.token_endpoint_auth_method(), None);
    assert_eq!(serde_json::Value::Object(registration.registered_json(SecretsShown::Shown)), body);
    assert_eq!(codes(&registration), []);
}

#[test]
fn tc_118_a_numeric_client_id_keeps_its_digits() {
    for digits in ["123", "-7", "18446744073709551615", "123456789012345678901234567890", "9007199254740993"]
    {
        let body = format!("{{\"client_id\": {digits}, \"x\": 1}}");
        let registration = accept(&ClientMetadata::new(), &response(201, "application/json", body)).unwrap();
        assert_eq!(registration.client_id().as_str(), digits);
        assert_deviation(&registration, "numeric-client-id", "client_id", "warning");
    }
}

#[test]
fn long_and_strange_client_ids_are_kept_byte_for_byte() {
    for id in ["x".repeat(2048), "https://app.example.com/#T-TREAT".to_owned(), " 1PpG/Q 1 $".to_owned()] {
        assert_eq!(read(&json!({"client_id": id})).client_id().as_str(), id);
    }
}

#[test]
fn wrong_kinds_are_read_where_their_meaning_is_plain() {
    let registration = read(&json!({
        "client_id": "a", "redirect_uris": "https://a/cb", "grant_types": "authorization_code refresh_token",
        "response_types": "code", "scopes": ["openid", "fhirUser"], "client_name": 7, "contacts": ["x", 1]
    }));
    let granted = registration.granted();
    assert_eq!(granted.redirect_uris, ["https://a/cb"]);
    assert_eq!(granted.grant_types, ["authorization_code", "refresh_token"]);
    assert_eq!(granted.scope.as_deref(), Some("openid fhirUser"));
    assert_eq!(granted.client_name, None);
    assert_eq!(granted.contacts, ["x"]);
    for member in ["redirect_uris", "grant_types", "response_types"] {
        assert_deviation(&registration, "string-in-place-of-array", member, "warning");
    }
    assert_deviation(&registration, "array-in-place-of-string", "scopes", "warning");
    assert_deviation(&registration, "wrong-kind", "client_name", "warning");
    assert_deviation(&registration, "wrong-kind", "contacts", "warning");
}

#[test]
fn the_method_as_an_array_is_read() {
    let metadata = ClientMetadata::new().token_endpoint_auth_method(AuthMethod::PrivateKeyJwt);
    let body =
        json!({"client_id": "a", "token_endpoint_auth_method": ["client_secret_post", "private_key_jwt"]});
    let registration = accept(&metadata, &answer(201, &body)).unwrap();
    assert_eq!(registration.token_endpoint_auth_method(), Some(&AuthMethod::PrivateKeyJwt));
    let registration = read(&body);
    assert_eq!(registration.token_endpoint_auth_method(), Some(&AuthMethod::ClientSecretPost));
    assert_deviation(&registration, "array-in-place-of-string", "token_endpoint_auth_method", "warning");
}

#[test]
fn blanks_around_values_are_left_out_of_the_typed_view() {
    let registration =
        read(&json!({"client_id": "a", "redirect_uris": [" https://a/cb"], "software_id": " x"}));
    assert_eq!(registration.granted().redirect_uris, ["https://a/cb"]);
    assert_eq!(registration.granted().software_id.as_deref(), Some("x"));
    assert_deviation(&registration, "blanks-around-value", "redirect_uris", "warning");
    let registration = read(&json!({"client_id": "a", "redirect_uris": ["app.example.com"]}));
    assert_deviation(&registration, "redirect-uri-not-absolute", "redirect_uris", "warning");
}

#[test]
fn any_content_type_a_byte_order_mark_and_doubled_members_are_read() {
    for content_type in ["", "text/html", "text/plain; charset=utf-8"] {
        let body = "\u{feff}{\"client_id\":\"a\",\"software_statement\":\"x\",\"software_statement\":\"y\"}";
        let registration = accept(&ClientMetadata::new(), &response(201, content_type, body)).unwrap();
        assert_deviation(&registration, "content-type", "", "warning");
        assert_deviation(&registration, "byte-order-mark", "", "info");
        assert_deviation(&registration, "duplicate-member", "software_statement", "error");
        assert_eq!(registration.registered_json(SecretsShown::Masked)["software_statement"], "y");
    }
    let fine = response(201, "Application/JSON; charset=utf-8", "{\"client_id\":\"a\"}");
    assert_eq!(codes(&accept(&ClientMetadata::new(), &fine).unwrap()), []);
}

#[test]
fn a_secret_that_does_not_fit_the_method_is_kept_and_told() {
    for method in ["none", "private_key_jwt"] {
        let registration = read(&json!({
            "client_id": "a", "client_secret": "s", "client_secret_expires_at": 0, "token_endpoint_auth_method": method
        }));
        assert!(registration.client_secret().is_some());
        assert_eq!(registration.client_secret_expires_at(), SecretExpiry::Never);
        assert_deviation(&registration, "secret-not-used", "client_secret", "warning");
    }
    let asked = ClientMetadata::new().token_endpoint_auth_method(AuthMethod::None);
    let body = json!({"client_id": "a", "client_secret": "s", "client_secret_expires_at": 0});
    assert_deviation(
        &accept(&asked, &answer(201, &body)).unwrap(),
        "secret-not-used",
        "client_secret",
        "warning",
    );
}

#[test]
fn a_method_that_cannot_work_is_an_error_deviation() {
    let registration = read(&json!({"client_id": "a", "token_endpoint_auth_method": "client_secret_basic"}));
    assert_deviation(&registration, "secret-missing", "client_secret", "error");
    let registration = read(&json!({"client_id": "a", "token_endpoint_auth_method": "tls_client_auth"}));
    assert_deviation(&registration, "unknown-auth-method", "token_endpoint_auth_method", "error");
    let registration = read(&json!({"client_id": "a", "client_secret": ["s"]}));
    assert_deviation(&registration, "client-secret-unusable", "client_secret", "error");
}

#[test]
fn a_numeric_secret_keeps_its_digits() {
    let body =
        r#"{"client_id":"a","client_secret":123456789012345678901234567890,"client_secret_expires_at":0}"#;
    let registration = accept(&ClientMetadata::new(), &response(201, "application/json", body)).unwrap();
    assert_eq!(registration.client_secret().unwrap().expose_secret(), "123456789012345678901234567890");
    assert_deviation(&registration, "number-in-place-of-string", "client_secret", "warning");
}

#[test]
fn management_members_that_do_not_fit_are_told() {
    let with = |uri: serde_json::Value| {
        read(&json!({"client_id": "a", "registration_access_token": "t", "registration_client_uri": uri}))
    };
    const URI: &str = "registration_client_uri";
    assert_deviation(&with(json!(null)), "management-url-missing", URI, "warning");
    assert_deviation(&with(json!("")), "management-url-missing", URI, "warning");
    assert_deviation(&with(json!("http://auth.example.org/c")), "management-url-not-https", URI, "warning");
    assert_deviation(&with(json!("/clients/a")), "management-url-malformed", URI, "warning");
    assert_eq!(codes(&with(json!("http://127.0.0.1:9/c"))), []);
    let registration =
        read(&json!({"client_id": "a", "registration_client_uri": "https://auth.example.org/c"}));
    assert_deviation(&registration, "management-token-missing", "registration_access_token", "info");
}

#[test]
fn an_error_beside_a_client_id_is_a_success_that_strict_callers_refuse() {
    let registration = read(&json!({"client_id": "a", "error": "partial"}));
    assert_deviation(&registration, "error-beside-client-id", "error", "error");
    assert_eq!(codes(&read(&json!({"client_id": "a", "error": null}))).len(), 1);
}

#[test]
fn a_client_registered_by_hand_is_not_judged_by_its_form() {
    let mut members = Map::new();
    members.insert("client_id".to_owned(), "portal".into());
    members.insert("client_secret".to_owned(), "s".into());
    let registration = Registration::read("", Map::new(), Answer::by_hand(members, NOW)).unwrap();
    assert_eq!(registration.status(), None);
    assert_eq!(codes(&registration), []);
}

#[test]
fn what_was_stored_is_read_again_alike() {
    let metadata = ClientMetadata::new().scope("openid patient/*.rs");
    let first =
        accept(&metadata, &answer(200, &json!({"client_id": 5, "client_secret": "s", "scope": "openid"})));
    let first = first.unwrap();
    let again =
        Registration::read(first.endpoint(), first.requested().clone(), first.answer().clone()).unwrap();
    assert_eq!(again.deviations(), first.deviations());
    assert_eq!(again.differences(), first.differences());
    assert_eq!(again.client_id(), first.client_id());
}

#[test]
fn a_body_of_nulls_does_not_grow_into_a_longer_report() {
    let mut members: Map<String, serde_json::Value> =
        (0..5000).map(|n| (format!("m{n}"), json!(null))).collect();
    members.insert("client_id".to_owned(), json!("a"));
    assert!(read(&members.into()).deviations().len() < 100);
}
