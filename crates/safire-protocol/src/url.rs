//! URLs that are compared keep their text; URLs that are used are checked first.

use std::fmt;

use thiserror::Error;
use url::Host;
use url::Position;
use url::Url;

/// A FHIR base URL, kept exactly as it was given.
///
/// It is compared by its text; [`FhirBase::key`] is the one normal form under which registrations are found.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FhirBase {
    text: String,
    url: Url,
}

impl FhirBase {
    /// Reads a base URL.
    ///
    /// # Errors
    /// [`UrlError`] when it is not an absolute URL with a host, is not https (http on a loopback address needs
    /// [`LoopbackHttp::Allowed`]), or has user information, a query or a fragment.
    pub fn parse(text: &str, loopback: LoopbackHttp) -> Result<Self, UrlError> {
        let url = parse_https("base_url", text, loopback)?;
        let part = if !url.username().is_empty() || url.password().is_some() {
            Some("user information")
        } else if url.query().is_some() {
            Some("a query")
        } else if url.fragment().is_some() {
            Some("a fragment")
        } else {
            None
        };
        match part {
            Some(part) => {
                Err(UrlError::Forbidden { member: "base_url".into(), part, url: display_url(&url) })
            }
            None => Ok(Self { text: text.to_owned(), url }),
        }
    }

    /// The text as it was given, trailing slash and all: the default `aud` of an authorization request.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The parsed URL.
    #[must_use]
    pub const fn as_url(&self) -> &Url {
        &self.url
    }

    /// `<base>/<path>`: joined by appending, so that the base's own path is kept (SMART 2.2, Conformance).
    #[must_use]
    pub fn append(&self, path: &str) -> Url {
        let mut url = self.url.clone();
        let joined = format!("{}/{}", url.path().trim_end_matches('/'), path.trim_start_matches('/'));
        url.set_path(&joined);
        url
    }

    /// RFC 8414 §3: the well-known part inserted between the host and the path.
    #[must_use]
    pub fn insert(&self, well_known: &str) -> Url {
        let mut url = self.url.clone();
        let path = format!("/{}{}", well_known.trim_start_matches('/'), url.path().trim_end_matches('/'));
        url.set_path(&path);
        url
    }

    /// The text under which registrations at this base are found: trailing slashes off, host in lower case.
    #[must_use]
    pub fn key(&self) -> String {
        let mut url = self.url.clone();
        let path = url.path().trim_end_matches('/').to_owned();
        url.set_path(&path);
        url.as_str().trim_end_matches('/').to_owned()
    }
}

impl fmt::Display for FhirBase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Whether http is accepted on loopback addresses: 127.0.0.0/8, ::1 and `localhost`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(clippy::exhaustive_enums, reason = "allowed or not; there is no third")]
pub enum LoopbackHttp {
    /// https only.
    #[default]
    Refused,
    /// For development: http on loopback too.
    Allowed,
}

/// Which server-supplied URLs may be used.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct UrlPolicy {
    /// Whether http on loopback is accepted.
    pub loopback: LoopbackHttp,
    /// If not empty: endpoints must be on one of these hosts, or on the FHIR base's own.
    pub auth_hosts: Vec<String>,
}

impl UrlPolicy {
    /// A policy with the given loopback rule and no pinned hosts.
    #[must_use]
    pub const fn new(loopback: LoopbackHttp) -> Self {
        Self { loopback, auth_hosts: Vec::new() }
    }

    /// Pins server-supplied endpoints to these hosts and the base's own.
    #[must_use]
    pub fn with_auth_hosts(mut self, hosts: impl IntoIterator<Item = String>) -> Self {
        self.auth_hosts = hosts.into_iter().collect();
        self
    }

    /// Checks an endpoint that the caller gave.
    ///
    /// # Errors
    /// [`UrlError`] naming `member` when the URL is malformed or not https.
    pub fn check_given(&self, member: &str, text: &str) -> Result<Url, UrlError> {
        parse_https(member, text, self.loopback)
    }

    /// The same for what was parsed before, whose text needs no second look.
    ///
    /// # Errors
    /// [`UrlError`] naming `member` when the URL has no host or is not https.
    pub fn check_parsed(&self, member: &str, url: &Url) -> Result<(), UrlError> {
        if !url.has_host() {
            return Err(UrlError::Malformed { member: member.to_owned(), shown: clip(url.as_str()) });
        }
        check_scheme(member, url, self.loopback)
    }

    /// Checks an endpoint that the server supplied: the scheme, and the pinned hosts.
    ///
    /// # Errors
    /// [`UrlError`] naming `member`.
    pub fn check_supplied(&self, member: &str, text: &str, base: &FhirBase) -> Result<Url, UrlError> {
        let url = parse_https(member, text, self.loopback)?;
        self.check_host(member, &url, base)?;
        Ok(url)
    }

