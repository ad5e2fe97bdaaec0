//! The transport over reqwest and rustls.

use std::sync::OnceLock;

use bytes::Bytes;
use bytes::BytesMut;
use http::HeaderMap;
use http::Request;
use http::Response;
use http::Uri;
use reqwest::redirect::Policy;
use safire_protocol::url::LoopbackHttp;
use safire_protocol::url::ParsedUrl;
use safire_protocol::url::display_url;
use safire_protocol::url::is_loopback;
use url::Url;

use super::BodyLimit;
use super::ServerSupplied;
use super::Transport;
use super::error::TransportError;
use super::guard::PublicOnly;
use super::guard::names_private_address;
use super::settings::HttpTransportBuilder;
use super::settings::PrivateAddresses;
use super::settings::Roots;
use crate::future::BoxFuture;

/// HTTP/1.1 and HTTP/2 over rustls, one connection pool, with limits everywhere.
///
/// Clone it or share it in an `Arc`: connections are kept and used again.
#[derive(Debug)]
pub struct HttpTransport {
    settings: HttpTransportBuilder,
    /// For http on loopback: no roots to load, so a cold start does not wait for them.
    plain: OnceLock<reqwest::Client>,
    tls: OnceLock<reqwest::Client>,
    guarded: OnceLock<reqwest::Client>,
}

impl Default for HttpTransport {
    fn default() -> Self {
        Self::builder().build()
    }
}

impl HttpTransport {
    /// Sets a transport up.
    #[must_use]
    pub fn builder() -> HttpTransportBuilder {
        HttpTransportBuilder::default()
    }

    pub(super) const fn from_settings(settings: HttpTransportBuilder) -> Self {
        Self { settings, plain: OnceLock::new(), tls: OnceLock::new(), guarded: OnceLock::new() }
    }

    fn client(
        &self,
        url: &Url,
        supplied: Option<ServerSupplied>,
    ) -> Result<&reqwest::Client, TransportError> {
        let shown = || display_url(url);
        match url.scheme() {
            "https" => {}
            "http" if self.settings.loopback == LoopbackHttp::Allowed && is_loopback(url) => {
                return built(&self.plain, || self.build(&Roots::Only(Vec::new()), None));
            }
            #[cfg(feature = "udap")]
            "http" if self.settings.plain_http == super::settings::PlainHttp::Allowed => {}
            _ => return Err(TransportError::NotHttps { url: shown() }),
        }
        let guard = supplied.is_some()
            && self.settings.private_addresses == PrivateAddresses::Refused
            && !(self.settings.loopback == LoopbackHttp::Allowed && is_loopback(url));
        if !guard {
            return built(&self.tls, || self.build(&self.settings.roots, None));
        }
        if names_private_address(url) {
            return Err(TransportError::PrivateAddress { url: shown() });
        }
        built(&self.guarded, || self.build(&self.settings.roots, Some(PublicOnly)))
    }

    fn build(&self, roots: &Roots, resolver: Option<PublicOnly>) -> Result<reqwest::Client, TransportError> {
        let settings = &self.settings;
        let mut builder = reqwest::Client::builder()
            .redirect(Policy::none())
            .referer(false)
            .retry(reqwest::retry::never())
            .user_agent(&settings.user_agent)
            .timeout(settings.total)
            .connect_timeout(settings.connect)
            .pool_idle_timeout(settings.idle)
            .http2_max_header_list_size(u32::try_from(settings.header_limit).unwrap_or(u32::MAX));
        if settings.read < settings.total {
            // Otherwise the total ends the wait first, and a second timer for each request would be idle.
            builder = builder.read_timeout(settings.read);
        }
        builder = match roots {
            Roots::System => builder,
            Roots::SystemAnd(more) => builder.tls_certs_merge(more.iter().cloned()),
            Roots::Only(all) => builder.tls_certs_only(all.iter().cloned()),
        };
        builder = match &settings.proxy {
            Some(proxy) => builder.proxy(proxy.clone()),
            None => builder.no_proxy(),
        };
        if let Some(identity) = &settings.identity {
            builder = builder.identity(identity.clone());
        }
        if let Some(resolver) = resolver {
            builder = builder.dns_resolver(resolver);
        }
        builder.build().map_err(|error| TransportError::Setting {
            setting: "tls",
            detail: std::error::Error::source(&error).map_or_else(|| error.to_string(), ToString::to_string),
        })
    }

