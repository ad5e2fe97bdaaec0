//! What the browser is sent away with.

use safire_protocol::authorize::Aud;
use safire_protocol::authorize::CHALLENGE_METHOD;
use safire_protocol::authorize::Nonce;
use safire_protocol::authorize::State;
use url::form_urlencoded;

use super::BASE;
use super::NOW;
use super::REDIRECT;
use super::SCOPE;
use super::at;
use super::random;
use super::request;
use super::value;
use super::values;
use crate::authorize::pending_of;

const AUTHORIZE: &str = "https://auth.example.com/authorize";

#[test]
fn tc_065_and_tc_066_the_url_has_what_smart_asks_for() {
    let (url, pending) = request().url(&random(1), NOW).unwrap();
    assert_eq!(value(&url, "response_type"), "code");
    assert_eq!(value(&url, "client_id"), "client-1");
    assert_eq!(value(&url, "redirect_uri"), REDIRECT);
    assert_eq!(value(&url, "scope"), SCOPE);
    assert_eq!(value(&url, "aud"), BASE);
    assert_eq!(value(&url, "state"), pending.state().expose_secret());
    assert_eq!(value(&url, "code_challenge_method"), CHALLENGE_METHOD);
    assert_eq!(value(&url, "code_challenge_method"), "S256");
    let state = pending.state().expose_secret();
    assert_eq!(state.len(), 32);
    assert!(state.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte)), "{state}");
    let stored: serde_json::Value = serde_json::from_slice(&pending.to_bytes()).unwrap();
    let verifier = stored["verifier"].as_str().unwrap();
    assert_eq!(verifier.len(), 128);
    let verifier = safire_protocol::authorize::CodeVerifier::parse(verifier).unwrap();
    assert_eq!(value(&url, "code_challenge"), verifier.challenge());
    assert_eq!(url.query_pairs().count(), 8);
}

#[test]
fn tc_067_the_scope_given_is_the_only_one() {
    let (url, _) = at(AUTHORIZE, BASE, REDIRECT, "user/*.rs").url(&random(1), NOW).unwrap();
    assert_eq!(values(&url, "scope"), ["user/*.rs"]);
}

#[test]
fn tc_068_launch_is_sent_for_an_ehr_launch_and_is_absent_otherwise() {
    let (url, _) = request().with_launch("xyz 1").url(&random(1), NOW).unwrap();
    assert_eq!(value(&url, "launch"), "xyz 1");
    let (url, _) = request().url(&random(1), NOW).unwrap();
    assert!(values(&url, "launch").is_empty());
}

#[test]
fn tc_069_other_randomness_gives_other_state_and_challenge() {
    let urls: Vec<_> = [1, 2, 3].map(|byte| request().url(&random(byte), NOW).unwrap().0).into();
    for name in ["state", "code_challenge"] {
        let mut seen: Vec<String> = urls.iter().map(|url| value(url, name)).collect();
        seen.dedup();
        assert_eq!(seen.len(), 3, "{name}");
    }
}

#[test]
fn tc_070_everything_but_unreserved_characters_is_encoded() {
    let (url, _) = at(AUTHORIZE, BASE, REDIRECT, "patient/*.read openid").url(&random(1), NOW).unwrap();
    assert!(url.as_str().contains("scope=patient%2F%2A.read%20openid&"), "{url}");
}

#[test]
fn tc_071_and_t21_a_redirect_uri_with_a_query_stays_whole() {
    let redirect = "https://app.example.com/cb?to=a%2Fb&x=1";
    let (url, pending) = at(AUTHORIZE, BASE, redirect, SCOPE).url(&random(1), NOW).unwrap();
    assert_eq!(value(&url, "redirect_uri"), redirect);
    assert!(values(&url, "x").is_empty());
    assert_eq!(pending.redirect_uri(), redirect);
}

