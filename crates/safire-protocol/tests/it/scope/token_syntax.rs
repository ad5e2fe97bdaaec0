//! RFC 6749 §3.3: `scope-token = 1*( %x21 / %x23-5B / %x5D-7E )`.

use safire_protocol::fault::Diagnose;
use safire_protocol::fault::Fault;
use safire_protocol::scope::Scope;
use safire_protocol::scope::ScopeError;
use safire_protocol::scope::ScopeKind;
use safire_protocol::scope::Scopes;

#[test]
fn every_ascii_character_is_taken_or_refused_as_the_grammar_says() {
    for byte in 0..=127_u8 {
        let allowed = byte == 0x21 || (0x23..=0x5B).contains(&byte) || (0x5D..=0x7E).contains(&byte);
        let text = format!("a{}b", char::from(byte));
        assert_eq!(Scope::parse(&text).is_ok(), allowed, "{byte:#x}");
    }
}

#[test]
fn the_refusal_names_the_character_and_its_place() {
    let error = Scope::parse("patient/é").unwrap_err();
    assert_eq!(error, ScopeError::Character { scope: "patient/é".into(), character: 'é', at: 8 });
    assert_eq!((error.code(), error.fault()), ("scope-character", Fault::Caller));
    assert!(error.hint().unwrap().contains("RFC 6749 §3.3"));
}

#[test]
fn an_empty_scope_is_none() {
    assert_eq!(Scope::parse("").unwrap_err(), ScopeError::Empty);
    assert_eq!(ScopeError::Empty.code(), "scope-empty");
    assert!(Scopes::parse("").unwrap().is_empty());
}

#[test]
fn one_space_separates_what_is_sent() {
    assert_eq!(Scopes::parse("openid fhirUser").unwrap().as_slice().len(), 2);
    for text in [" openid", "openid ", "openid  fhirUser", " "] {
        assert_eq!(Scopes::parse(text).unwrap_err(), ScopeError::Empty, "{text:?}");
    }
    assert_eq!(Scopes::parse("openid\tfhirUser").unwrap_err().code(), "scope-character");
}

#[test]
fn any_white_space_separates_what_a_server_sends() {
    let scopes = Scopes::read(" openid  fhirUser\n\tlaunch ");
    assert_eq!(scopes.to_string(), "openid fhirUser launch");
    assert!(Scopes::read(" ").is_empty());
}

#[test]
fn what_a_server_may_not_send_is_kept_and_means_nothing() {
    let scopes = Scopes::read("\"openid\" patient/Observation.rs?a=\\b openid");
    let kinds: Vec<_> = scopes.iter().map(Scope::kind).collect();
    assert_eq!(kinds, [&ScopeKind::Other, &ScopeKind::Other, &ScopeKind::OpenId]);
    assert_eq!(scopes.as_slice()[0].as_str(), "\"openid\"");
}
