//! Points in time as registration answers give them.

use serde_json::Value;

use crate::json::kind_of;
use crate::server_answer::days_from_civil;

/// 2500-01-01: a later time in seconds is a present one in milliseconds.
const LAST_SECOND: i64 = 16_725_225_600;

/// A time that was read, and what was odd about it.
pub(super) struct Timestamp {
    /// Seconds since 1970, where they could be read.
    pub(super) seconds: Option<i64>,
    /// A deviation's code and what was seen.
    pub(super) oddity: Option<(&'static str, &'static str)>,
}

/// RFC 7591 §3.2.1 wants a number of seconds; servers send much else.
pub(super) fn read(value: &Value) -> Timestamp {
    let (seconds, oddity) = match value {
        Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(seconds), _) => (Some(seconds), None),
            (None, Some(float)) => (whole(float), Some(("time-as-float", "a number with a fraction"))),
            (None, None) => (None, None),
        },
        Value::String(text) => of_text(text.trim()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => {
            return Timestamp { seconds: None, oddity: Some(("time-unreadable", kind_of(value))) };
        }
    };
    match seconds {
        None => Timestamp { seconds: None, oddity: Some(("time-unreadable", "not a point in time")) },
        Some(seconds) if seconds < 0 => {
            Timestamp { seconds: None, oddity: Some(("time-unreadable", "a negative number")) }
        }
        Some(seconds) if seconds <= LAST_SECOND => Timestamp { seconds: Some(seconds), oddity },
        Some(millis) if millis / 1000 <= LAST_SECOND => Timestamp {
            seconds: Some(millis / 1000),
            oddity: Some(("time-in-milliseconds", "a number of milliseconds")),
        },
        Some(_) => Timestamp { seconds: None, oddity: Some(("time-unreadable", "a number beyond any time")) },
    }
}

fn of_text(text: &str) -> (Option<i64>, Option<(&'static str, &'static str)>) {
    if let Ok(seconds) = text.parse::<i64>() {
        return (Some(seconds), Some(("time-as-string", "a string of digits")));
    }
    if let Some(seconds) = of_date(text) {
        return (Some(seconds), Some(("time-as-date", "a date")));
    }
    (text.parse::<f64>().ok().and_then(whole), Some(("time-as-string", "a string of digits")))
}

#[expect(clippy::cast_possible_truncation, reason = "the range is checked first")]
fn whole(float: f64) -> Option<i64> {
    (float.is_finite() && float.abs() < 9.0e15).then_some(float.floor() as i64)
}

/// `2026-01-31T12:00:00Z`, with a fraction or an offset where they are given (RFC 3339).
fn of_date(text: &str) -> Option<i64> {
    let (date, clock) = text.split_once(['T', 't', ' '])?;
    let mut parts = date.split('-');
    let year = digits(parts.next()?, 4)?;
    let month = digits(parts.next()?, 2)?;
    let day = digits(parts.next()?, 2)?;
    let hour = digits(clock.get(..2)?, 2)?;
    let minute = digits(clock.get(3..5)?, 2)?;
    let second = digits(clock.get(6..8)?, 2)?;
    let signs = (clock.get(2..3)?, clock.get(5..6)?);
    let sane = parts.next().is_none()
        && signs == (":", ":")
        && (1..=12).contains(&month)
        && (1..=31).contains(&day)
        && hour < 24
        && minute < 60
        && second <= 60;
    let zone = clock.get(8..)?.trim_start_matches(|c: char| c == '.' || c.is_ascii_digit());
    let offset = match zone {
        "" | "Z" | "z" => 0,
        _ => {
            let sign = match zone.get(..1)? {
                "+" => 1,
                "-" => -1,
                _ => return None,
            };
            let (hours, minutes) = zone.get(1..)?.split_once(':')?;
            sign * (digits(hours, 2)? * 3600 + digits(minutes, 2)? * 60)
        }
    };
    sane.then(|| days_from_civil(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second - offset)
}

fn digits(text: &str, length: usize) -> Option<i64> {
    (text.len() == length && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok())?
}
