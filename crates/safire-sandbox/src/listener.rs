//! Accepting connections until the sandbox goes.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use hyper_util::rt::TokioTimer;
use tokio::io::AsyncRead;
use tokio::io::AsyncWrite;
use tokio::net::TcpListener;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;

use crate::service::serve;
use crate::tenants::World;
use crate::wire::Wire;

/// Serves connections until the other end of `stop` is dropped.
pub(crate) async fn accept(
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    world: Arc<World>,
    mut stop: watch::Receiver<()>,
) {
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stop.changed() => return,
        };
        match accepted {
            Ok((stream, _)) => {
                let (tls, world, mut stop) = (tls.clone(), Arc::clone(&world), stop.clone());
                tokio::spawn(async move {
                    tokio::select! {
                        () = connection(stream, tls, world) => {}
                        _ = stop.changed() => {}
                    }
                });
            }
            Err(error) => {
                // Out of file descriptors, mostly: wait for connections to end.
                tracing::warn!(%error, "cannot accept a connection");
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
    }
}

async fn connection(stream: TcpStream, tls: Option<TlsAcceptor>, world: Arc<World>) {
    let _ = stream.set_nodelay(true);
    let reset = Arc::new(AtomicBool::new(false));
    let wire = Wire::new(stream, Arc::clone(&reset));
    match tls {
        None => exchange(wire, reset, world).await,
        #[cfg(feature = "udap")]
        Some(_) if is_plain(wire.stream()).await => crate::udap::published(wire, reset, world).await,
        Some(acceptor) => match acceptor.accept(wire).await {
            Ok(stream) => exchange(stream, reset, world).await,
            Err(error) => tracing::debug!(%error, "no TLS with this client"),
        },
    }
}

/// Whether something else than a TLS handshake comes: lists and issuers of certificates are fetched without TLS.
#[cfg(feature = "udap")]
async fn is_plain(stream: &TcpStream) -> bool {
    /// RFC 8446 §5.1: the content type `handshake`.
    const HANDSHAKE: u8 = 22;
    let mut first = [0_u8];
    matches!(stream.peek(&mut first).await, Ok(1) if first != [HANDSHAKE])
}

async fn exchange<S>(stream: S, reset: Arc<AtomicBool>, world: Arc<World>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = service_fn(move |request| serve(Arc::clone(&world), Arc::clone(&reset), request));
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .max_buf_size(4 << 20)
        .serve_connection(TokioIo::new(stream), service)
        .await;
    if let Err(error) = served {
        tracing::debug!(%error, "a connection ended early");
    }
}
