//! `safire registration show`.

use safire::Error;
use safire::clock::Clock as _;
use safire::clock::SystemClock;
use safire::protocol::time::UnixTime;
use safire::store::Standing;
use safire::store::Store as _;
use safire::store::TokenQuery;
use safire::store::TokenRecord;
use serde_json::Value;
use serde_json::json;

use crate::args::IdArgs;
use crate::failure::Failure;
use crate::output::Sheet;
use crate::output::date_time;
use crate::output::pending_text;
use crate::output::record_json;
use crate::output::trouble;
use crate::plan::find;
use crate::session::Session;

/// Nobody reads a longer text within a member.
const LONGEST: usize = 400;

/// Shows one registration whole.
pub(crate) async fn registration_show(session: &Session, args: &IdArgs) -> Result<(), Failure> {
    let store = session.store()?;
    let record = find(&store, &args.id).await?;
    let now = SystemClock::new().now();
    let mut json = record_json(&record, now, session.output.secrets());
    let tokens = store.load_tokens(TokenQuery::Of(record.id.clone())).await.map_err(Error::from)?;
    if let Some(members) = json.as_object_mut() {
        members.insert("tokens".to_owned(), tokens.iter().map(token_json).collect());
    }
    session.output.data(&json, || {
        let mut sheet = Sheet::new();
        for (name, value) in json.as_object().into_iter().flatten() {
            sheet = sheet.maybe(name, for_people(name, value));
        }
        sheet.to_string()
    })?;
    if session.output.is_json() {
        return Ok(());
    }
    if let Some(pending) = &record.content.pending {
        session.output.note("warning", &pending_text(pending));
    }
    if let Some(trouble) = trouble(&record, now) {
        session.output.note("hint", &trouble.hint);
    }
    Ok(())
}

/// The state of one held token, without the token.
fn token_json(kept: &TokenRecord) -> Value {
    let token = &kept.token;
    json!({
        "slot": kept.key.slot.as_str(),
        "expires_at": token.expires_at.map(UnixTime::as_seconds),
        "scope": token.scope,
        "has_refresh_token": token.refresh_token.is_some(),
        "standing": match kept.standing {
            Standing::Good => "good",
            Standing::LoginNeeded => "login-needed",
            _ => "unknown",
        },
        "updated_at": kept.updated_at.as_seconds(),
    })
}

/// Whole, but nothing that says nothing.
fn for_people(name: &str, value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::Array(items) if items.is_empty() => None,
        Value::Object(members) if members.is_empty() => None,
        _ if matches!(name, "stored" | "existing" | "hint") => None,
        Value::Number(seconds) if name.ends_with("_at") => Some(match seconds.as_i64() {
            Some(0) => "never".to_owned(),
            Some(seconds) => date_time(UnixTime::from_seconds(seconds)),
            None => seconds.to_string(),
        }),
        Value::String(text) => Some(text.clone()),
        Value::Array(_) | Value::Object(_) => Some(format!("{:#}", clipped(value))),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
    }
}

/// Certificates and statements are walls of base64; `--json` has all of them.
fn clipped(value: &Value) -> Value {
    match value {
        Value::String(text) if text.len() > LONGEST => {
            let start: String = text.chars().take(LONGEST / 2).collect();
            Value::String(format!("{start}… ({} characters)", text.chars().count()))
        }
        Value::Array(items) => items.iter().map(clipped).collect(),
        Value::Object(members) => {
            members.iter().map(|(name, value)| (name.clone(), clipped(value))).collect()
        }
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
    }
}