#[test]
fn tc_072_the_form_has_the_same_fields_and_its_action_no_query() {
    let (form, pending) = request().form(&random(1), NOW).unwrap();
    let (url, _) = request().url(&random(1), NOW).unwrap();
    assert_eq!(form.action.as_str(), AUTHORIZE);
    assert_eq!(form.fields, url.query_pairs().into_owned().collect::<Vec<_>>());
    let state = form.fields.iter().find(|(name, _)| name == "state").unwrap();
    assert_eq!(state.1, pending.state().expose_secret());
}

#[test]
fn td_10_and_t21_the_endpoints_own_query_is_kept_byte_for_byte() {
    let endpoint = "https://auth.example.com/authorize?tenant=a&x=%2F";
    let (url, _) = at(endpoint, BASE, REDIRECT, SCOPE).url(&random(1), NOW).unwrap();
    assert!(url.as_str().starts_with(&format!("{endpoint}&response_type=code&")), "{url}");
    assert_eq!(value(&url, "tenant"), "a");
    let (form, _) = at(endpoint, BASE, REDIRECT, SCOPE).form(&random(1), NOW).unwrap();
    assert_eq!(form.action.as_str(), endpoint);
    for odd in ["https://auth.example.com/authorize?", "https://auth.example.com/authorize?tenant=a&"] {
        let (url, _) = at(odd, BASE, REDIRECT, SCOPE).url(&random(1), NOW).unwrap();
        assert!(url.as_str().starts_with(&format!("{odd}response_type=code&")), "{url}");
    }
}

#[test]
fn t24_aud_is_the_base_as_it_was_given() {
    for base in ["https://fhir.example.com/r4", "https://fhir.example.com/r4/", "https://FHIR.example.com/R4"]
    {
        let (url, _) = at(AUTHORIZE, base, REDIRECT, SCOPE).url(&random(1), NOW).unwrap();
        assert_eq!(value(&url, "aud"), base);
    }
}

#[test]
fn tc_014_and_t24_aud_is_another_text_or_absent_where_the_server_wants_it() {
    let text = "https://other.example.com/fhir/r4/";
    let (url, _) = request().with_aud(Aud::Text(text.to_owned())).url(&random(1), NOW).unwrap();
    assert_eq!(value(&url, "aud"), text);
    let (url, _) = request().with_aud(Aud::Omitted).url(&random(1), NOW).unwrap();
    assert!(values(&url, "aud").is_empty());
}

#[test]
fn a_nonce_goes_with_openid_and_where_the_caller_gives_one() {
    let (url, _) = request().url(&random(1), NOW).unwrap();
    assert!(values(&url, "nonce").is_empty());
    let (url, _) = at(AUTHORIZE, BASE, REDIRECT, "openid fhirUser").url(&random(1), NOW).unwrap();
    assert_eq!(value(&url, "nonce").len(), 32);
    let nonce = Nonce::from_caller("my-own-nonce-of-128-bits").unwrap();
    let (url, _) = request().with_nonce(nonce).url(&random(1), NOW).unwrap();
    assert_eq!(value(&url, "nonce"), "my-own-nonce-of-128-bits");
}

#[test]
fn a_callers_own_state_is_the_one_sent() {
    let state = State::from_caller("session-42.AAAAAAAAAAAAAAAAAAAAAA").unwrap();
    let (pending, _) = pending_of(request().with_state(state.clone()));
    assert!(pending.state().matches(state.expose_secret()));
}

#[test]
fn prompt_login_hint_max_age_and_further_parameters_are_sent() {
    let (url, _) = request()
        .with_prompt("login")
        .with_login_hint("ada@example.com")
        .with_max_age(60)
        .with_parameter("ui_locales", "de fr")
        .unwrap()
        .url(&random(1), NOW)
        .unwrap();
    let query = url.query().unwrap();
    let pairs: Vec<_> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    for (name, value) in
        [("prompt", "login"), ("login_hint", "ada@example.com"), ("max_age", "60"), ("ui_locales", "de fr")]
    {
        assert!(pairs.contains(&(name.to_owned(), value.to_owned())), "{name}: {query}");
    }
}
