//! The client's metadata: each rule of the guide, before anything is sent.

use safire_protocol::fault::Diagnose;
use safire_protocol::fault::Fault;
use safire_protocol::registration::ClientMetadata;
use safire_protocol::udap::Operation;
use safire_protocol::udap::UdapClientMetadata;
use safire_protocol::url::LoopbackHttp;
use safire_protocol::url::UrlPolicy;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use super::world::object;

pub(super) fn backend() -> Map<String, Value> {
    object(json!({
        "client_name": "Acme B2B App",
        "contacts": ["mailto:b2b-operations@example.com"],
        "grant_types": ["client_credentials"],
        "scope": "system/Patient.rs system/Observation.rs",
    }))
}

pub(super) fn with_users() -> Map<String, Value> {
    object(json!({
        "client_name": "Acme App",
        "contacts": ["mailto:operations@example.com"],
        "grant_types": ["refresh_token", "authorization_code"],
        "scope": "user/Patient.rs",
        "redirect_uris": ["https://app.example.com/redirect"],
        "logo_uri": "https://app.example.com/logo.png",
    }))
}

fn build(members: Map<String, Value>) -> Result<UdapClientMetadata, (String, String)> {
    build_for(members, Operation::Register, LoopbackHttp::Refused)
}

fn build_for(
    members: Map<String, Value>,
    operation: Operation,
    loopback: LoopbackHttp,
) -> Result<UdapClientMetadata, (String, String)> {
    let built = UdapClientMetadata::from_json(members, operation, &UrlPolicy::new(loopback));
    built.map_err(|error| {
        assert_eq!((error.code(), error.fault()), ("udap-client-metadata", Fault::Caller));
        assert!(error.hint().is_some());
        (error.attribute.clone(), error.to_string())
    })
}

/// The attribute that is refused when one member of `members` is changed; `""` when none is.
fn refused(mut members: Map<String, Value>, member: &str, value: Option<Value>) -> String {
    match &value {
        Some(value) => members.insert(member.to_owned(), value.clone()),
        None => members.shift_remove(member),
    };
    match build(members) {
        Ok(_) => String::new(),
        Err((attribute, message)) => {
            if let Some(Value::String(text)) =
                value.filter(|value| value.as_str().is_some_and(|text| text.len() > 3))
            {
                assert!(!message.contains(&text), "the value is shown: {message}");
            }
            attribute
        }
    }
}

#[test]
fn r_01_r_02_operation_and_loopback_are_enums() {
    assert_eq!(build(backend()).unwrap().operation(), Operation::Register);
    let mut members = backend();
    members.shift_remove("grant_types");
    let cancel = build_for(members, Operation::Cancel, LoopbackHttp::Refused).unwrap();
    assert_eq!(cancel.operation(), Operation::Cancel);
}

#[test]
fn r_03_metadata_are_a_map_in_which_the_last_of_two_names_counts() {
    let text = r#"{"client_name":"a","client_name":"b","contacts":["mailto:a@b.c"],"grant_types":["client_credentials"],"scope":"s"}"#;
    let built = build(serde_json::from_str(text).unwrap()).unwrap();
    assert_eq!(built.claims()["client_name"], "b");
}

#[test]
fn r_05_tc_136_reserved_names_are_refused_before_missing_ones() {
    for name in [
        "iss",
        "sub",
        "aud",
        "iat",
        "exp",
        "jti",
        "nbf",
        "client_id",
        "software_statement",
        "certifications",
        "udap",
        "response_types",
        "token_endpoint_auth_method",
    ] {
        assert_eq!(refused(backend(), name, Some(json!("x"))), name);
        assert_eq!(refused(Map::new(), name, Some(json!(null))), name);
    }
}

#[test]
fn r_06_tc_136_missing_names_are_told_in_order() {
    for (name, first) in [
        ("client_name", "client_name"),
        ("contacts", "contacts"),
        ("scope", "scope"),
        ("grant_types", "grant_types"),
    ] {
        assert_eq!(refused(backend(), name, None), first);
        assert_eq!(refused(backend(), name, Some(json!(null))), first);
    }
    assert_eq!(build(Map::new()).unwrap_err().0, "client_name");
}

#[test]
fn r_07_tc_136_the_name_is_a_string_with_something_in_it() {
    for name in [json!(""), json!("  "), json!(7), json!(["a"])] {
        assert_eq!(refused(backend(), "client_name", Some(name)), "client_name");
    }
}

