//! The same for any HTTP client that is a `tower` service.

use std::fmt;
use std::future::poll_fn;
use std::mem;
use std::task::Context;
use std::task::Poll;

use http::Request;
use http::Response;
use http::StatusCode;
use http::header::AUTHORIZATION;
use thiserror::Error;
use tower_layer::Layer;
use tower_service::Service;

use super::authorized::bearer;
use super::need::same;
use super::source::TokenSource;
use crate::error::Error;
use crate::future::BoxFuture;

/// Puts the token on requests to its FHIR server, and asks once more with another token after a 401.
///
/// - Only requests at or below the FHIR base get it; others pass as they are. So does a request that has an
///   `Authorization` of its own.
/// - It sees one exchange: put it *below* a layer that follows redirects, never above, so that each hop is held against
///   the base again. Such a layer must remove `Authorization` when it follows.
/// - After a 401 the request is sent again only if another token was had, and never a third time. For that the body is
///   cloned: use one that is cheap to clone, such as `Full<Bytes>`.
#[derive(Debug, Clone)]
pub struct TokenLayer {
    source: TokenSource,
}

impl TokenLayer {
    /// The layer that takes tokens from this source.
    #[must_use]
    pub const fn new(source: TokenSource) -> Self {
        Self { source }
    }
}

impl<S> Layer<S> for TokenLayer {
    type Service = TokenService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        TokenService { inner, source: self.source.clone() }
    }
}

/// A service below a [`TokenLayer`].
#[derive(Clone)]
pub struct TokenService<S> {
    inner: S,
    source: TokenSource,
}

impl<S> fmt::Debug for TokenService<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenService").field("source", &self.source).finish_non_exhaustive()
    }
}

/// Why a request has no answer.
#[derive(Debug, Clone, Error)]
#[non_exhaustive]
pub enum LayerError<E> {
    /// No token was had; after a 401 the first answer is lost with it.
    #[error(transparent)]
    Token(Error),
    /// The service below failed.
    #[error(transparent)]
    Inner(E),
}

impl<S, B, R> Service<Request<B>> for TokenService<S>
where
    S: Service<Request<B>, Response = Response<R>> + Clone + Send + 'static,
    S::Future: Send,
    B: Clone + Send + 'static,
    R: Send,
{
    type Response = Response<R>;
    type Error = LayerError<S::Error>;
    type Future = BoxFuture<'static, Result<Self::Response, Self::Error>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(context).map_err(LayerError::Inner)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        // The one that is ready is called; the next caller's has to become ready first.
        let next = self.inner.clone();
        let inner = mem::replace(&mut self.inner, next);
        let is_ours =
            self.source.shared.reach.covers(request.uri()) && !request.headers().contains_key(AUTHORIZATION);
        let source = self.source.clone();
        Box::pin(async move {
            if is_ours { authorized(inner, &source, request).await } else { passed_on(inner, request).await }
        })
    }
}

async fn passed_on<S, B, R>(mut inner: S, request: Request<B>) -> Result<Response<R>, LayerError<S::Error>>
where
    S: Service<Request<B>, Response = Response<R>>,
{
    inner.call(request).await.map_err(LayerError::Inner)
}

async fn authorized<S, B, R>(
    mut inner: S,
    source: &TokenSource,
    mut request: Request<B>,
) -> Result<Response<R>, LayerError<S::Error>>
where
    S: Service<Request<B>, Response = Response<R>>,
    B: Clone,
{
    let token = source.token().await.map_err(LayerError::Token)?;
    let mut first = request.clone();
    first.headers_mut().insert(AUTHORIZATION, bearer(&token.access_token).map_err(LayerError::Token)?);
    let response = inner.call(first).await.map_err(LayerError::Inner)?;
    if response.status() != StatusCode::UNAUTHORIZED {
        return Ok(response);
    }
    let next = source.renew_after(&token.access_token).await.map_err(LayerError::Token)?;
    if same(&next.access_token, &token.access_token) {
        return Ok(response);
    }
    drop(response);
    request.headers_mut().insert(AUTHORIZATION, bearer(&next.access_token).map_err(LayerError::Token)?);
    poll_fn(|context| inner.poll_ready(context)).await.map_err(LayerError::Inner)?;
    inner.call(request).await.map_err(LayerError::Inner)
}
