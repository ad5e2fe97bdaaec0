//! Registration with a software statement, UDAP Security 2.0 §3.

use std::sync::Arc;

use http::StatusCode;
use safire_protocol::json::JsonObject;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use super::certification;
use super::client_metadata;
use super::client_metadata::Checked;
use super::client_metadata::Wish;
use super::membership::Membership;
use super::signed::Claims;
use super::signed::SignedJwt;
use super::signed::strings;
use crate::asked::Asked;
use crate::client::Client;
use crate::client::Registrant;
use crate::clock::now;
use crate::fault::Flaw;
use crate::fault::Strike;
use crate::lock::lock;
use crate::random;
use crate::reply::Reply;
use crate::state::State;

/// Where clients register by UDAP.
pub(crate) const REGISTRATION_PATH: &str = "/udap/register";

/// A refusal, UDAP Dynamic Client Registration §5.2.
struct Refusal {
    error: &'static str,
    description: String,
}

/// A request that keeps the rules.
struct Request {
    statement: String,
    registrant: Registrant,
    checked: Checked,
}

/// Registers, modifies or cancels.
pub(crate) async fn answer(state: &State, asked: &Asked, strike: Option<Strike<'_>>) -> Reply {
    let Ok(memberships) = state.udap.memberships().await else {
        return unavailable("there are no certificates");
    };
    match read(state, asked, memberships) {
        Ok(request) => settle(state, request, strike),
        Err(refusal) => Reply::oauth_error(StatusCode::BAD_REQUEST, refusal.error, &refusal.description),
    }
}

fn read(state: &State, asked: &Asked, memberships: &[Arc<Membership>]) -> Result<Request, Refusal> {
    let body = body(asked).map_err(|why| Refusal::new("invalid_client_metadata", why))?;
    let statement = body.get("software_statement").and_then(Value::as_str).unwrap_or_default().to_owned();
    let invalid = |why| Refusal::new("invalid_software_statement", why);
    let unapproved = |why| Refusal::new("unapproved_software_statement", why);
    let jwt = SignedJwt::read(&statement).map_err(invalid)?;
    let membership = jwt.community(memberships).map_err(unapproved)?;
    let uri = jwt.text("iss").ok_or_else(|| invalid("the token has no `iss`".to_owned()))?.to_owned();
    jwt.is_by(&uri).map_err(invalid)?;
    let endpoint = endpoint(state);
    let wanted =
        Claims { issuer: &uri, subject: Some(&uri), audience: Some(&endpoint), lifetime: LONGEST_STATEMENT };
    jwt.check(&wanted).map_err(invalid)?;
    jwt.use_once(state).map_err(invalid)?;
    let checked =
        client_metadata::check(&jwt.claims).map_err(|why| Refusal::new("invalid_client_metadata", why))?;
    if checked.wish == Wish::Register {
        let certifications = body.get("certifications").and_then(strings).unwrap_or_default();
        let required = state.udap.required_certifications();
        certification::check(&certifications, required, membership, &uri, &endpoint).map_err(unapproved)?;
    }
    let registrant = Registrant { community: membership.community.uri().to_owned(), uri };
    Ok(Request { statement, registrant, checked })
}

fn body(asked: &Asked) -> Result<Map<String, Value>, String> {
    if asked.media_type().as_deref() != Some("application/json") {
        return Err("the Content-Type must be application/json".to_owned());
    }
    let object = JsonObject::parse(&asked.body).map_err(|error| error.to_string())?;
    if let Some(name) = object.doubled.first() {
        return Err(format!("`{name}` is there twice"));
    }
    let body = object.members;
    if body.get("udap") != Some(&json!("1")) {
        return Err("`udap` must be \"1\"".to_owned());
    }
    if body.get("certifications").is_some_and(|value| strings(value).is_none()) {
        return Err("`certifications` must be an array of strings".to_owned());
    }
    Ok(body)
}

/// One registration for each client of a community: the lock is held until it is settled.
fn settle(state: &State, request: Request, strike: Option<Strike<'_>>) -> Reply {
    let flaw = strike.as_ref().and_then(Strike::flaw);
    let key = (request.registrant.community.clone(), request.registrant.uri.clone());
    let mut registered = lock(&state.udap.registered);
    let known = registered.get(&key).cloned();
    if request.checked.wish == Wish::Cancel {
        let Some(id) = known else {
            let why = "there is no registration to cancel";
            return Reply::oauth_error(StatusCode::BAD_REQUEST, "invalid_client_metadata", why);
        };
        if flaw == Some(Flaw::CancellationUnconfirmed) {
            let mut members = request.checked.metadata;
            members.insert("grant_types".to_owned(), json!(["client_credentials"]));
            return answered(StatusCode::OK, &members_of(&id, &request.statement, members));
        }
        registered.remove(&key);
        end(state, &id);
        return answered(StatusCode::OK, &members_of(&id, &request.statement, request.checked.metadata));
    }
    let kept = known.clone().filter(|_| flaw != Some(Flaw::ReplacedClientId));
    let (status, id) = match (kept, random::identifier()) {
        (Some(id), _) => (StatusCode::OK, id),
        (None, Ok(id)) => (StatusCode::CREATED, id),
        (None, Err(_)) => return unavailable("no random numbers"),
    };
    // §3.4: with another id, the registration of the older one ends.
    if let Some(old) = known.filter(|old| *old != id) {
        end(state, &old);
    }
    let proper = members_of(&id, &request.statement, request.checked.metadata);
    let mut sent = proper.clone();
    if let Some(strike) = strike {
        strike.edit(&mut sent);
    }
    let reply = answered(status, &sent);
    let mut client = Client::of_answer(&proper, &sent, Vec::new());
    client.udap = Some(request.registrant);
    registered.insert(key, client.id.clone());
    let mut clients = lock(&state.clients);
    if let Some(older) = clients.get(&client.id) {
        client.standing = Arc::clone(&older.standing);
    }
    clients.insert(client);
    state.count(|counters| &counters.registrations_issued);
    reply
}

/// RFC 7591 §3.2.1: the statement goes back as it came.
fn members_of(id: &str, statement: &str, metadata: Map<String, Value>) -> Map<String, Value> {
    let mut members = Map::with_capacity(metadata.len() + 3);
    members.insert("client_id".to_owned(), json!(id));
    members.insert("client_id_issued_at".to_owned(), json!(now()));
    members.insert("software_statement".to_owned(), json!(statement));
    members.extend(metadata);
    members
}

fn answered(status: StatusCode, members: &Map<String, Value>) -> Reply {
    Reply::json(status, members).no_store()
}

fn end(state: &State, id: &str) {
    let mut clients = lock(&state.clients);
    if let Some(client) = clients.get(id).cloned() {
        client.standing.end();
        clients.remove(&client);
    }
}

pub(super) fn endpoint(state: &State) -> String {
    format!("{}{REGISTRATION_PATH}", state.issuer)
}

fn unavailable(why: &str) -> Reply {
    Reply::oauth_error(StatusCode::SERVICE_UNAVAILABLE, "temporarily_unavailable", why)
}

impl Refusal {
    const fn new(error: &'static str, description: String) -> Self {
        Self { error, description }
    }
}

/// §3.1: five minutes.
const LONGEST_STATEMENT: i64 = 300;