#[test]
fn r_08_tc_136_contacts_are_absolute_uris() {
    for contacts in [
        json!([]),
        json!("mailto:a@b.c"),
        json!(["mailto:a@b.c", 7]),
        json!(["mailto:a@b.c", "ops@example.com"]),
        json!(["mailto:a@b.c", "https:///path"]),
        json!(["mailto:a@b.c", "https:host"]),
        json!(["mailto:a@b.c", "foo:"]),
        json!(["mailto:a@b.c", "tel:+1 555"]),
    ] {
        assert_eq!(refused(backend(), "contacts", Some(contacts.clone())), "contacts", "{contacts}");
    }
    let good = json!(["mailto:a@b.c", "https://example.com/help", "tel:+1-555"]);
    assert_eq!(refused(backend(), "contacts", Some(good)), "");
}

#[test]
fn r_09_tc_136_one_contact_is_a_valid_mail_address() {
    for contacts in
        [json!(["https://example.com/"]), json!(["mailto:nobody"]), json!(["mailto:a@b", "mailto:@"])]
    {
        assert_eq!(refused(backend(), "contacts", Some(contacts.clone())), "contacts", "{contacts}");
    }
    for contact in ["mailto:a@b", "MAILTO:a@b.c", "mailto:a@x.com,b@y.org", "mailto:a@x.com?subject=hi"] {
        assert_eq!(refused(backend(), "contacts", Some(json!([contact]))), "", "{contact}");
    }
}

#[test]
fn r_10_tc_136_scopes_have_one_space_between_two() {
    for scope in [
        json!(""),
        json!(" "),
        json!("a  b"),
        json!("a\tb"),
        json!("a "),
        json!(" a"),
        json!("a\n"),
        json!("a\"b"),
        json!("a\\b"),
        json!("ä"),
        json!(7),
        json!(["a"]),
    ] {
        assert_eq!(refused(backend(), "scope", Some(scope.clone())), "scope", "{scope}");
    }
    assert_eq!(refused(backend(), "scope", Some(json!("system/*.rs?category=a|b !#[]~"))), "");
}

#[test]
fn r_11_tc_136_grants_have_exactly_one_way_to_a_token() {
    for grants in [
        json!("client_credentials"),
        json!(["client_credentials", 7]),
        json!(["client_credentials", "implicit"]),
        json!(["client_credentials", "client_credentials"]),
        json!([]),
        json!(["refresh_token"]),
        json!(["authorization_code", "client_credentials"]),
        json!(["client_credentials", "refresh_token"]),
    ] {
        assert_eq!(refused(backend(), "grant_types", Some(grants.clone())), "grant_types", "{grants}");
    }
}

#[test]
fn r_12_tc_136_grants_come_in_the_canonical_order() {
    let built = build(with_users()).unwrap();
    assert_eq!(built.claims()["grant_types"], json!(["authorization_code", "refresh_token"]));
}

#[test]
fn r_13_tc_136_redirect_uris_are_https_urls_without_a_fragment() {
    for uris in [
        Some(json!([])),
        Some(json!("https://a.example")),
        Some(json!([7])),
        Some(json!(["http://app.example.com/cb"])),
        Some(json!(["http://127.0.0.1/cb"])),
        Some(json!(["com.example.app:/cb"])),
        Some(json!(["https:///cb"])),
        Some(json!(["https://app.example.com/cb#here"])),
        Some(json!(null)),
        None,
    ] {
        assert_eq!(refused(with_users(), "redirect_uris", uris.clone()), "redirect_uris", "{uris:?}");
    }
    let twice = json!(["https://app.example.com/cb", "https://app.example.com/cb"]);
    assert_eq!(refused(with_users(), "redirect_uris", Some(twice)), "");
}

#[test]
fn r_14_tc_136_the_logo_is_a_picture_on_https() {
    for logo in [
        Some(json!("http://app.example.com/logo.png")),
        Some(json!("https://app.example.com/logo.svg")),
        Some(json!("https://app.example.com/logo?file=logo.png")),
        Some(json!("logo.png")),
        Some(json!(7)),
        Some(json!(null)),
        None,
    ] {
        assert_eq!(refused(with_users(), "logo_uri", logo.clone()), "logo_uri", "{logo:?}");
    }
    for logo in [
        "https://a.example/L.PNG",
        "https://a.example/l.jpg",
        "https://a.example/l.JPEG?x=1",
        "https://a.example/l.gif",
    ] {
        assert_eq!(refused(with_users(), "logo_uri", Some(json!(logo))), "", "{logo}");
    }
}

