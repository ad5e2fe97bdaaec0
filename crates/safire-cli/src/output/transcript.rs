//! Exchanges as people read them. Everything here is masked already.

use std::fmt::Write as _;

use safire::transport::Exchange;
use safire::transport::Outcome;
use serde_json::Value;

use super::clean;

/// Bodies beyond this many lines are cut.
const MOST_LINES: usize = 80;

/// One exchange: `→` the request, `←` the answer.
pub(crate) fn show_exchange(exchange: &Exchange) -> String {
    let mut text =
        show_request(&exchange.method, &exchange.url, &exchange.request_headers, &exchange.request_body);
    let elapsed = exchange.elapsed.as_millis();
    match &exchange.outcome {
        Outcome::Answered { status, headers, body } => {
            let _ = writeln!(text, "← {status} after {elapsed} ms");
            fields(&mut text, headers);
            block(&mut text, body);
        }
        Outcome::Failed { message } => {
            let _ = writeln!(text, "← no answer after {elapsed} ms: {}", clean(message));
        }
        _ => {}
    }
    text
}

/// A request alone.
pub(crate) fn show_request(method: &str, url: &str, headers: &[(String, String)], body: &str) -> String {
    let mut text = format!("→ {method} {}\n", clean(url));
    fields(&mut text, headers);
    block(&mut text, body);
    text
}

fn fields(text: &mut String, headers: &[(String, String)]) {
    for (name, value) in headers {
        let _ = writeln!(text, "  {name}: {}", clean(value));
    }
}

/// A body, JSON laid out, indented.
fn block(text: &mut String, body: &str) {
    let laid_out = match serde_json::from_str::<Value>(body) {
        Ok(value) => format!("{value:#}"),
        Err(_) => body.to_owned(),
    };
    let lines: Vec<&str> = laid_out.lines().collect();
    for line in lines.iter().take(MOST_LINES) {
        let _ = writeln!(text, "  {}", clean(line));
    }
    if lines.len() > MOST_LINES {
        let _ = writeln!(text, "  … {} more lines", lines.len() - MOST_LINES);
    }
}
