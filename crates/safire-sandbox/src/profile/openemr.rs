//! OpenEMR.

use http::StatusCode;
use safire_protocol::json::JsonObject;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use super::kind::Admission;
use super::kind::Profile;
use super::standard::BASE;
use crate::management::BadToken;
use crate::management::Management;
use crate::management::Served;
use crate::register::Refusal;

pub(super) static OPENEMR: Profile = Profile {
    name: "openemr",
    summary: "200 in place of 201; `contacts`, `redirect_uris` and `scope` are required; public clients get the secret \
              `\"\"`; `client_role` and another `application_type` come back; a confidential client, or one with the \
              scope `launch`, is not good until it is approved; an initial access token is not looked at; management \
              only reads, tells little, and answers 403 to a bad token",
    source: "AuthorizationController.php at 00e51bd, openemr #5705, #12303, #12304",
    admission: Admission::Anybody,
    metadata,
    registered: Some(registered),
    registered_status: StatusCode::OK,
    waits,
    management: Management::new().served(Served::ReadOnly).bad_token(BadToken::Forbidden),
    management_path: "/client/",
    read: |members| {
        members.retain(|name, _| READ.contains(&name.as_str()));
    },
    ..BASE
};

fn metadata(object: &JsonObject) -> Option<Refusal> {
    let empty = |value: &Value| match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Bool(_) | Value::Number(_) | Value::Object(_) => false,
    };
    let missing = ["contacts", "redirect_uris", "scope"]
        .into_iter()
        .find(|name| object.members.get(*name).is_none_or(empty))?;
    Some(Refusal::metadata(format!("{missing} is invalid")))
}

fn registered(members: &mut Map<String, Value>) {
    let confidential = is_confidential(members);
    if !confidential {
        members.insert("client_secret".to_owned(), json!(""));
    }
    let kind = if confidential { "private" } else { "public" };
    members.insert("application_type".to_owned(), json!(kind));
    members.insert("client_role".to_owned(), json!("user"));
}

fn waits(members: &Map<String, Value>) -> bool {
    let scope = members.get("scope").and_then(Value::as_str).unwrap_or_default();
    is_confidential(members) || scope.split_ascii_whitespace().any(|scope| scope == "launch")
}

fn is_confidential(members: &Map<String, Value>) -> bool {
    members.get("token_endpoint_auth_method").is_some_and(|method| method != "none")
}

/// What is told of a registration that is read.
const READ: [&str; 6] =
    ["client_id", "client_secret", "contacts", "application_type", "client_name", "redirect_uris"];