#[test]
fn r_15_tc_136_what_belongs_to_a_browser_is_refused_without_the_code_grant() {
    for member in ["redirect_uris", "logo_uri"] {
        for value in [json!(null), json!([]), json!("https://app.example.com/logo.png")] {
            assert_eq!(refused(backend(), member, Some(value)), member);
        }
    }
}

#[test]
fn r_16_tc_136_members_of_communities_are_kept_as_they_are() {
    let mut members = backend();
    let extra = json!({"text": "a", "number": 1.5, "yes": true, "null": null, "list": [1, {"deep": []}]});
    members.insert("community".to_owned(), extra.clone());
    assert_eq!(build(members).unwrap().claims()["community"], extra);
}

#[test]
fn r_18_tc_136_what_the_guide_fixes_is_added() {
    let built = build(backend()).unwrap();
    assert_eq!(built.claims()["token_endpoint_auth_method"], "private_key_jwt");
    assert!(!built.claims().contains_key("response_types"));
    let built = build(with_users()).unwrap();
    assert_eq!(built.claims()["response_types"], json!(["code"]));
}

#[test]
fn r_19_tc_136_a_cancellation_gives_no_grants_and_sends_none() {
    let mut members = with_users();
    assert_eq!(
        build_for(members.clone(), Operation::Cancel, LoopbackHttp::Refused).unwrap_err().0,
        "grant_types"
    );
    members.insert("grant_types".to_owned(), json!([]));
    assert_eq!(
        build_for(members.clone(), Operation::Cancel, LoopbackHttp::Refused).unwrap_err().0,
        "grant_types"
    );
    members.shift_remove("grant_types");
    members.insert("redirect_uris".to_owned(), json!("not looked at"));
    let built = build_for(members.clone(), Operation::Cancel, LoopbackHttp::Refused).unwrap();
    assert_eq!(built.claims()["grant_types"], json!([]));
    for gone in ["redirect_uris", "logo_uri", "response_types"] {
        assert!(!built.claims().contains_key(gone), "{gone}");
    }
    members.shift_remove("contacts");
    assert_eq!(build_for(members, Operation::Cancel, LoopbackHttp::Refused).unwrap_err().0, "contacts");
    let from = build(with_users()).unwrap().to_cancellation();
    assert_eq!((from.operation(), &from.claims()["grant_types"]), (Operation::Cancel, &json!([])));
}

#[test]
fn r_20_loopback_members_are_told_where_they_are_allowed() {
    let mut members = with_users();
    members.insert("redirect_uris".to_owned(), json!(["http://localhost:8080/cb", "https://a.example/cb"]));
    let built = build_for(members.clone(), Operation::Register, LoopbackHttp::Allowed).unwrap();
    assert_eq!(built.loopback_members(), ["redirect_uris"]);
    let without = build_for(with_users(), Operation::Register, LoopbackHttp::Allowed).unwrap();
    assert!(without.loopback_members().is_empty());
    members.insert("logo_uri".to_owned(), json!("http://app.example.com/logo.png"));
    assert_eq!(build_for(members, Operation::Register, LoopbackHttp::Allowed).unwrap_err().0, "logo_uri");
}

#[test]
fn r_21_later_changes_of_the_caller_have_no_effect() {
    let mut given = ClientMetadata::from_json(backend()).unwrap();
    let built = UdapClientMetadata::register(&given, &UrlPolicy::default()).unwrap();
    given.client_name = Some("Another".to_owned());
    assert_eq!(built.claims()["client_name"], "Acme B2B App");
}

#[test]
fn r_22_grants_and_wildcards_that_the_server_does_not_list_are_told() {
    let mut members = backend();
    members.insert("scope".to_owned(), json!("system/*.rs system/Patient.rs"));
    let built = build(members).unwrap();
    let grants = ["authorization_code".to_owned()];
    assert_eq!(
        built.not_offered(Some(&grants), Some(&["system/Patient.rs"])),
        ["client_credentials", "system/*.rs"]
    );
    assert!(built.not_offered(None, None).is_empty());
}
