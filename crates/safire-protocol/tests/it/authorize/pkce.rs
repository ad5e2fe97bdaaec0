//! RFC 7636: verifier and challenge.

use safire_protocol::authorize::CodeVerifier;
use safire_protocol::authorize::VerifierError;

#[test]
fn tc_075_the_vector_of_rfc_7636_appendix_b() {
    let verifier = CodeVerifier::parse("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk").unwrap();
    assert_eq!(verifier.challenge(), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
}

#[test]
fn tc_076_the_length_is_43_to_128() {
    for length in [0, 42, 129] {
        assert_eq!(CodeVerifier::parse("a".repeat(length)).unwrap_err(), VerifierError::Length { length });
    }
    for length in [43, 128] {
        assert_eq!(CodeVerifier::parse("a".repeat(length)).unwrap().challenge().len(), 43);
    }
}

#[test]
fn tc_077_only_unreserved_characters_are_allowed() {
    for character in ["/", "+", "=", " ", "é", "\n"] {
        let text = format!("{}{character}", "a".repeat(50));
        assert_eq!(CodeVerifier::parse(text).unwrap_err(), VerifierError::Characters, "{character:?}");
    }
    assert!(CodeVerifier::parse(format!("{}-._~09AZ", "a".repeat(40))).is_ok());
}

#[test]
fn a_random_verifier_is_a_valid_one() {
    for byte in [0, 0x5a, 0xff] {
        let verifier = CodeVerifier::from_random(&[byte; 96]);
        assert_eq!(verifier.expose_secret().len(), 128);
        assert!(CodeVerifier::parse(verifier.expose_secret()).is_ok());
    }
}
