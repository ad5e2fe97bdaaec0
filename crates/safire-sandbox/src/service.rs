//! One request on one connection.

use std::io;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use http::Request;
use http::Response;
use http::StatusCode;
use http_body_util::BodyExt;
use http_body_util::Limited;
use hyper::body::Incoming;

use crate::asked::Asked;
use crate::endpoint::Endpoint;
use crate::fault::Act;
use crate::fault::Strike;
use crate::reply::Reply;
use crate::routes::route;
use crate::state::State;
use crate::tenants;
use crate::tenants::World;
use crate::wire;
use crate::wire::WireBody;

/// Reads the request whole, records it, lets a fault strike, answers.
pub(crate) async fn serve(
    world: Arc<World>,
    reset: Arc<AtomicBool>,
    request: Request<Incoming>,
) -> Result<Response<WireBody>, io::Error> {
    let (parts, body) = request.into_parts();
    let Ok(body) = Limited::new(body, LIMIT).collect().await else {
        return Ok(wire::response(Reply::new(StatusCode::PAYLOAD_TOO_LARGE), &reset));
    };
    let (state, path) = world.find(parts.uri.path());
    let asked = Asked {
        method: parts.method,
        path,
        query: parts.uri.query().map(str::to_owned),
        headers: parts.headers,
        body: body.to_bytes(),
    };
    if let Some(reply) = tenants::control(&world, &state, &asked) {
        return Ok(wire::response(reply, &reset));
    }
    note(&state, parts.uri.path(), &asked);
    let reply = match Endpoint::of(&asked.path).and_then(|endpoint| state.fault_at(endpoint)) {
        None => route(&state, &asked, None).await,
        Some(active) => {
            let act = active.act();
            match act {
                Act::Close => return Err(io::ErrorKind::ConnectionAborted.into()),
                Act::Wait => match active.pause() {
                    Some(pause) => tokio::time::sleep(pause).await,
                    // Ends when the client goes away: hyper drops this future then.
                    None => std::future::pending().await,
                },
                Act::Instead(_)
                | Act::Edit(_)
                | Act::After(_)
                | Act::Refuse
                | Act::Forge(_)
                | Act::Flaw(_) => {}
            }
            let scene = active.scene(&state.issuer, &asked.path, &asked.body);
            let strike = Strike { act, scene: &scene };
            match strike.instead() {
                Some(reply) => reply,
                None => strike.after(route(&state, &asked, Some(strike)).await),
            }
        }
    };
    Ok(wire::response(reply, &reset))
}

fn note(state: &State, path: &str, asked: &Asked) {
    if asked.path.starts_with("/_control/") {
        return;
    }
    state.recorder.keep(path, asked);
    state.count(|counters| &counters.requests);
    match Endpoint::of(&asked.path) {
        Some(Endpoint::Discovery | Endpoint::Udap) => state.count(|counters| &counters.discoveries),
        Some(Endpoint::Register) => state.count(|counters| &counters.register),
        Some(Endpoint::Manage) => state.count(|counters| &counters.manage),
        Some(Endpoint::Authorize) => state.count(|counters| &counters.authorize),
        Some(Endpoint::Token) => state.count(|counters| &counters.token),
        Some(Endpoint::Jwks) => state.count(|counters| &counters.jwks),
        Some(
            Endpoint::Crl
            | Endpoint::Aia
            | Endpoint::IdToken
            | Endpoint::Fhir
            | Endpoint::Introspect
            | Endpoint::Revoke,
        )
        | None => {}
    }
}

/// The largest request body that is read.
const LIMIT: usize = 1 << 20;
