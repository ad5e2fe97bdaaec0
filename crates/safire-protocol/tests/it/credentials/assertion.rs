//! The client assertion: RFC 7523 §2.2, SMART App Launch 2.2.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use proptest::prelude::*;
use safire_protocol::credentials::AssertionProfile;
use safire_protocol::credentials::Audience;
use safire_protocol::credentials::CredentialsError;
use safire_protocol::credentials::KeyRef;
use safire_protocol::identifier::ClientId;
use safire_protocol::jose::Algorithm;
use safire_protocol::jose::KeyKind;
use safire_protocol::time::UnixTime;
use safire_protocol::url::LoopbackHttp;
use serde_json::Value;
use serde_json::json;

const TOKEN_URL: &str = "https://auth.example.com/token";
const NOW: UnixTime = UnixTime::from_seconds(1_790_000_000);

fn client() -> ClientId {
    ClientId::parse("client-1").unwrap()
}

fn profile() -> AssertionProfile {
    AssertionProfile::new(client(), Algorithm::Es384, "k1").unwrap()
}

/// Header and claims of what is to be signed.
fn parts(profile: &AssertionProfile, now: UnixTime, jti: &str) -> (Value, Value) {
    let input = profile.signing_input(TOKEN_URL, now, jti).unwrap();
    let text = std::str::from_utf8(input.as_bytes()).unwrap();
    let (header, claims) = text.split_once('.').unwrap();
    let read = |part: &str| serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap();
    (read(header), read(claims))
}

#[test]
fn tc_082_header_and_claims_are_as_smart_says() {
    let (header, claims) = parts(&profile(), NOW, "j1");
    assert_eq!(header, json!({"alg": "ES384", "typ": "JWT", "kid": "k1"}));
    assert_eq!(
        claims,
        json!({"iss": "client-1", "sub": "client-1", "aud": TOKEN_URL, "exp": 1_790_000_240,
               "iat": 1_789_999_970, "jti": "j1"})
    );
}

#[test]
fn tc_084_jku_is_in_the_header_only_where_set() {
    let with = profile().with_jku("https://app.example/jwks", LoopbackHttp::Refused).unwrap();
    assert_eq!(parts(&with, NOW, "j").0["jku"], "https://app.example/jwks");
    assert!(parts(&profile(), NOW, "j").0.get("jku").is_none());
}

#[test]
fn tc_085_a_lifetime_is_capped_at_five_minutes_and_shorter_ones_are_kept() {
    for (asked, exp) in [(600, 300), (300, 300), (120, 120)] {
        let profile = profile().with_lifetime(asked).unwrap();
        let claims = parts(&profile, NOW, "j").1;
        assert_eq!(claims["exp"].as_i64().unwrap() - NOW.as_seconds(), exp);
    }
}

#[test]
fn a_lifetime_that_is_not_positive_is_refused() {
    for seconds in [0, -1, i64::MIN] {
        assert_eq!(profile().with_lifetime(seconds).unwrap_err(), CredentialsError::Lifetime { seconds });
    }
}

#[test]
fn t23_a_server_clock_twenty_seconds_behind_or_ahead_accepts_it() {
    let claims = parts(&profile(), NOW, "j").1;
    for offset in [-20, 0, 20] {
        let theirs = NOW.as_seconds() + offset;
        let exp = claims["exp"].as_i64().unwrap();
        assert!(exp > theirs && exp - theirs <= 300, "exp at offset {offset}");
        assert!(claims["iat"].as_i64().unwrap() <= theirs, "iat at offset {offset}");
    }
}

#[test]
fn t23_from_issue_to_expiry_it_is_never_more_than_five_minutes() {
    for lifetime in [1, 120, 240, 270, 299, 300] {
        let claims = parts(&profile().with_lifetime(lifetime).unwrap(), NOW, "j").1;
        let span = claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap();
        assert!((lifetime..=300).contains(&span), "{lifetime}: {span}");
    }
}

#[test]
fn t23_the_audience_is_one_string_and_can_be_set() {
    let audience = Audience::Text("https://issuer.example".to_owned());
    let claims = parts(&profile().with_audience(audience).unwrap(), NOW, "j").1;
    assert_eq!(claims["aud"], "https://issuer.example");
    let blank = profile().with_audience(Audience::Text(" ".to_owned())).unwrap_err();
    assert_eq!(blank, CredentialsError::BlankAudience);
}

#[test]
fn t23_typ_can_be_set() {
    let header = parts(&profile().with_type("client-authentication+jwt"), NOW, "j").0;
    assert_eq!(header["typ"], "client-authentication+jwt");
}

#[test]
fn tc_086_and_t23_an_algorithm_that_the_key_cannot_do_is_refused() {
    for (algorithm, kind) in [
        (Algorithm::Es384, KeyKind::Rsa { bits: 2048 }),
        (Algorithm::Rs384, KeyKind::P384),
        (Algorithm::Es384, KeyKind::P256),
        (Algorithm::Es256, KeyKind::P384),
    ] {
        let key = KeyRef { kid: "k", algorithm, kind: Some(kind) };
        let error = AssertionProfile::of_key(client(), key).unwrap_err();
        assert!(matches!(error, CredentialsError::AlgorithmNotOfKey { .. }), "{error:?}");
        assert!(error.to_string().contains(algorithm.as_str()), "{error}");
    }
}

#[test]
fn tc_086_a_jku_that_is_http_or_no_url_is_refused() {
    for jku in ["http://app.example/jwks", "not a url", "", "ftp://app.example/jwks"] {
        let error = profile().with_jku(jku, LoopbackHttp::Allowed).unwrap_err();
        assert!(matches!(error, CredentialsError::Jku(_)), "{jku}: {error:?}");
    }
    let loopback = "http://127.0.0.1:8080/jwks";
    assert!(profile().with_jku(loopback, LoopbackHttp::Allowed).is_ok());
    assert!(profile().with_jku(loopback, LoopbackHttp::Refused).is_err());
}

#[test]
fn tc_086_a_blank_kid_is_refused() {
    let error = AssertionProfile::new(client(), Algorithm::Es384, " ").unwrap_err();
    assert_eq!(error, CredentialsError::MissingKid);
}

#[test]
fn tc_088_a_blank_client_id_cannot_be_made() {
    for text in ["", " ", "\t\n"] {
        assert!(ClientId::parse(text).is_none());
    }
}

#[test]
fn tc_100_two_assertions_differ_by_their_jti() {
    let first = profile().signing_input(TOKEN_URL, NOW, "j1").unwrap();
    let second = profile().signing_input(TOKEN_URL, NOW, "j2").unwrap();
    assert_ne!(first.as_bytes(), second.as_bytes());
}

proptest! {
    #[test]
    fn no_clock_and_no_text_makes_it_panic(
        now in any::<i64>(), lifetime in any::<i64>(), id in any::<String>(), kid in any::<String>(), jti in any::<String>()
    ) {
        let Some(id) = ClientId::parse(id) else { return Ok(()) };
        let Ok(profile) = AssertionProfile::new(id, Algorithm::Rs384, kid) else { return Ok(()) };
        let Ok(profile) = profile.with_lifetime(lifetime) else { return Ok(()) };
        let claims = parts(&profile, UnixTime::from_seconds(now), &jti).1;
        prop_assert_eq!(&claims["jti"], &Value::from(jti));
    }
}
