//! JSON as servers send it.

use proptest::prelude::*;
use safire_protocol::json::ByteOrderMark;
use safire_protocol::json::JsonError;
use safire_protocol::json::JsonObject;
use safire_protocol::json::MAX_NESTING;
use safire_protocol::json::kind_of;
use serde_json::Value;
use serde_json::json;

fn nested(open: &str, close: &str, levels: usize) -> String {
    format!(r#"{{"x": {}1{}}}"#, open.repeat(levels - 1), close.repeat(levels - 1))
}

#[test]
fn m_13_a_hundred_levels_are_read_and_one_more_is_not() {
    for (open, close) in [("[", "]"), (r#"{"a":"#, "}")] {
        assert!(JsonObject::parse(nested(open, close, MAX_NESTING).as_bytes()).is_ok());
        let too_deep = JsonObject::parse(nested(open, close, MAX_NESTING + 1).as_bytes());
        assert_eq!(too_deep.unwrap_err(), JsonError::TooDeep);
    }
}

#[test]
fn a_hundred_thousand_arrays_are_too_deep_not_a_crash() {
    let body = "[".repeat(100_000);
    assert_eq!(JsonObject::parse(body.as_bytes()).unwrap_err(), JsonError::TooDeep);
    assert_eq!(JsonObject::parse(nested("[", "]", 100_000).as_bytes()).unwrap_err(), JsonError::TooDeep);
}

#[test]
fn tc_064_what_is_not_json_is_refused_by_place() {
    for body in
        [&b"{oops"[..], b"{\"a\": NaN}", b"{\"a\": 1e999}", b"{\"a\": \"\xff\"}", b"{} x", b"{'a': 1}"]
    {
        assert!(matches!(JsonObject::parse(body).unwrap_err(), JsonError::Malformed { line: 1, .. }));
    }
    let error = JsonObject::parse(b"{\n  \"secret\": \"planted\" oops").unwrap_err();
    assert!(matches!(error, JsonError::Malformed { line: 2, .. }));
    assert!(!error.to_string().contains("planted"));
}

#[test]
fn what_is_no_object_is_named() {
    for (body, kind) in
        [("[]", "array"), ("\"\"", "string"), ("7", "number"), ("false", "boolean"), ("null", "null")]
    {
        assert_eq!(JsonObject::parse(body.as_bytes()).unwrap_err(), JsonError::NotAnObject(kind));
    }
    for body in ["", " \r\n\t", "\u{feff}", "\u{feff} "] {
        assert_eq!(JsonObject::parse(body.as_bytes()).unwrap_err(), JsonError::Empty);
    }
}

#[test]
fn a_byte_order_mark_is_noted() {
    let object = JsonObject::parse("\u{feff} {\"a\": 1}\n".as_bytes()).unwrap();
    assert_eq!(object.byte_order_mark, ByteOrderMark::Present);
    assert_eq!(JsonObject::parse(b"{}").unwrap().byte_order_mark, ByteOrderMark::Absent);
}

#[test]
fn doubled_members_are_noted_at_the_top_and_the_last_wins() {
    let object = JsonObject::parse(br#"{"a": 1, "b": {"c": 1, "c": 2}, "a": 2, "a": 3}"#).unwrap();
    assert_eq!(Value::Object(object.members), json!({"a": 3, "b": {"c": 2}}));
    assert_eq!(object.doubled, ["a", "a"]);
}

#[test]
fn the_order_of_members_is_kept() {
    let object = JsonObject::parse(br#"{"z": 1, "a": 2, "m": 3, "z": 4}"#).unwrap();
    assert_eq!(object.members.keys().collect::<Vec<_>>(), ["z", "a", "m"]);
}

#[test]
fn numbers_keep_their_value() {
    let body = br#"{"a": 18446744073709551615, "b": -9223372036854775808, "c": 1.5, "d": 1617198228000}"#;
    let object = JsonObject::parse(body).unwrap();
    assert_eq!(object.members["a"], json!(u64::MAX));
    assert_eq!(object.members["b"], json!(i64::MIN));
    assert_eq!(object.members["c"], json!(1.5));
    assert_eq!(object.members["d"], json!(1_617_198_228_000_u64));
}

#[test]
fn kinds_have_names() {
    let named = [json!(null), json!(true), json!(1), json!("a"), json!([]), json!({})].map(|v| kind_of(&v));
    assert_eq!(named, ["null", "a boolean", "a number", "a string", "an array", "an object"]);
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(body in proptest::collection::vec(any::<u8>(), 0..300)) {
        if let Ok(object) = JsonObject::parse(&body) {
            prop_assert!(serde_json::from_slice::<Value>(&serde_json::to_vec(&object.members).unwrap()).is_ok());
        }
    }

    #[test]
    fn objects_read_as_serde_json_reads_them(a in ".{0,20}", b in any::<i64>(), c in any::<f64>()) {
        let document = json!({"a": a, "b": [b, {"c": c}], "d": {a.clone(): null}});
        let text = document.to_string();
        let object = JsonObject::parse(text.as_bytes()).unwrap();
        prop_assert_eq!(Value::Object(object.members), serde_json::from_str::<Value>(&text).unwrap());
    }
}
