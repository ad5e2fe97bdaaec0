//! A pending authorization is stored and read again, also an old one.

use safire_protocol::authorize::Callback;
use safire_protocol::authorize::PendingAuthorization;
use safire_protocol::authorize::PendingError;
use safire_protocol::fault::Diagnose;
use safire_protocol::fault::Fault;
use safire_protocol::time::UnixTime;
use serde_json::json;

use super::BASE;
use super::NOW;
use super::REDIRECT;
use super::pending_of;
use super::profile;
use super::request;

/// Written by the first version. It must be readable for ever; a new form gets a new sample beside it.
const FORM_1: &str = r#"{"form":1,"state":"07070707070707070707070707070707","nonce":"08080808080808080808080808080808","verifier":"dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk","base":"https://fhir.example.com/r4","client_id":"client-1","redirect_uri":"https://app.example.com/callback","token_endpoint":"https://auth.example.com/token","issuer":"https://auth.example.com","iss":"promised","scope":"openid fhirUser","max_age":60,"created_at":1790000000,"expires_at":1790000900}"#;

#[test]
fn form_1_is_read_and_written_byte_for_byte() {
    let pending = PendingAuthorization::from_bytes(FORM_1.as_bytes()).unwrap();
    assert_eq!(std::str::from_utf8(&pending.to_bytes()).unwrap(), FORM_1);
    let query = "code=c1&state=07070707070707070707070707070707&iss=https%3A%2F%2Fauth.example.com";
    let code = Callback::from_query(query).unwrap().complete(Some(pending), NOW).unwrap();
    assert_eq!(code.verifier.unwrap().challenge(), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    assert!(code.nonce.unwrap().matches("08080808080808080808080808080808"));
    assert_eq!(code.max_age, Some(60));
    assert_eq!(code.scope, "openid fhirUser");
}

#[test]
fn what_is_written_is_read_again() {
    let profile = profile(&json!({}));
    let (pending, state) = pending_of(request().with_profile(&profile).with_lifetime(60));
    let read = PendingAuthorization::from_bytes(&pending.to_bytes()).unwrap();
    assert!(read.state().matches(&state));
    assert_eq!(read.base(), BASE);
    assert_eq!(read.redirect_uri(), REDIRECT);
    assert_eq!(read.client_id().as_str(), "client-1");
    assert_eq!((read.created_at(), read.expires_at()), (NOW, UnixTime::from_seconds(1_790_000_060)));
    assert_eq!(*read.to_bytes(), *pending.to_bytes());
}

#[test]
fn a_newer_form_and_damaged_bytes_are_told_apart() {
    let newer = FORM_1.replace("\"form\":1", "\"form\":2");
    assert_eq!(
        PendingAuthorization::from_bytes(newer.as_bytes()).unwrap_err(),
        PendingError::UnknownForm { form: 2 }
    );
    let weak = FORM_1.replace("07070707070707070707070707070707", "guessable");
    for damaged in ["", "{}", "[1]", "{\"form\":1}", &FORM_1[..200], &weak] {
        let error = PendingAuthorization::from_bytes(damaged.as_bytes()).unwrap_err();
        assert_eq!(error, PendingError::Unreadable, "{damaged}");
        assert_eq!(error.fault(), Fault::Store);
        assert!(error.hint().is_some());
    }
}
