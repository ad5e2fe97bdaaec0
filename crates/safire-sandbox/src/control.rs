//! Calls that steer the sandbox.

use http::Method;
use http::StatusCode;
use http::header::ALLOW;
use serde::Deserialize;
use serde_json::json;

use crate::asked::Asked;
use crate::authorize::Approval;
use crate::client::IssuedClient;
use crate::launch::Launch;
use crate::launch::LaunchContext;
use crate::lock::lock;
use crate::register;
use crate::reply::Reply;
use crate::state::State;

/// Answers below `/_control/`, or `None` for other paths.
pub(crate) fn answer(state: &State, asked: &Asked) -> Option<Reply> {
    let name = asked.path.strip_prefix("/_control/")?;
    let wanted = match name {
        "faults" | "auto-approve" | "launch" | "rotate-keys" | "approve" => Method::POST,
        "clients" if asked.method == Method::POST => Method::POST,
        "requests" | "counts" | "clients" => Method::GET,
        _ => return None,
    };
    if asked.method != wanted {
        return Some(Reply::new(StatusCode::METHOD_NOT_ALLOWED).with_header(ALLOW, wanted.as_str()));
    }
    Some(match name {
        "faults" => faults(state, &asked.body),
        "auto-approve" => auto_approve(state, &asked.body),
        "launch" => launch(state, &asked.body),
        "rotate-keys" => {
            state.keys.rotate();
            Reply::new(StatusCode::NO_CONTENT)
        }
        "approve" => approve(state, &asked.body),
        "clients" if asked.method == Method::POST => match register::add(state, &asked.body) {
            Ok(answer) => Reply::json(StatusCode::CREATED, &answer).no_store(),
            Err(error) => refused(&error.to_string()),
        },
        "requests" => Reply::json(StatusCode::OK, &state.recorder.all()),
        "clients" => {
            let clients: Vec<IssuedClient> =
                lock(&state.clients).values().map(|client| client.issued()).collect();
            Reply::json(StatusCode::OK, &clients)
        }
        _ => Reply::json(StatusCode::OK, &state.counts()),
    })
}

/// `{"fault":"register:cut"}` or `{"clear":true}`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Order {
    fault: Option<String>,
    #[serde(default)]
    clear: bool,
}

fn faults(state: &State, body: &[u8]) -> Reply {
    let order: Order = match serde_json::from_slice(body) {
        Ok(order) => order,
        Err(error) => {
            return refused(&format!("expected {{\"fault\":\"NAME\"}} or {{\"clear\":true}}: {error}"));
        }
    };
    if order.clear {
        state.faults.clear();
    }
    if let Some(spec) = order.fault
        && let Err(error) = state.faults.set(&spec)
    {
        return refused(&error.to_string());
    }
    Reply::new(StatusCode::NO_CONTENT)
}

/// `{"user":"clinician","patient":"example"}`, or `{"off":true}`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Consenting {
    user: Option<String>,
    patient: Option<String>,
    #[serde(default)]
    off: bool,
}

fn auto_approve(state: &State, body: &[u8]) -> Reply {
    let approval = match serde_json::from_slice(body) {
        Ok(Consenting { user: Some(user), patient: Some(patient), off: false }) => {
            match Approval::read(&user, &patient) {
                Ok(approval) => Some(approval),
                Err(error) => return refused(&error.to_string()),
            }
        }
        Ok(Consenting { user: None, patient: None, off: true }) => None,
        Ok(_) | Err(_) => {
            return refused("expected {\"user\":\"NAME\",\"patient\":\"ID\"} or {\"off\":true}");
        }
    };
    *lock(&state.approval) = approval;
    Reply::new(StatusCode::NO_CONTENT)
}

/// `{"client_id":"…"}`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Approved {
    client_id: String,
}

fn approve(state: &State, body: &[u8]) -> Reply {
    let approved: Approved = match serde_json::from_slice(body) {
        Ok(approved) => approved,
        Err(error) => return refused(&format!("expected {{\"client_id\":\"ID\"}}: {error}")),
    };
    match state.approve(&approved.client_id) {
        Ok(()) => Reply::new(StatusCode::NO_CONTENT),
        Err(error) => refused(&error.to_string()),
    }
}

fn launch(state: &State, body: &[u8]) -> Reply {
    let context: LaunchContext = match serde_json::from_slice(body) {
        Ok(context) => context,
        Err(error) => {
            let expected = "expected any of `user`, `patient`, `encounter`, `need_patient_banner`";
            return refused(&format!("{expected}: {error}"));
        }
    };
    match Launch::begin(state, context) {
        Ok(id) => Reply::json(StatusCode::OK, &json!({"iss": state.fhir_base(), "launch": id})),
        Err(error) => refused(&error.to_string()),
    }
}

fn refused(text: &str) -> Reply {
    Reply::json(StatusCode::BAD_REQUEST, &json!({"error": text}))
}
