//! A story in numbered steps: what is done, why, what is sent and what comes back.

use std::fmt::Write as _;

use safire::transport::Exchange;
use safire::transport::Outcome;
use serde_json::Value;
use serde_json::json;

const BOLD: anstyle::Style = anstyle::Style::new().bold();
const LONGEST_VALUE: usize = 66;

/// One step of a story.
#[derive(Debug)]
pub(crate) struct Step {
    /// What is done.
    pub(crate) title: &'static str,
    /// Why, in one sentence.
    pub(crate) why: &'static str,
    /// What went over the wire, masked.
    pub(crate) exchanges: Vec<Exchange>,
    /// The members of the answer that matter here; empty for all.
    pub(crate) members: &'static [&'static str],
    /// What has come of it.
    pub(crate) outcome: String,
}

impl Step {
    /// The step as people read it.
    pub(crate) fn to_text(&self, number: usize) -> String {
        let mut text = format!("\n{BOLD}{number}. {}{BOLD:#}\n   {}\n", self.title, self.why);
        for exchange in &self.exchanges {
            text.push_str(&arrows(exchange, self.members));
        }
        for line in self.outcome.lines() {
            let _ = writeln!(
                text,
                "   {}{line}",
                if line.starts_with(' ') || line.starts_with('|') { "" } else { "= " }
            );
        }
        text
    }

    /// The step as programs read it.
    pub(crate) fn to_json(&self) -> Value {
        let exchanges: Vec<Value> = self.exchanges.iter().map(exchange_json).collect();
        json!({ "title": self.title, "why": self.why, "exchanges": exchanges, "outcome": self.outcome })
    }
}

fn arrows(exchange: &Exchange, members: &[&str]) -> String {
    // A query is as long as a form, and read as one.
    let (url, query) = exchange.url.split_once('?').unwrap_or((&exchange.url, ""));
    let mut text = format!("   → {} {url}\n", exchange.method);
    pairs(&mut text, query, &[]);
    if let Some((_, value)) = exchange.request_headers.iter().find(|(name, _)| name == "authorization") {
        let _ = writeln!(text, "       Authorization: {value}");
    }
    pairs(&mut text, &exchange.request_body, &[]);
    match &exchange.outcome {
        Outcome::Answered { status, body, .. } => {
            let _ = writeln!(text, "   ← {status}");
            pairs(&mut text, body, members);
        }
        Outcome::Failed { message } => {
            let _ = writeln!(text, "   ← nothing: {message}");
        }
        _ => {}
    }
    text
}

/// One line for each member of an object or a form.
fn pairs(text: &mut String, body: &str, members: &[&str]) {
    let pairs: Vec<(String, String)> = match serde_json::from_str::<Value>(body) {
        Ok(Value::Object(object)) => {
            object.iter().map(|(name, value)| (name.clone(), inline(value))).collect()
        }
        _ => url::form_urlencoded::parse(body.as_bytes()).into_owned().collect(),
    };
    let total = pairs.len();
    let shown: Vec<_> = pairs
        .into_iter()
        .filter(|(name, _)| members.is_empty() || members.contains(&name.as_str()))
        .collect();
    let width = shown.iter().map(|(name, _)| name.chars().count()).max().unwrap_or_default();
    for (name, value) in &shown {
        let _ = writeln!(text, "       {name:width$}  {}", clipped(value));
    }
    if shown.len() < total {
        let left = total - shown.len();
        let members = if left == 1 { "member" } else { "members" };
        let _ = writeln!(text, "       … and {left} more {members}");
    }
}

fn inline(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) if !items.is_empty() && items.iter().all(Value::is_string) => {
            items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", ")
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
            value.to_string()
        }
    }
}

fn clipped(value: &str) -> String {
    let clean: String = value.chars().filter(|c| !c.is_control()).collect();
    if clean.chars().count() <= LONGEST_VALUE {
        return clean;
    }
    clean.chars().take(LONGEST_VALUE - 1).chain(['…']).collect()
}

fn exchange_json(exchange: &Exchange) -> Value {
    let parsed = |body: &str| serde_json::from_str::<Value>(body).unwrap_or_else(|_| Value::from(body));
    let (status, answer) = match &exchange.outcome {
        Outcome::Answered { status, body, .. } => (Some(*status), parsed(body)),
        Outcome::Failed { .. } | _ => (None, Value::Null),
    };
    json!({
        "method": exchange.method,
        "url": exchange.url,
        "request": parsed(&exchange.request_body),
        "status": status,
        "answer": answer,
    })
}
