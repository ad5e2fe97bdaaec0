//! Fetches what a verification needs: revocation lists, issuers and OCSP answers.
//!
//! Their URLs come from certificates, some of them not trusted yet. So nothing of ours goes along, http is used as
//! certificates name it, a redirect stays on its host, and time, size and number are bounded.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::HeaderValue;
use http::Method;
use http::Request;
use http::Response;
use http::header::ACCEPT;
use http::header::CONTENT_TYPE;
use http::header::LOCATION;
use safire_protocol::pki::Need;
use safire_protocol::url::UrlPolicy;
use safire_protocol::url::display_url;
use url::Url;

use super::evidence_cache::Outcome;
use super::trust::EvidenceLimits;
use super::trust::UdapTrust;
use crate::clock::Clock;
use crate::server::time_to_live;
use crate::transport::BodyLimit;
use crate::transport::HttpTransport;
use crate::transport::ServerSupplied;
use crate::transport::Transport;

/// How long evidence is kept where its answer does not say.
const TTL: Duration = Duration::from_secs(3600);
const MOST_REDIRECTS: usize = 2;

/// Where evidence comes from.
pub(super) fn transport(trust: &UdapTrust, urls: &UrlPolicy) -> Arc<dyn Transport> {
    trust.transport.clone().unwrap_or_else(|| {
        let limits = trust.limits;
        let builder = HttpTransport::builder().loopback(urls.loopback).timeout(limits.each);
        // The need itself says how much is read; this is what no need may exceed.
        Arc::new(builder.body_limit(32 * 1024 * 1024).for_signed_evidence().build())
    })
}

/// The fetches of one verification.
pub(super) struct Fetches<'a> {
    transport: &'a dyn Transport,
    trust: &'a UdapTrust,
    clock: &'a dyn Clock,
    begun: Duration,
    hosts: BTreeSet<String>,
    /// What was not fetched now but before.
    pub(super) from_cache: Vec<Need>,
}

impl<'a> Fetches<'a> {
    pub(super) fn new(transport: &'a dyn Transport, trust: &'a UdapTrust, clock: &'a dyn Clock) -> Self {
        let begun = clock.elapsed();
        Self { transport, trust, clock, begun, hosts: BTreeSet::new(), from_cache: Vec::new() }
    }

    /// The body for a need, kept or fetched, of at most `max_bytes`.
    pub(super) async fn get(&mut self, need: &Need, max_bytes: usize) -> Outcome {
        if let Some(kept) = self.trust.fetched.get(need, self.clock.elapsed()) {
            self.from_cache.push(need.clone());
            return kept;
        }
        let fetched = self.fetch(need, max_bytes).await;
        let (outcome, ttl) = match fetched {
            Ok((body, ttl)) => (Ok(body), ttl),
            Err(why) => {
                tracing::warn!(what = need.what(), url = need.url(), why, "not fetched");
                (Err(why), Duration::ZERO)
            }
        };
        self.trust.fetched.put(need, outcome.clone(), self.clock.elapsed(), ttl);
        outcome
    }

    async fn fetch(&mut self, need: &Need, max_bytes: usize) -> Result<(Bytes, Duration), String> {
        let EvidenceLimits { total, hosts, .. } = self.trust.limits;
        let mut url = checked(need.url())?;
        self.hosts.insert(url.host_str().unwrap_or_default().to_owned());
        if self.hosts.len() > hosts {
            return Err(format!("more than {hosts} hosts are named"));
        }
        for _ in 0..=MOST_REDIRECTS {
            let spent = self.clock.elapsed().saturating_sub(self.begun);
            if spent >= total {
                return Err(format!("the {} s for everything that is fetched are over", total.as_secs()));
            }
            tracing::info!(what = need.what(), url = %display_url(&url), "fetched for a certificate");
            let response = self
                .transport
                .send(request(need, &url, max_bytes)?)
                .await
                .map_err(|error| error.to_string())?;
            match response.status().as_u16() {
                200 => return body(response, max_bytes),
                301 | 302 | 303 | 307 | 308 if need.body().is_none() => url = target(&url, &response)?,
                status => return Err(format!("HTTP {status}")),
            }
        }
        Err(format!("more than {MOST_REDIRECTS} redirects"))
    }
}

fn body(response: Response<Bytes>, max_bytes: usize) -> Result<(Bytes, Duration), String> {
    let ttl = time_to_live(response.headers(), TTL);
    let body = response.into_body();
    if body.len() > max_bytes { Err(format!("more than {max_bytes} bytes")) } else { Ok((body, ttl)) }
}

/// http and https, a host, and nothing that would be a credential.
fn checked(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|_| "not a URL".to_owned())?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(format!("only http and https are fetched, not {}", url.scheme()));
    }
    if !url.has_host() || !url.username().is_empty() || url.password().is_some() {
        return Err("a URL with user information is not used".to_owned());
    }
    Ok(url)
}

fn request(need: &Need, url: &Url, max_bytes: usize) -> Result<Request<Bytes>, String> {
    let mut request = Request::new(Bytes::copy_from_slice(need.body().unwrap_or_default()));
    if need.body().is_some() {
        *request.method_mut() = Method::POST;
    }
    *request.uri_mut() = url.as_str().parse().map_err(|_| "not a URL that can be sent".to_owned())?;
    let headers = request.headers_mut();
    headers.insert(ACCEPT, HeaderValue::from_static(need.accept()));
    if let Some(content_type) = need.content_type() {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    }
    request.extensions_mut().insert(ServerSupplied);
    request.extensions_mut().insert(BodyLimit(max_bytes));
    Ok(request)
}

fn target(at: &Url, response: &Response<Bytes>) -> Result<Url, String> {
    let location = response.headers().get(LOCATION).and_then(|value| value.to_str().ok());
    let location = location.ok_or_else(|| "a redirect without a target".to_owned())?;
    // RFC 9110 §10.2.2: relative to the URL that answered.
    #[expect(clippy::disallowed_methods, reason = "a reference is resolved, not a path appended")]
    let target = at.join(location).map_err(|_| "a redirect to something that is no URL".to_owned())?;
    let target = checked(target.as_str())?;
    let weaker = at.scheme() == "https" && target.scheme() == "http";
    if target.host() != at.host() || weaker {
        return Err("a redirect to another host, which is not followed".to_owned());
    }
    Ok(target)
}
