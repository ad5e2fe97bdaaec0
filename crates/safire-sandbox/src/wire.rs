//! From an answer to bytes on a connection.

use std::convert::Infallible;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;
use std::task::Context;
use std::task::Poll;
use std::time::Duration;

use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::stream;
use http::HeaderValue;
use http::Response;
use http::header::CONTENT_LENGTH;
use http_body_util::BodyExt;
use http_body_util::Full;
use http_body_util::StreamBody;
use http_body_util::combinators::UnsyncBoxBody;
use hyper::body::Frame;
use tokio::io::AsyncRead;
use tokio::io::AsyncWrite;
use tokio::io::ReadBuf;
use tokio::net::TcpStream;

use crate::reply::Content;
use crate::reply::Reply;

/// A response body of any kind.
pub(crate) type WireBody = UnsyncBoxBody<Bytes, io::Error>;

/// Turns an answer into a response; `reset` is raised when the connection has to end with a reset.
pub(crate) fn response(reply: Reply, reset: &Arc<AtomicBool>) -> Response<WireBody> {
    let mut length = None;
    let body = match reply.body {
        Content::Whole(bytes) => whole(bytes),
        Content::Half(bytes) => {
            length = Some(bytes.len());
            half(&bytes, reset)
        }
        Content::Endless => endless(),
        Content::Huge(size) => {
            length = usize::try_from(size).ok();
            huge(size)
        }
    };
    let mut response = Response::new(body);
    *response.status_mut() = reply.status;
    *response.headers_mut() = reply.headers;
    if let Some(length) = length {
        response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(length));
    }
    response
}

fn whole(bytes: Bytes) -> WireBody {
    Full::new(bytes).map_err(|never: Infallible| match never {}).boxed_unsync()
}

fn half(bytes: &Bytes, reset: &Arc<AtomicBool>) -> WireBody {
    let start = bytes.slice(..bytes.len() / 2);
    let reset = Arc::clone(reset);
    let end = stream::once(async move {
        // Lets hyper write the first half before the reset overtakes it.
        tokio::time::sleep(Duration::from_millis(20)).await;
        reset.store(true, Ordering::Relaxed);
        Err(io::Error::from(io::ErrorKind::ConnectionReset))
    });
    StreamBody::new(stream::once(async move { Ok(Frame::data(start)) }).chain(end)).boxed_unsync()
}

fn endless() -> WireBody {
    let start = stream::once(async { Ok(Frame::data(Bytes::from_static(b"{"))) });
    let blanks = stream::unfold((), |()| async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        Some((Ok(Frame::data(Bytes::from_static(b" "))), ()))
    });
    StreamBody::new(start.chain(blanks)).boxed_unsync()
}

fn huge(size: u64) -> WireBody {
    let parts = stream::unfold(size, |left| async move {
        let part = left.min(BLANKS.len() as u64);
        let bytes = BLANKS.get(..usize::try_from(part).unwrap_or(BLANKS.len()))?;
        (part > 0).then(|| (Ok(Frame::data(Bytes::from_static(bytes))), left - part))
    });
    StreamBody::new(parts).boxed_unsync()
}

/// A connection that ends with a reset in place of a proper close, when told so.
#[derive(Debug)]
pub(crate) struct Wire {
    stream: TcpStream,
    reset: Arc<AtomicBool>,
}

impl Wire {
    pub(crate) fn new(stream: TcpStream, reset: Arc<AtomicBool>) -> Self {
        Self { stream, reset }
    }
}

#[cfg(feature = "udap")]
impl Wire {
    pub(crate) const fn stream(&self) -> &TcpStream {
        &self.stream
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        if self.reset.load(Ordering::Relaxed) {
            // A socket that does not linger sends RST when it is closed.
            let _ = self.stream.set_zero_linger();
        }
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Wire {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

static BLANKS: [u8; 65_536] = [b' '; 65_536];
