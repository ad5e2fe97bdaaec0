//! `safire registration show`.

use safire::Error;
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
use crate::output::advice;
use crate::output::date_time;
use crate::output::record_json;
use crate::plan::find;
use crate::session::Session;

/// Shows one registration whole.
pub(crate) async fn registration_show(session: &Session, args: &IdArgs) -> Result<(), Failure> {
    let store = session.store()?;
    let record = find(&store, &args.id).await?;
    let mut json = record_json(&record, session.output.secrets());
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
    if !session.output.is_json()
        && let Some(advice) = advice(&record)
    {
        session.output.note("hint", &advice);
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
        Value::Array(_) | Value::Object(_) => Some(format!("{value:#}")),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
    }
}
