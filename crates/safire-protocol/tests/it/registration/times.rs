//! Points in time in every form that servers use.

use safire_protocol::registration::SecretExpiry;
use serde_json::Value;
use serde_json::json;

use super::assert_deviation;
use super::codes;
use super::read;

fn expiry(value: &Value) -> (SecretExpiry, Vec<&'static str>) {
    let body = json!({"client_id": "a", "client_secret": "s", "client_secret_expires_at": value});
    let registration = read(&body);
    (registration.client_secret_expires_at(), codes(&registration).iter().map(|(code, ..)| *code).collect())
}

fn seconds(expiry: SecretExpiry) -> i64 {
    match expiry {
        SecretExpiry::At(time) => time.as_seconds(),
        SecretExpiry::Unknown | SecretExpiry::Never => panic!("no time: {expiry:?}"),
    }
}

#[test]
fn times_are_read_from_strings_floats_dates_and_milliseconds() {
    const LATER: i64 = 1_893_456_000;
    for (value, code) in [
        (json!(LATER), None),
        (json!("1893456000"), Some("time-as-string")),
        (json!(1_893_456_000.0), Some("time-as-float")),
        (json!(1_893_456_000_000_i64), Some("time-in-milliseconds")),
        (json!("1893456000000"), Some("time-in-milliseconds")),
        (json!("2030-01-01T00:00:00Z"), Some("time-as-date")),
        (json!("2030-01-01T01:00:00.123+01:00"), Some("time-as-date")),
    ] {
        let (read, found) = expiry(&value);
        assert_eq!(seconds(read), LATER, "{value}");
        assert_eq!(found, code.into_iter().collect::<Vec<_>>(), "{value}");
    }
}

#[test]
fn zero_in_any_form_means_never() {
    for value in [json!(0), json!("0"), json!(0.0)] {
        assert_eq!(expiry(&value).0, SecretExpiry::Never);
    }
}

#[test]
fn what_is_no_time_is_unknown() {
    for value in [
        json!(-1),
        json!("soon"),
        json!([1]),
        json!(true),
        json!(u64::MAX),
        json!(1e300),
        json!("2030-13-01T00:00:00Z"),
        json!("9223372036854775807"),
    ] {
        let (read, found) = expiry(&value);
        assert_eq!(read, SecretExpiry::Unknown, "{value}");
        assert!(found.contains(&"time-unreadable"), "{value}: {found:?}");
        assert!(found.contains(&"secret-without-expiry"), "{value}: {found:?}");
    }
}

#[test]
fn a_past_expiry_is_told() {
    let body = json!({"client_id": "a", "client_secret": "s", "client_secret_expires_at": 1_600_000_000});
    assert_deviation(&read(&body), "secret-expired", "client_secret_expires_at", "warning");
}

#[test]
fn the_time_of_issue_may_be_a_string() {
    let registration = read(&json!({"client_id": "a", "client_id_issued_at": "1617198228"}));
    assert_eq!(registration.client_id_issued_at().unwrap().as_seconds(), 1_617_198_228);
    assert_deviation(&registration, "time-as-string", "client_id_issued_at", "info");
}
