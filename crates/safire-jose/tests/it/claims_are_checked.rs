use safire_jose::Expectations;
use safire_jose::JwtId;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;

const NOW: i64 = 1_800_000_000;

fn expectations() -> Expectations {
    Expectations {
        issuer: Some("client".to_owned()),
        subject: Some("client".to_owned()),
        audience: Some(vec!["https://a/token".to_owned(), "https://a".to_owned()]),
        max_lifetime: Some(300),
        skew: 10,
        jti: JwtId::Required,
        ..Expectations::at(NOW)
    }
}

fn good() -> Map<String, Value> {
    let claims = json!({
        "iss": "client", "sub": "client", "aud": "https://a/token", "iat": NOW, "exp": NOW + 240, "jti": "j"
    });
    claims.as_object().unwrap().clone()
}

/// The code of the error when one claim is replaced, or taken out by null.
fn with(claim: &str, value: Value) -> &'static str {
    let mut claims = good();
    if value.is_null() {
        claims.remove(claim);
    } else {
        claims.insert(claim.to_owned(), value);
    }
    expectations().check(&claims).map_or_else(|error| error.code(), |()| "ok")
}

#[test]
fn a_good_assertion_passes() {
    expectations().check(&good()).unwrap();
    assert_eq!(with("aud", json!(["https://b", "https://a"])), "ok");
    assert_eq!(with("iat", Value::Null), "ok");
    assert_eq!(with("exp", json!(1_800_000_200.75)), "ok");
}

#[test]
fn times_hold_with_the_skew_and_not_a_second_more() {
    assert_eq!(with("exp", json!(NOW - 9)), "ok");
    assert_eq!(with("exp", json!(NOW - 10)), "claim-expired");
    assert_eq!(with("nbf", json!(NOW + 10)), "ok");
    assert_eq!(with("nbf", json!(NOW + 11)), "claim-not-yet-valid");
    assert_eq!(with("iat", json!(NOW + 10)), "ok");
    assert_eq!(with("iat", json!(NOW + 11)), "claim-issued-in-future");
    assert_eq!(with("exp", json!(NOW + 300)), "ok");
    assert_eq!(with("exp", json!(NOW + 301)), "claim-lives-too-long");
    assert_eq!(with("exp", json!(i64::MAX)), "claim-lives-too-long");
    assert_eq!(with("exp", json!(1e300)), "claim-lives-too-long");
    assert_eq!(with("exp", json!(i64::MIN)), "claim-expired");
}

#[test]
fn each_claim_missing_or_wrong_has_its_error() {
    for claim in ["iss", "sub", "aud", "exp", "jti"] {
        assert_eq!(with(claim, Value::Null), "claim-missing", "{claim}");
        assert_eq!(with(claim, json!(true)), "claim-wrong-type", "{claim}");
    }
    assert_eq!(with("nbf", json!("soon")), "claim-wrong-type");
    assert_eq!(with("jti", json!("")), "claim-wrong-type");
    assert_eq!(with("iss", json!("other")), "claim-wrong-issuer");
    assert_eq!(with("sub", json!("other")), "claim-wrong-subject");
    assert_eq!(with("aud", json!("https://a/")), "claim-wrong-audience");
    assert_eq!(with("aud", json!([])), "claim-wrong-audience");
    assert_eq!(with("aud", json!(["https://a", 1])), "claim-wrong-type");
}