    /// Begins the exchange outside of the future that waits for it, which so stays small.
    fn begin(
        &self,
        mut request: Request<Bytes>,
    ) -> Result<(Uri, impl Future<Output = reqwest::Result<reqwest::Response>> + use<>), TransportError> {
        let supplied = request.extensions().get::<ServerSupplied>().copied();
        let url = ParsedUrl::take(&mut request);
        let url = url.ok_or_else(|| TransportError::NotHttps { url: String::new() })?;
        let (parts, body) = request.into_parts();
        let client = self.client(&url, supplied)?;
        let mut outgoing = reqwest::Request::new(parts.method, url);
        *outgoing.headers_mut() = parts.headers;
        *outgoing.body_mut() = (!body.is_empty()).then(|| body.into());
        Ok((parts.uri, client.execute(outgoing)))
    }

    async fn finish(
        &self,
        uri: Uri,
        limit: usize,
        pending: impl Future<Output = reqwest::Result<reqwest::Response>>,
    ) -> Result<Response<Bytes>, TransportError> {
        let mut answer = pending.await.map_err(|error| TransportError::sort(&error, shown(&uri)))?;
        self.check_headers(answer.headers(), &uri)?;
        let body = read(&mut answer, &uri, limit).await?;
        let mut response = Response::new(body);
        *response.status_mut() = answer.status();
        *response.version_mut() = answer.version();
        *response.headers_mut() = std::mem::take(answer.headers_mut());
        Ok(response)
    }

    /// The setting, or less where the request says so.
    fn body_limit(&self, request: &Request<Bytes>) -> usize {
        let own = request.extensions().get::<BodyLimit>().map_or(usize::MAX, |limit| limit.0);
        self.settings.body_limit.min(own)
    }

    fn check_headers(&self, headers: &HeaderMap, uri: &Uri) -> Result<(), TransportError> {
        let size: usize = headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
        let limit = self.settings.header_limit;
        if size > limit { Err(TransportError::HeadersTooLarge { url: shown(uri), limit }) } else { Ok(()) }
    }
}

impl Transport for HttpTransport {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>, TransportError>> {
        let limit = self.body_limit(&request);
        match self.begin(request) {
            Ok((uri, pending)) => Box::pin(self.finish(uri, limit, pending)),
            Err(error) => Box::pin(std::future::ready(Err(error))),
        }
    }
}

async fn read(answer: &mut reqwest::Response, uri: &Uri, limit: usize) -> Result<Bytes, TransportError> {
    let too_large = || TransportError::TooLarge { url: shown(uri), limit };
    let sort = |error: reqwest::Error| TransportError::sort(&error, shown(uri));
    if answer.content_length().is_some_and(|length| length > limit as u64) {
        return Err(too_large());
    }
    let Some(first) = answer.chunk().await.map_err(sort)? else { return Ok(Bytes::new()) };
    if first.len() > limit {
        return Err(too_large());
    }
    // Most answers come in one piece, which is then not copied.
    let Some(second) = answer.chunk().await.map_err(sort)? else { return Ok(first) };
    // Copied at once: a piece of a few bytes would keep the whole buffer that it was read into.
    let mut body = BytesMut::from(first);
    let mut next = Some(second);
    while let Some(chunk) = next {
        if body.len() + chunk.len() > limit {
            return Err(too_large());
        }
        body.extend_from_slice(&chunk);
        next = answer.chunk().await.map_err(sort)?;
    }
    Ok(body.freeze())
}

/// The URL as an error may show it; made only for an error.
fn shown(uri: &Uri) -> String {
    Url::parse(&uri.to_string()).map_or_else(|_| String::new(), |url| display_url(&url))
}

/// `OnceLock::get_or_try_init` in stable Rust: a racing second client is dropped unused.
fn built(
    slot: &OnceLock<reqwest::Client>,
    build: impl FnOnce() -> Result<reqwest::Client, TransportError>,
) -> Result<&reqwest::Client, TransportError> {
    if let Some(client) = slot.get() {
        return Ok(client);
    }
    let client = build()?;
    Ok(slot.get_or_init(|| client))
}
