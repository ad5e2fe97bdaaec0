//! Plain HTTP on loopback, for those who play a part beside the client under test.

use bytes::Bytes;
use http::HeaderMap;
use http::Method;
use http::Request;
use http::Response;
use safire::protocol::url::LoopbackHttp;
use safire::transport::HttpTransport;
use safire::transport::Transport;

use crate::failure::Failure;

/// The largest answer that is read: a screenshot is the largest there is.
const BODY_LIMIT: usize = 32 * 1024 * 1024;

/// One exchange after the other. It is Safire's transport, which does exactly that: it follows nothing, keeps nothing.
#[derive(Debug)]
pub(crate) struct Http(HttpTransport);

impl Http {
    pub(crate) fn new() -> Self {
        Self::of(HttpTransport::builder().loopback(LoopbackHttp::Allowed))
    }

    pub(crate) fn of(builder: safire::transport::HttpTransportBuilder) -> Self {
        Self(builder.body_limit(BODY_LIMIT).build())
    }

    pub(crate) async fn send(
        &self,
        method: Method,
        url: &str,
        headers: HeaderMap,
        body: Bytes,
    ) -> Result<Response<Bytes>, Failure> {
        let mut request = Request::new(body);
        let target = url.parse().map_err(|error| Failure::new(format!("{url} cannot be opened: {error}")))?;
        (*request.method_mut(), *request.uri_mut(), *request.headers_mut()) = (method, target, headers);
        // The source says what the transport met, such as a refused connection.
        self.0.send(request).await.map_err(|error| Failure::new(format!("{url} gave no answer: {error:?}")))
    }
}
