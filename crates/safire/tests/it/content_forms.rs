//! Content of every form ever stored is read for ever.

use safire::protocol::registration::AnswerTo;
use safire::protocol::registration::Trial;
use safire::protocol::registration::management::Operation;
use safire::store::Content;
use safire::store::ContentError;
use safire::store::KeyMaterial;
use safire::store::KeyRotation;

/// As the first version wrote it.
const FORM_1: &str = r#"{"form":1,"registration_endpoint":"https://auth.example.com/register",
    "requested":{"client_name":"Sample"},
    "answer":{"status":201,"content_type":"application/json","received_at":1700000000,
        "body":"eyJjbGllbnRfaWQiOiJjMSJ9"},
    "key_path":"/keys/sample.pem","settings":{"scope":"system/*.rs"},"note":"a note"}"#;

/// As the first version with management wrote it.
const FORM_2: &str = r#"{"form":2,"registration_endpoint":"https://auth.example.com/register",
    "requested":{"client_name":"Sample"},
    "answer":{"status":200,"content_type":null,"received_at":1700000900,"body":"e30=","to":"update"},
    "earlier":[{"status":201,"content_type":"application/json","received_at":1700000000,
        "body":"eyJjbGllbnRfaWQiOiJjMSJ9","token":"refused","secret":"works"}],
    "pending":{"operation":"update","since":1700001000,"requested":{"client_name":"Renamed"},"note":"no answer"},
    "key_pem":"the-key","key_rotation":"proving","next_key_pem":"the-next-key","settings":{},
    "replaces":"raaaaaaaaaaaaaaa","replaced_by":"rbbbbbbbbbbbbbbb"}"#;

/// As the first version with UDAP wrote it.
const FORM_2_UDAP: &str = r#"{"form":2,"registration_endpoint":"https://auth.example.com/udap/register",
    "requested":{"client_name":"Sample"},
    "answer":{"status":201,"content_type":"application/json","received_at":1700000000,
        "body":"eyJjbGllbnRfaWQiOiJjMSJ9"},
    "key_path":"/keys/sample.pem",
    "settings":{"udap":{"community":"https://community.example/","client_uri":"https://app.example.org/#T-TREAT",
            "exchange_purpose":"T-TREAT","chain":["MIIB"],"algorithm":"RS256","extensions_required":["hl7-b2b"]},
        "udap_trust":{"anchors":["MIIC"],"intermediates":["MIID"],"revocation_lists":["/lists/root.crl"],
            "revocation":"unknown-accepted","metadata_algorithms":["ES384"]},
        "authorization_extensions":{"hl7-b2b":{"version":"1","organization_id":"https://org.example.com"}}}}"#;

#[test]
fn form_1_is_a_registration_that_was_never_managed() {
    let content = Content::from_bytes(FORM_1.as_bytes()).unwrap();
    assert_eq!(content.requested["client_name"], "Sample");
    let answer = content.answer.as_ref().unwrap();
    assert_eq!(answer.expose_body(), br#"{"client_id":"c1"}"#);
    assert_eq!((answer.to, answer.token), (AnswerTo::Registration, Trial::Untried));
    assert!(matches!(content.key, KeyMaterial::Path(_)));
    assert_eq!(content.settings.scope.as_deref(), Some("system/*.rs"));
    assert_eq!(content.note.as_deref(), Some("a note"));
    assert!(content.earlier.is_empty() && content.pending.is_none() && content.key_rotation.is_none());
}

#[test]
fn form_2_is_read_and_written() {
    let content = Content::from_bytes(FORM_2.as_bytes()).unwrap();
    assert_eq!(content.answer.as_ref().unwrap().to, AnswerTo::Update);
    assert_eq!((content.earlier[0].token, content.earlier[0].secret), (Trial::Refused, Trial::Works));
    let pending = content.pending.as_ref().unwrap();
    assert_eq!((pending.operation, pending.since.as_seconds()), (Operation::Update, 1_700_001_000));
    assert!(matches!(&content.key_rotation, Some(KeyRotation::Proving { next: KeyMaterial::Pem(_) })));
    assert_eq!(content.replaced_by.as_ref().unwrap().as_str(), "rbbbbbbbbbbbbbbb");

    let written: serde_json::Value = serde_json::from_slice(&content.to_bytes()).unwrap();
    let pinned: serde_json::Value = serde_json::from_str(FORM_2).unwrap();
    assert_eq!(written, pinned);
}

#[test]
fn a_registration_by_udap_keeps_whom_it_trusts() {
    let content = Content::from_bytes(FORM_2_UDAP.as_bytes()).unwrap();
    let settings = &content.settings;
    assert_eq!(settings.udap.as_ref().unwrap().exchange_purpose.as_deref(), Some("T-TREAT"));
    let trust = settings.udap_trust.as_ref().unwrap();
    assert_eq!((trust.anchors[0].as_str(), trust.revocation.as_deref()), ("MIIC", Some("unknown-accepted")));
    let written: serde_json::Value = serde_json::from_slice(&content.to_bytes()).unwrap();
    let pinned: serde_json::Value = serde_json::from_str(FORM_2_UDAP).unwrap();
    assert_eq!(written, pinned);
}

#[test]
fn a_newer_form_is_left_alone() {
    let newer = FORM_2.replace(r#""form":2"#, r#""form":3"#);
    let error = Content::from_bytes(newer.as_bytes()).unwrap_err();
    assert_eq!(error, ContentError::NewerForm { found: 3, known: 2 });
}