    /// Checks that the URL is on a pinned host, where any is pinned, or on the base's own.
    ///
    /// # Errors
    /// [`UrlError::HostNotPinned`] naming `member`.
    pub fn check_host(&self, member: &str, url: &Url, base: &FhirBase) -> Result<(), UrlError> {
        let host = url.host_str().unwrap_or_default();
        let pinned = self.auth_hosts.is_empty()
            || base.url.host_str() == Some(host)
            || self.auth_hosts.iter().any(|allowed| allowed.eq_ignore_ascii_case(host));
        if pinned {
            Ok(())
        } else {
            Err(UrlError::HostNotPinned { member: member.to_owned(), host: host.to_owned() })
        }
    }
}

/// The URL of a request as it was parsed, among the request's extensions: who sends it need not parse it again.
#[derive(Debug, Clone)]
pub struct ParsedUrl(Url);

impl ParsedUrl {
    /// Leaves the URL beside the request's URI, which it becomes too; `None` when it is no URI.
    pub fn put<T>(url: &Url, request: &mut http::Request<T>) -> Option<()> {
        *request.uri_mut() = url.as_str().parse().ok()?;
        request.extensions_mut().insert(Self(url.clone()));
        Some(())
    }

    /// The URL of the request. What was left is taken only while it says the same as the URI: somebody in between may
    /// have changed that.
    #[must_use]
    pub fn take<T>(request: &mut http::Request<T>) -> Option<Url> {
        let left = request.extensions_mut().remove::<Self>();
        match left {
            Some(Self(url)) if is_same(&url, request.uri()) => Some(url),
            _ => Url::parse(&request.uri().to_string()).ok(),
        }
    }
}

fn is_same(url: &Url, uri: &http::Uri) -> bool {
    let path_and_query = uri.path_and_query().map(http::uri::PathAndQuery::as_str);
    uri.scheme_str() == Some(url.scheme())
        && uri.authority().map(http::uri::Authority::as_str) == Some(url.authority())
        && path_and_query == Some(&url[Position::BeforePath..Position::AfterQuery])
}

/// Why a URL is not used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum UrlError {
    /// Not an absolute URL with a host.
    #[error("`{member}` is not an absolute URL with a host: {shown:?}")]
    Malformed {
        /// The name of the setting or member.
        member: String,
        /// The text as given, clipped.
        shown: String,
    },
    /// Another scheme than https.
    #[error("`{member}` is not https: {url}")]
    NotHttps {
        /// The name of the setting or member.
        member: String,
        /// The URL without query and user information.
        url: String,
    },
    /// A part that this URL must not have.
    #[error("`{member}` has {part}, which it must not: {url}")]
    Forbidden {
        /// The name of the setting or member.
        member: String,
        /// The part.
        part: &'static str,
        /// The URL without query and user information.
        url: String,
    },
    /// The host is not one of the pinned ones.
    #[error("`{member}` is on host `{host}`, which is not pinned")]
    HostNotPinned {
        /// The name of the member.
        member: String,
        /// The host seen.
        host: String,
    },
}

impl UrlError {
    /// The setting or member concerned.
    #[must_use]
    pub fn member(&self) -> &str {
        match self {
            Self::Malformed { member, .. }
            | Self::NotHttps { member, .. }
            | Self::Forbidden { member, .. }
            | Self::HostNotPinned { member, .. } => member,
        }
    }
}

/// Whether the host is 127.0.0.0/8, ::1 or `localhost`.
#[must_use]
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name.trim_end_matches('.').eq_ignore_ascii_case("localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// The URL as it may be shown: without user information, query and fragment.
#[must_use]
pub fn display_url(url: &Url) -> String {
    if url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none()
    {
        return url.as_str().to_owned();
    }
    let mut shown = url.clone();
    shown.set_query(None);
    shown.set_fragment(None);
    // These fail only for URLs that cannot have user information, which then have none.
    let _ = shown.set_username("");
    let _ = shown.set_password(None);
    shown.into()
}

fn parse_https(member: &str, text: &str, loopback: LoopbackHttp) -> Result<Url, UrlError> {
    let malformed = || UrlError::Malformed { member: member.to_owned(), shown: clip(text) };
    // `url` trims blanks and repairs `https:///path`; a URL that needs repair was not meant.
    if text.trim() != text || text.chars().any(|c| c.is_whitespace() || c.is_control() || c == '\\') {
        return Err(malformed());
    }
    let url = Url::parse(text).map_err(|_| malformed())?;
    let authority = text.split_once("://").map(|(_, rest)| rest).ok_or_else(malformed)?;
    if authority.is_empty() || authority.starts_with(['/', '?', '#']) || url.host().is_none() {
        return Err(malformed());
    }
    check_scheme(member, &url, loopback)?;
    Ok(url)
}

fn check_scheme(member: &str, url: &Url, loopback: LoopbackHttp) -> Result<(), UrlError> {
    match url.scheme() {
        "https" => Ok(()),
        "http" if loopback == LoopbackHttp::Allowed && is_loopback(url) => Ok(()),
        _ => Err(UrlError::NotHttps { member: member.to_owned(), url: display_url(url) }),
    }
}

fn clip(text: &str) -> String {
    // What stands behind `?` or before `@` may be a secret.
    let text = text.split(['?', '#']).next().unwrap_or_default();
    let text = text.rsplit_once('@').map_or(text, |(_, rest)| rest);
    text.chars().filter(|c| !c.is_control()).take(120).collect()
}
