//! Redirects of a discovery GET: at most three, never to a weaker scheme, never to a stranger.

use std::borrow::Cow;

use bytes::Bytes;
use http::HeaderMap;
use http::Request;
use http::Response;
use http::Uri;
use http::header::LOCATION;
use safire_protocol::fault::Diagnose;
use safire_protocol::fault::Fault;
use safire_protocol::url::LoopbackHttp;
use safire_protocol::url::UrlPolicy;
use safire_protocol::url::display_url;
use safire_protocol::url::is_loopback;
use thiserror::Error;
use url::Url;

use super::Transport;
use super::error::TransportError;
use super::retry::RetryPolicy;

const MAX_REDIRECTS: usize = 3;

/// Why a redirect was not followed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum RedirectError {
    /// More than three in a row.
    #[error("{url} redirects more than {MAX_REDIRECTS} times, last to {last}")]
    TooMany {
        /// Where it began.
        url: String,
        /// Where it would go on.
        last: String,
    },
    /// From https to something weaker.
    #[error("{url} redirects to {target}, which is not https")]
    Weaker {
        /// Where it began.
        url: String,
        /// Where it would go.
        target: String,
    },
    /// To a host that the policy does not name.
    #[error("{url} redirects to another origin, {target}")]
    OtherOrigin {
        /// Where it began.
        url: String,
        /// Where it would go.
        target: String,
    },
    /// No `Location`, or one that is not a URL.
    #[error("{url} answers with redirect status {status} and {problem}")]
    NoTarget {
        /// Where it began.
        url: String,
        /// The HTTP status.
        status: u16,
        /// What is wrong.
        problem: &'static str,
    },
}

impl Diagnose for RedirectError {
    fn code(&self) -> &'static str {
        match self {
            Self::TooMany { .. } => "redirect-loop",
            Self::Weaker { .. } => "redirect-not-https",
            Self::OtherOrigin { .. } => "redirect-other-origin",
            Self::NoTarget { .. } => "redirect-without-target",
        }
    }

    fn fault(&self) -> Fault {
        Fault::Server
    }

    fn hint(&self) -> Option<Cow<'_, str>> {
        Some(Cow::Borrowed(match self {
            Self::TooMany { .. } | Self::NoTarget { .. } => {
                "the server is set up wrongly at this path: ask its operator for the right FHIR base URL"
            }
            Self::Weaker { .. } => {
                "nothing is sent without TLS: ask the server's operator for the https FHIR base URL"
            }
            Self::OtherOrigin { .. } => {
                "if the new place is the right one, use it as the FHIR base, or name its host with `--auth-host`"
            }
        }))
    }

    fn endpoint(&self) -> Option<&str> {
        match self {
            Self::TooMany { url, .. }
            | Self::Weaker { url, .. }
            | Self::OtherOrigin { url, .. }
            | Self::NoTarget { url, .. } => Some(url),
        }
    }
}

/// What a followed GET can fail with.
#[derive(Debug, Clone)]
pub(crate) enum FollowError {
    Transport(TransportError),
    Redirect(RedirectError),
}

/// The last answer and where it came from.
#[derive(Debug)]
pub(crate) struct Followed {
    pub(crate) url: Url,
    pub(crate) response: Response<Bytes>,
}

/// Sends a GET, repeats it where that may help, and follows its redirects by the rule.
#[derive(Debug)]
pub(crate) struct Follower<'a> {
    pub(crate) transport: &'a dyn Transport,
    pub(crate) policy: &'a UrlPolicy,
    pub(crate) retry: RetryPolicy,
    pub(crate) headers: &'a HeaderMap,
}

impl Follower<'_> {
    /// Sends `request` to `url`.
    pub(crate) async fn get(&self, url: Url, request: Request<Bytes>) -> Result<Followed, FollowError> {
        let (mut parts, _) = request.into_parts();
        for (name, value) in self.headers {
            parts.headers.insert(name, value.clone());
        }
        let mut at = url.clone();
        let mut hops = 0;
        loop {
            let response = self.once(&at, &parts.headers).await.map_err(FollowError::Transport)?;
            if !is_redirect(response.status().as_u16()) {
                return Ok(Followed { url: at, response });
            }
            let target = self.target(&url, &at, &response).map_err(FollowError::Redirect)?;
            if hops == MAX_REDIRECTS {
                let error = RedirectError::TooMany { url: display_url(&url), last: display_url(&target) };
                return Err(FollowError::Redirect(error));
            }
            if target.origin() != at.origin() {
                // What the caller sends along was meant for the first origin.
                for name in self.headers.keys() {
                    parts.headers.remove(name);
                }
            }
            hops += 1;
            at = target;
        }
    }

    async fn once(&self, at: &Url, headers: &HeaderMap) -> Result<Response<Bytes>, TransportError> {
        let mut tried = 0;
        loop {
            let mut request = Request::new(Bytes::new());
            *request.uri_mut() =
                at.as_str().parse::<Uri>().map_err(|_| TransportError::NotHttps { url: display_url(at) })?;
            *request.headers_mut() = headers.clone();
            let outcome = self.transport.send(request).await;
            tried += 1;
            match self.retry.pause(tried, &outcome) {
                Some(pause) => {
                    tracing::info!(url = %display_url(at), tried, pause_ms = pause.as_millis(), "GET is sent again");
                    tokio::time::sleep(pause).await;
                }
                None => return outcome,
            }
        }
    }

    fn target(&self, first: &Url, at: &Url, response: &Response<Bytes>) -> Result<Url, RedirectError> {
        let problem = |problem| RedirectError::NoTarget {
            url: display_url(first),
            status: response.status().as_u16(),
            problem,
        };
        let location = response.headers().get(LOCATION).ok_or_else(|| problem("no `Location`"))?;
        let location = location.to_str().map_err(|_| problem("a `Location` that is not text"))?;
        // RFC 9110 §10.2.2: relative to the URL that answered.
        #[expect(clippy::disallowed_methods, reason = "a reference is resolved, not a path appended")]
        let target = at.join(location).map_err(|_| problem("a `Location` that is not a URL"))?;
        let loopback = self.policy.loopback == LoopbackHttp::Allowed && is_loopback(&target);
        let url = || display_url(first);
        if target.scheme() != "https" && !(loopback && target.scheme() == "http" && at.scheme() == "http") {
            return Err(RedirectError::Weaker { url: url(), target: display_url(&target) });
        }
        let host = target.host_str().unwrap_or_default();
        let named = self.policy.auth_hosts.iter().any(|allowed| allowed.eq_ignore_ascii_case(host));
        if target.origin() == at.origin() || named || (loopback && is_loopback(at)) {
            Ok(target)
        } else {
            Err(RedirectError::OtherOrigin { url: url(), target: display_url(&target) })
        }
    }
}

/// The statuses that name another place; 304 does not, and the rest of 3xx is the step's to judge.
const fn is_redirect(status: u16) -> bool {
    matches!(status, 301 | 302 | 303 | 307 | 308)
}
