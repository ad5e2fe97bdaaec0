//! The one place that opens sockets.

mod error;
mod explain;
mod follow;
mod guard;
mod http;
mod retry;
mod settings;

pub use self::http::HttpTransport;
pub use error::TransportError;
pub use explain::Exchange;
pub use explain::Explained;
pub use explain::Outcome;
pub(crate) use follow::FollowError;
pub(crate) use follow::Follower;
pub use follow::RedirectError;
pub(crate) use guard::names_private_address;
pub(crate) use retry::RetryPolicy;
pub use settings::HttpTransportBuilder;

use std::fmt::Debug;

use ::http::Request;
use ::http::Response;
use bytes::Bytes;

use crate::future::BoxFuture;

/// Sends one request and returns its whole answer.
///
/// An implementation does exactly one exchange: it follows no redirect and repeats nothing. It bounds time,
/// header size and body size (after decompression), and refuses http except on loopback where that was allowed.
pub trait Transport: Send + Sync + Debug {
    /// Sends the request.
    ///
    /// # Errors
    /// [`TransportError`] when no complete answer came within the limits.
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>, TransportError>>;
}

/// Marks a request whose URL the server supplied, as an extension of the request: the private-address guard
/// looks at these only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "a marker")]
pub struct ServerSupplied;

/// The most bytes that are read of the answer to this request, as an extension of the request; the transport's own
/// limit counts too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "a number with a name")]
pub struct BodyLimit(pub usize);
