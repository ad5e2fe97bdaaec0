//! Shows every exchange, secrets masked.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::Request;
use http::Response;
use safire_protocol::transcript;

use super::Transport;
use super::error::TransportError;
use crate::clock::Clock;
use crate::future::BoxFuture;

/// One request and what became of it, as it may be shown: every secret is masked.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Exchange {
    /// The method.
    pub method: String,
    /// The URL.
    pub url: String,
    /// The request's header fields.
    pub request_headers: Vec<(String, String)>,
    /// The request's body.
    pub request_body: String,
    /// What became of it.
    pub outcome: Outcome,
    /// How long it took.
    pub elapsed: Duration,
}

/// What became of a request.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Outcome {
    /// A complete answer.
    Answered {
        /// The HTTP status.
        status: u16,
        /// Its header fields.
        headers: Vec<(String, String)>,
        /// Its body.
        body: String,
    },
    /// No complete answer.
    Failed {
        /// Why.
        message: String,
    },
}

/// A transport that tells each exchange to a listener.
pub struct Explained {
    inner: Arc<dyn Transport>,
    clock: Arc<dyn Clock>,
    listener: Arc<dyn Fn(&Exchange) + Send + Sync>,
}

impl Explained {
    /// Tells every exchange of `inner` to `listener`.
    #[must_use]
    pub fn new(
        inner: Arc<dyn Transport>,
        clock: Arc<dyn Clock>,
        listener: Arc<dyn Fn(&Exchange) + Send + Sync>,
    ) -> Self {
        Self { inner, clock, listener }
    }
}

impl fmt::Debug for Explained {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Explained").field("inner", &self.inner).finish_non_exhaustive()
    }
}

impl Transport for Explained {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>, TransportError>> {
        Box::pin(async move {
            let started = self.clock.elapsed();
            let mut exchange = Exchange {
                method: request.method().to_string(),
                url: transcript::mask_uri(request.uri()),
                request_headers: transcript::mask_headers(request.headers()),
                request_body: transcript::mask_body(content_type(request.headers()), request.body()),
                outcome: Outcome::Failed { message: String::new() },
                elapsed: Duration::ZERO,
            };
            let answer = self.inner.send(request).await;
            exchange.elapsed = self.clock.elapsed().saturating_sub(started);
            exchange.outcome = match &answer {
                Ok(response) => Outcome::Answered {
                    status: response.status().as_u16(),
                    headers: transcript::mask_headers(response.headers()),
                    body: transcript::mask_body(content_type(response.headers()), response.body()),
                },
                Err(error) => Outcome::Failed { message: error.to_string() },
            };
            (self.listener)(&exchange);
            answer
        })
    }
}

fn content_type(headers: &http::HeaderMap) -> Option<&str> {
    headers.get(http::header::CONTENT_TYPE).and_then(|value| value.to_str().ok())
}
