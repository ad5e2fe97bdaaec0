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
use crate::counts::count;
use crate::endpoint::Endpoint;
use crate::fault::Act;
use crate::fault::Strike;
use crate::reply::Reply;
use crate::routes::route;
use crate::state::State;
use crate::wire;
use crate::wire::WireBody;

/// Reads the request whole, records it, lets a fault strike, answers.
pub(crate) async fn serve(
    state: Arc<State>,
    reset: Arc<AtomicBool>,
    request: Request<Incoming>,
) -> Result<Response<WireBody>, io::Error> {
    let (parts, body) = request.into_parts();
    let Ok(body) = Limited::new(body, LIMIT).collect().await else {
        return Ok(wire::response(Reply::new(StatusCode::PAYLOAD_TOO_LARGE), &reset));
    };
    let asked = Asked {
        method: parts.method,
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().map(str::to_owned),
        headers: parts.headers,
        body: body.to_bytes(),
    };
    note(&state, &asked);
    let reply = match Endpoint::of(&asked.path).and_then(|endpoint| state.faults.at(endpoint)) {
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
                Act::Instead(_) | Act::Edit(_) | Act::After(_) | Act::Refuse | Act::Forge(_) => {}
            }
            let scene = active.scene(&state.origin, &asked.path, &asked.body);
            let strike = Strike { act, scene: &scene };
            match strike.instead() {
                Some(reply) => reply,
                None => strike.after(route(&state, &asked, Some(strike)).await),
            }
        }
    };
    Ok(wire::response(reply, &reset))
}

fn note(state: &State, asked: &Asked) {
    if asked.path.starts_with("/_control/") {
        return;
    }
    state.recorder.keep(asked);
    let counters = &state.counters;
    count(&counters.requests);
    match Endpoint::of(&asked.path) {
        Some(Endpoint::Discovery) => count(&counters.discoveries),
        Some(Endpoint::Register) => count(&counters.register),
        Some(Endpoint::Authorize) => count(&counters.authorize),
        Some(Endpoint::Token) => count(&counters.token),
        Some(Endpoint::Jwks) => count(&counters.jwks),
        Some(Endpoint::IdToken | Endpoint::Fhir | Endpoint::Introspect | Endpoint::Revoke) | None => {}
    }
}

/// The largest request body that is read.
const LIMIT: usize = 1 << 20;
