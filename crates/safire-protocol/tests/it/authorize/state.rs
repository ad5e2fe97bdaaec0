//! `state` and `nonce` hold 128 bits, and comparing tells nothing.

use safire_protocol::authorize::Nonce;
use safire_protocol::authorize::State;
use safire_protocol::authorize::StateError;

#[test]
fn tc_065_a_random_state_is_32_lower_case_hexadecimal_digits() {
    let bytes: [u8; 16] = std::array::from_fn(|index| u8::try_from(index * 17).unwrap());
    let text = "00112233445566778899aabbccddeeff";
    assert_eq!(State::from_random(&bytes).expose_secret(), text);
    assert_eq!(Nonce::from_random(&bytes).expose_secret(), text);
}

#[test]
fn a_callers_own_state_needs_room_for_128_bits() {
    assert_eq!(State::from_caller("a".repeat(21)).unwrap_err(), StateError::TooShort { length: 21 });
    assert_eq!(Nonce::from_caller("").unwrap_err(), StateError::TooShort { length: 0 });
    assert_eq!(State::from_caller("a".repeat(22)).unwrap().expose_secret(), "a".repeat(22));
    for text in ["line\nbreak in a long text", "umlaut ä in a long text 123"] {
        assert_eq!(State::from_caller(text).unwrap_err(), StateError::Characters);
    }
}

#[test]
fn td_11_only_the_same_text_matches() {
    let state = State::from_random(&[1; 16]);
    let text = state.expose_secret().to_owned();
    assert!(state.matches(&text));
    for other in
        ["", &text[1..], &format!("{text}0"), &text.to_uppercase().replace('0', "1"), &text.replace('1', "2")]
    {
        assert!(!state.matches(other), "{other}");
    }
}
