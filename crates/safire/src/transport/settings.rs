//! How the HTTP transport is set up.

use std::time::Duration;

use reqwest::Certificate;
use reqwest::Identity;
use reqwest::Proxy;
use safire_protocol::url::LoopbackHttp;
use url::Url;

use super::error::TransportError;
use super::http::HttpTransport;

/// The largest answer header that is read, in bytes.
pub(super) const HEADER_LIMIT: usize = 64 * 1024;
const BODY_LIMIT: usize = 1024 * 1024;
const USER_AGENT: &str = concat!("Safire/", env!("CARGO_PKG_VERSION"));

/// Sets up an [`HttpTransport`]. Every limit has a safe default.
#[derive(Debug, Clone)]
pub struct HttpTransportBuilder {
    pub(super) roots: Roots,
    pub(super) identity: Option<Identity>,
    pub(super) proxy: Option<Proxy>,
    pub(super) user_agent: String,
    pub(super) total: Duration,
    pub(super) connect: Duration,
    pub(super) read: Duration,
    pub(super) idle: Duration,
    pub(super) body_limit: usize,
    pub(super) header_limit: usize,
    pub(super) loopback: LoopbackHttp,
    pub(super) private_addresses: PrivateAddresses,
    /// http anywhere: for what is signed in itself, and carries nothing of ours.
    #[cfg(feature = "udap")]
    pub(super) plain_http: PlainHttp,
}

/// Which certificate authorities are trusted.
#[derive(Debug, Clone)]
pub(super) enum Roots {
    System,
    SystemAnd(Vec<Certificate>),
    Only(Vec<Certificate>),
}

/// What happens when a server-supplied URL leads to a private address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PrivateAddresses {
    Allowed,
    Refused,
}

/// Whether http is used outside of this machine.
#[cfg(feature = "udap")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PlainHttp {
    Refused,
    Allowed,
}

impl Default for HttpTransportBuilder {
    fn default() -> Self {
        Self {
            roots: Roots::System,
            identity: None,
            proxy: None,
            user_agent: USER_AGENT.to_owned(),
            total: Duration::from_secs(10),
            connect: Duration::from_secs(5),
            read: Duration::from_secs(10),
            idle: Duration::from_secs(90),
            body_limit: BODY_LIMIT,
            header_limit: HEADER_LIMIT,
            loopback: LoopbackHttp::Refused,
            private_addresses: PrivateAddresses::Allowed,
            #[cfg(feature = "udap")]
            plain_http: PlainHttp::Refused,
        }
    }
}

impl HttpTransportBuilder {
    /// Trusts only the certificates in this PEM text.
    ///
    /// # Errors
    /// [`TransportError::Setting`] when the text holds no readable certificate.
    pub fn only_roots(mut self, pem: &[u8]) -> Result<Self, TransportError> {
        self.roots = Roots::Only(certificates("ca-file", pem)?);
        Ok(self)
    }

    /// Trusts the certificates in this PEM text besides the system's.
    ///
    /// # Errors
    /// [`TransportError::Setting`] when the text holds no readable certificate.
    pub fn extra_roots(mut self, pem: &[u8]) -> Result<Self, TransportError> {
        let more = certificates("extra-ca", pem)?;
        self.roots = match self.roots {
            Roots::System => Roots::SystemAnd(more),
            Roots::SystemAnd(mut all) => {
                all.extend(more);
                Roots::SystemAnd(all)
            }
            Roots::Only(mut all) => {
                all.extend(more);
                Roots::Only(all)
            }
        };
        Ok(self)
    }

    /// Shows this client certificate: PEM with the chain and its private key.
    ///
    /// # Errors
    /// [`TransportError::Setting`] when the text is not a certificate with its key.
    pub fn client_identity(mut self, pem: &[u8]) -> Result<Self, TransportError> {
        let identity = Identity::from_pem(pem).map_err(|_| TransportError::Setting {
            setting: "client-certificate",
            detail: "not a PEM certificate with its private key".to_owned(),
        })?;
        self.identity = Some(identity);
        Ok(self)
    }

    /// Sends everything through this proxy. Without it no proxy is used; the environment is not read.
    ///
    /// # Errors
    /// [`TransportError::Setting`] when it is not a proxy URL.
    pub fn proxy(mut self, url: &str) -> Result<Self, TransportError> {
        let unusable = || TransportError::Setting { setting: "proxy", detail: "not a proxy URL".to_owned() };
        Url::parse(url).map_err(|_| unusable())?;
        self.proxy = Some(Proxy::all(url).map_err(|_| unusable())?);
        Ok(self)
    }

    /// Names the application to the server. Default: `Safire/` and the version.
    #[must_use]
    pub fn user_agent(mut self, text: impl Into<String>) -> Self {
        self.user_agent = text.into();
        self
    }

    /// The longest time for one request in total. Default: 10 s.
    #[must_use]
    pub const fn timeout(mut self, limit: Duration) -> Self {
        self.total = limit;
        self
    }

    /// The longest time for a connection. Default: 5 s.
    #[must_use]
    pub const fn connect_timeout(mut self, limit: Duration) -> Self {
        self.connect = limit;
        self
    }

    /// The longest silence while reading. Default: 10 s.
    #[must_use]
    pub const fn read_timeout(mut self, limit: Duration) -> Self {
        self.read = limit;
        self
    }

    /// How long a connection that nobody uses is kept. Default: 90 s. With thousands of hosts a few seconds are
    /// better: an idle connection is an open file.
    #[must_use]
    pub const fn idle_timeout(mut self, limit: Duration) -> Self {
        self.idle = limit;
        self
    }

    /// The largest body in bytes, after decompression. Default: 1 MiB.
    #[must_use]
    pub const fn body_limit(mut self, bytes: usize) -> Self {
        self.body_limit = bytes;
        self
    }

    /// The largest answer header in bytes, all fields together. Default: 64 KiB.
    #[must_use]
    pub const fn header_limit(mut self, bytes: usize) -> Self {
        self.header_limit = bytes;
        self
    }

    /// Whether http is accepted on loopback addresses. Default: refused.
    #[must_use]
    pub const fn loopback(mut self, loopback: LoopbackHttp) -> Self {
        self.loopback = loopback;
        self
    }

    /// Refuses private addresses for URLs that a server supplied (server-side request forgery).
    #[must_use]
    pub const fn guard_private_addresses(mut self) -> Self {
        self.private_addresses = PrivateAddresses::Refused;
        self
    }

    /// Allows http anywhere and refuses private addresses: for revocation lists, issuers and OCSP answers, which are
    /// signed, and which certificates name by http.
    #[cfg(feature = "udap")]
    #[must_use]
    pub const fn for_signed_evidence(mut self) -> Self {
        self.plain_http = PlainHttp::Allowed;
        self.guard_private_addresses()
    }

    /// Builds the transport. Roots are loaded at the first https request, not here.
    #[must_use]
    pub fn build(self) -> HttpTransport {
        HttpTransport::from_settings(self)
    }
}

fn certificates(setting: &'static str, pem: &[u8]) -> Result<Vec<Certificate>, TransportError> {
    let unusable = |detail: &str| TransportError::Setting { setting, detail: detail.to_owned() };
    let found = Certificate::from_pem_bundle(pem).map_err(|_| unusable("not PEM certificates"))?;
    if found.is_empty() { Err(unusable("no certificate in it")) } else { Ok(found) }
}
