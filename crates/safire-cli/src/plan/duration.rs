//! Spans of time as people write them.

use std::time::Duration;

use crate::failure::Failure;

/// What an option says of a span of time.
pub(crate) fn span(option: &str, text: &str) -> Result<Duration, Failure> {
    parse(text).ok_or_else(|| {
        Failure::usage(format!("`{option}` is not a span of time: `{text}`"), "write `10s`, `500ms` or `1m`")
    })
}

/// Reads `10s`, `500ms`, `1m` or bare seconds; `None` for anything else and for nothing at all.
fn parse(text: &str) -> Option<Duration> {
    let split = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at_checked(split)?;
    let factor = match unit {
        "ms" => 0.001,
        "" | "s" => 1.0,
        "m" => 60.0,
        "h" => 3600.0,
        _ => return None,
    };
    let span = Duration::try_from_secs_f64(number.parse::<f64>().ok()? * factor).ok()?;
    (!span.is_zero()).then_some(span)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_read_and_nonsense_is_not() {
        assert_eq!(parse("10s"), Some(Duration::from_secs(10)));
        assert_eq!(parse("500ms"), Some(Duration::from_millis(500)));
        assert_eq!(parse("1.5m"), Some(Duration::from_secs(90)));
        assert_eq!(parse("2"), Some(Duration::from_secs(2)));
        for text in ["", "s", "-1s", "0", "0ms", "1 s", "1d", "1e3s", "999999999999999999999s", "1.2.3s"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
