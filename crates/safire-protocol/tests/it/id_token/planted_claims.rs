//! What a token says of a person, and the token itself, are not printed.

use safire_protocol::secret::IdToken;
use serde_json::Value;

use super::KEY;
use super::KEYS;
use super::check;
use super::checks;
use super::code;
use super::good_but;
use super::signed;

const PLANTED: &str = "planted-7c1e";

#[test]
fn td_09_debug_of_a_valid_token_shows_names_and_no_values() {
    let token = check(&good_but("email", PLANTED)).unwrap();
    let text = format!("{token:?}");
    assert!(text.contains("email") && !text.contains(PLANTED) && !text.contains("alice"), "{text}");
    assert!(!text.contains(super::NONCE), "{text}");
}

#[test]
fn td_09_no_error_shows_the_token_or_the_nonce() {
    let claims = good_but("nonce", PLANTED);
    let token = signed(&KEY, &claims);
    let error = checks().check(&IdToken::new(token.clone()), &KEYS).unwrap_err();
    let text = format!("{error} {error:?}");
    assert!(!text.contains(PLANTED) && !text.contains(super::NONCE) && !text.contains(&token), "{text}");
}

#[test]
fn td_09_debug_of_a_check_shows_neither_nonce_nor_subject() {
    let text = format!("{:?}", checks().nonce(PLANTED).subject(PLANTED));
    assert!(text.contains(super::ISSUER) && !text.contains(PLANTED), "{text}");
}

#[test]
fn control_characters_of_a_token_do_not_reach_the_terminal() {
    for claim in ["iss", "aud", "azp"] {
        let error = check(&good_but(claim, "\u{1b}[31mred")).unwrap_err();
        assert!(!error.to_string().contains('\u{1b}'), "{claim}: {error}");
    }
    assert_eq!(code(check(&good_but("azp", Value::from("x")))), "id-token-azp");
}
