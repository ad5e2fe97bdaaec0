//! What SMART App Launch 2.2 says of a token answer, held against one: reported, not refused.

use serde_json::Map;
use serde_json::Value;

use crate::deviation::Deviation;
use crate::deviation::Severity;
use crate::json::kind_of;

const APP_LAUNCH: &str = "SMART App Launch 2.2, Obtain access token";
const BACKEND: &str = "SMART App Launch 2.2, Backend Services, Issue access token";
const REFRESH: &str = "SMART App Launch 2.2, Refresh access token";

/// Beyond this, a lifetime is a mistake of units rather than a decision: ten years.
const PLAUSIBLE: i64 = 315_360_000;

/// The flow whose rules an answer is held against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SmartFlow {
    /// An authorization code was exchanged.
    AppLaunch,
    /// A refresh token was exchanged.
    Refresh,
    /// The client asked for itself.
    BackendServices,
}

impl SmartFlow {
    const fn section(self) -> &'static str {
        match self {
            Self::AppLaunch => APP_LAUNCH,
            Self::Refresh => REFRESH,
            Self::BackendServices => BACKEND,
        }
    }
}

/// The members that have rules, as they came.
#[derive(Clone, Copy)]
pub(super) struct SmartMembers<'a> {
    pub(super) access_token: Option<&'a Value>,
    pub(super) token_type: Option<&'a Value>,
    pub(super) scope: Option<&'a Value>,
    pub(super) expires_in: Option<&'a Value>,
}

/// Where the members of a token answer depart from SMART's rules for the flow.
#[must_use]
pub fn smart_deviations(flow: SmartFlow, members: &Map<String, Value>) -> Vec<Deviation> {
    let [access_token, token_type, scope, expires_in] =
        ["access_token", "token_type", "scope", "expires_in"].map(|name| members.get(name));
    deviations_of(flow, &SmartMembers { access_token, token_type, scope, expires_in })
}

pub(super) fn deviations_of(flow: SmartFlow, members: &SmartMembers<'_>) -> Vec<Deviation> {
    let mut found = Vec::new();
    if let Absence::Absent = absence(members.access_token) {
        found.push(missing(flow, "access_token", Severity::Error, "no `access_token` came"));
    }
    token_type(flow, members.token_type, &mut found);
    scope(flow, members.scope, &mut found);
    expires_in(flow, members.expires_in, &mut found);
    found
}

/// The lifetime in whole seconds as far as it can be understood; 0 and more.
pub(crate) fn lifetime(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => match number.as_i64() {
            Some(seconds) => Some(seconds),
            // A larger integer than fits is as good as for ever.
            None if number.is_u64() => Some(i64::MAX),
            None => number.as_f64().and_then(whole),
        },
        Value::String(text) => {
            let text = text.trim();
            text.parse::<i64>().ok().or_else(|| text.parse::<f64>().ok().and_then(whole))
        }
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
    .filter(|seconds| *seconds >= 0)
}

/// The scope as one text, also where it came as an array.
pub(crate) fn scope_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.trim().is_empty() => Some(text.clone()),
        Value::Array(items) => {
            let names: Option<Vec<&str>> = items.iter().map(Value::as_str).collect();
            names.map(|names| names.join(" ")).filter(|text| !text.is_empty())
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => None,
    }
}

enum Absence {
    Absent,
    Present,
}

/// Blank counts as absent: there is nothing to use.
fn absence(member: Option<&Value>) -> Absence {
    match member {
        None | Some(Value::Null) => Absence::Absent,
        Some(Value::String(text)) if text.trim().is_empty() => Absence::Absent,
        Some(_) => Absence::Present,
    }
}

fn missing(flow: SmartFlow, member: &str, severity: Severity, detail: &str) -> Deviation {
    let code = match member {
        "access_token" => "access-token-missing",
        "token_type" => "token-type-missing",
        "scope" => "scope-missing",
        _ => "expires-in-missing",
    };
    Deviation::new(code, severity, flow.section(), detail).of_member(member)
}

fn token_type(flow: SmartFlow, member: Option<&Value>, found: &mut Vec<Deviation>) {
    if let Absence::Absent = absence(member) {
        found.push(missing(
            flow,
            "token_type",
            Severity::Warning,
            "no `token_type` came; `Bearer` is expected and assumed",
        ));
        return;
    }
    let section = flow.section();
    let deviation = match member {
        Some(Value::String(text)) if text == "Bearer" || text == "bearer" => return,
        Some(Value::String(text)) if text.trim().eq_ignore_ascii_case("bearer") => Deviation::new(
            "token-type-spelling",
            Severity::Warning,
            section,
            "`token_type` is spelled otherwise than `Bearer`",
        ),
        Some(Value::String(_)) => Deviation::new(
            "token-type-unknown",
            Severity::Error,
            section,
            "`token_type` is not `Bearer`; the token may not work as one",
        ),
        other => Deviation::new(
            "token-type-unknown",
            Severity::Error,
            section,
            format!("`token_type` is {}, not the text `Bearer`", other.map_or("absent", kind_of)),
        ),
    };
    found.push(deviation.of_member("token_type"));
}

fn scope(flow: SmartFlow, member: Option<&Value>, found: &mut Vec<Deviation>) {
    if let Absence::Absent = absence(member) {
        found.push(missing(
            flow,
            "scope",
            Severity::Warning,
            "no `scope` came, so what was granted is unknown: at some servers all that was asked for, at others nothing",
        ));
        return;
    }
    let detail = match member {
        None | Some(Value::String(_)) => return,
        Some(other) => format!("`scope` is {}, not one text with spaces between", kind_of(other)),
    };
    found
        .push(Deviation::new("scope-not-text", Severity::Warning, flow.section(), detail).of_member("scope"));
}

fn expires_in(flow: SmartFlow, member: Option<&Value>, found: &mut Vec<Deviation>) {
    let section = flow.section();
    if let Absence::Absent = absence(member) {
        match flow {
            SmartFlow::AppLaunch => {}
            SmartFlow::Refresh | SmartFlow::BackendServices => found.push(missing(
                flow,
                "expires_in",
                Severity::Warning,
                "no `expires_in` came, so when the token ends is unknown",
            )),
        }
        return;
    }
    let Some(value) = member else { return };
    let (code, severity, detail) = match lifetime(value) {
        None => (
            "expires-in-unusable",
            Severity::Warning,
            "`expires_in` is not a number of seconds from 0 on, so when the token ends is unknown",
        ),
        Some(0) => ("expires-in-zero", Severity::Warning, "`expires_in` is 0: the token has ended already"),
        Some(seconds) if seconds > PLAUSIBLE => {
            ("expires-in-huge", Severity::Warning, "`expires_in` is more than ten years")
        }
        Some(_) if value.is_string() => {
            ("expires-in-text", Severity::Info, "`expires_in` is a text; a number was expected")
        }
        Some(_) if !value.is_i64() && !value.is_u64() => {
            ("expires-in-fraction", Severity::Info, "`expires_in` is written with a fraction")
        }
        Some(_) => return,
    };
    found.push(Deviation::new(code, severity, section, detail).of_member("expires_in"));
}

/// Whole seconds of a float; no cast is used that could wrap.
fn whole(seconds: f64) -> Option<i64> {
    // 2^53: beyond it a float no longer counts single seconds.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if !seconds.is_finite() || seconds < 0.0 {
        return None;
    }
    if seconds >= EXACT {
        return Some(i64::MAX);
    }
    format!("{:.0}", seconds.floor()).parse().ok()
}
