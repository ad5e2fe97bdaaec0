//! The port of a sandbox with TLS, for those who come without: they get revocation lists and issuers.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use http::StatusCode;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use hyper_util::rt::TokioTimer;

use super::distribution::ISSUERS;
use super::distribution::LISTS;
use crate::reply::Reply;
use crate::service::serve;
use crate::tenants::World;
use crate::wire;
use crate::wire::Wire;

/// Serves a connection without TLS: what is signed anyway, and nothing else.
pub(crate) async fn published(stream: Wire, reset: Arc<AtomicBool>, world: Arc<World>) {
    let service = service_fn(move |request: http::Request<hyper::body::Incoming>| {
        let (world, reset) = (Arc::clone(&world), Arc::clone(&reset));
        async move {
            let path = request.uri().path();
            if path.starts_with(LISTS) || path.starts_with(ISSUERS) {
                return serve(world, reset, request).await;
            }
            let reply = Reply::new(StatusCode::BAD_REQUEST).with_body("text/plain", "this port speaks TLS\n");
            Ok(wire::response(reply, &reset))
        }
    });
    let served =
        http1::Builder::new().timer(TokioTimer::new()).serve_connection(TokioIo::new(stream), service).await;
    if let Err(error) = served {
        tracing::debug!(%error, "a connection ended early");
    }
}
