//! Why no complete answer came.

use std::borrow::Cow;
use std::error::Error as StdError;

use safire_protocol::fault::Diagnose;
use safire_protocol::fault::Fault;
use thiserror::Error;

/// Why no complete answer came.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum TransportError {
    /// The name is unknown.
    #[error("no address for the host of {url}: {detail}")]
    Name {
        /// The URL, without its query.
        url: String,
        /// What the system says.
        detail: String,
    },
    /// No connection.
    #[error("no connection to {url}: {detail}")]
    Connect {
        /// The URL, without its query.
        url: String,
        /// What the system says.
        detail: String,
    },
    /// The server's certificate is not trusted, or TLS failed otherwise.
    #[error("TLS with {url} failed: {detail}")]
    Tls {
        /// The URL, without its query.
        url: String,
        /// What TLS says.
        detail: String,
    },
    /// It took too long.
    #[error("no complete answer from {url} in time: {detail}")]
    Timeout {
        /// The URL, without its query.
        url: String,
        /// Which limit was reached.
        detail: String,
    },
    /// The connection ended before the answer did.
    #[error("the answer of {url} broke off: {detail}")]
    Cut {
        /// The URL, without its query.
        url: String,
        /// What the connection says.
        detail: String,
    },
    /// The body is larger than the limit.
    #[error("the answer of {url} is larger than {limit} bytes; reading stopped there")]
    TooLarge {
        /// The URL, without its query.
        url: String,
        /// The limit in bytes, after decompression.
        limit: usize,
    },
    /// The header is larger than the limit.
    #[error("the header of the answer of {url} is larger than {limit} bytes")]
    HeadersTooLarge {
        /// The URL, without its query.
        url: String,
        /// The limit in bytes.
        limit: usize,
    },
    /// The guard refused an address.
    #[error("{url} leads to a private address, which the guard refuses")]
    PrivateAddress {
        /// The URL, without its query.
        url: String,
    },
    /// Neither https, nor http on a loopback address with the opt-in.
    #[error("{url} is not https")]
    NotHttps {
        /// The URL, without its query.
        url: String,
    },
    /// The transport cannot be built from its settings.
    #[error("the setting `{setting}` is not usable: {detail}")]
    Setting {
        /// The setting.
        setting: &'static str,
        /// What is wrong with it.
        detail: String,
    },
}

impl TransportError {
    /// Sorts an error of the HTTP client.
    pub(super) fn sort(error: &reqwest::Error, url: String) -> Self {
        let detail = deepest(error);
        let causes = causes(error);
        let says = |words: &[&str]| causes.iter().any(|cause| words.iter().any(|word| cause.contains(word)));
        if says(&[super::guard::REFUSED]) {
            Self::PrivateAddress { url }
        } else if error.is_timeout() {
            let detail = if error.is_connect() { "while connecting" } else { "while waiting for the answer" };
            Self::Timeout { url, detail: detail.to_owned() }
        } else if says(&[
            "invalid peer certificate",
            "received fatal alert",
            "InvalidCertificate",
            "corrupt message",
        ]) || has_tls_cause(error)
        {
            Self::Tls { url, detail }
        } else if error.is_dns() || says(&["dns error", "failed to lookup address"]) {
            Self::Name { url, detail }
        } else if error.is_connect() {
            Self::Connect { url, detail }
        } else if says(&["message head is too large"]) {
            Self::HeadersTooLarge { url, limit: super::settings::HEADER_LIMIT }
        } else {
            Self::Cut { url, detail }
        }
    }

    /// Whether trust in a certificate is the question.
    #[must_use]
    pub const fn is_trust(&self) -> bool {
        matches!(self, Self::Tls { .. })
    }

    /// Whether the server answered, but more than is read.
    #[must_use]
    pub const fn is_limit(&self) -> bool {
        matches!(self, Self::TooLarge { .. } | Self::HeadersTooLarge { .. })
    }

    /// Whether the request surely never reached the server.
    #[must_use]
    pub const fn was_not_sent(&self) -> bool {
        match self {
            Self::Name { .. }
            | Self::Connect { .. }
            | Self::Tls { .. }
            | Self::PrivateAddress { .. }
            | Self::NotHttps { .. }
            | Self::Setting { .. } => true,
            Self::Timeout { .. }
            | Self::Cut { .. }
            | Self::TooLarge { .. }
            | Self::HeadersTooLarge { .. } => false,
        }
    }
}

impl Diagnose for TransportError {
    fn code(&self) -> &'static str {
        match self {
            Self::Name { .. } => "name-unknown",
            Self::Connect { .. } => "connect-failed",
            Self::Tls { .. } => "tls-failed",
            Self::Timeout { .. } => "timeout",
            Self::Cut { .. } => "answer-cut",
            Self::TooLarge { .. } => "answer-too-large",
            Self::HeadersTooLarge { .. } => "header-too-large",
            Self::PrivateAddress { .. } => "private-address",
            Self::NotHttps { .. } => "not-https",
            Self::Setting { .. } => "transport-setting",
        }
    }

    fn fault(&self) -> Fault {
        match self {
            Self::Name { .. } | Self::Connect { .. } | Self::Timeout { .. } | Self::Cut { .. } => {
                Fault::Network
            }
            Self::Tls { .. } => Fault::Trust,
            Self::TooLarge { .. }
            | Self::HeadersTooLarge { .. }
            | Self::PrivateAddress { .. }
            | Self::NotHttps { .. } => Fault::Server,
            Self::Setting { .. } => Fault::Caller,
        }
    }

    fn is_retryable(&self) -> bool {
        matches!(self, Self::Name { .. } | Self::Connect { .. } | Self::Timeout { .. } | Self::Cut { .. })
    }

    fn hint(&self) -> Option<Cow<'_, str>> {
        Some(Cow::Borrowed(match self {
            Self::Name { .. } => "check the spelling of the host and this machine's DNS",
            Self::Connect { .. } => "check that the server is up, and the port, firewall and proxy between",
            Self::Tls { detail, .. } if detail.contains("UnknownIssuer") => {
                "the server's CA is not among the roots: name it with `--extra-ca PEM` or `--ca-file PEM`, after checking that it is the right one"
            }
            Self::Tls { .. } => "check the server's certificate: its names, its dates and its chain",
            Self::Timeout { .. } => {
                "the server is slow or unreachable: try again, or allow more with `--timeout`"
            }
            Self::Cut { .. } => {
                "the server or something between closed the connection: try again, then ask the server's operator"
            }
            Self::TooLarge { .. } => "this is not a plausible answer: check that the URL is the right one",
            Self::HeadersTooLarge { .. } => {
                "this is not a plausible answer: check that the URL is the right one"
            }
            Self::PrivateAddress { .. } => {
                "the server names an endpoint inside your network: check the document, or switch the guard off if that is meant"
            }
            Self::NotHttps { .. } => {
                "use https; for development on loopback addresses there is `--allow-insecure-localhost`"
            }
            Self::Setting { .. } => "correct the setting",
        }))
    }

    fn endpoint(&self) -> Option<&str> {
        match self {
            Self::Name { url, .. }
            | Self::Connect { url, .. }
            | Self::Tls { url, .. }
            | Self::Timeout { url, .. }
            | Self::Cut { url, .. }
            | Self::TooLarge { url, .. }
            | Self::HeadersTooLarge { url, .. }
            | Self::PrivateAddress { url }
            | Self::NotHttps { url } => Some(url),
            Self::Setting { .. } => None,
        }
    }
}

fn chain(error: &reqwest::Error) -> impl Iterator<Item = &(dyn StdError + 'static)> {
    // Twice: a reference to an error is an error too, with a shorter life.
    std::iter::successors(error.source(), |cause| (**cause).source())
}

fn causes(error: &reqwest::Error) -> Vec<String> {
    chain(error).map(ToString::to_string).collect()
}

/// The deepest cause speaks plainest, and holds no URL.
fn deepest(error: &reqwest::Error) -> String {
    chain(error).last().map_or_else(|| "no further detail".to_owned(), |cause| cause.to_string())
}

fn has_tls_cause(error: &reqwest::Error) -> bool {
    chain(error).any(|cause| {
        cause.is::<rustls::Error>()
            || cause
                .downcast_ref::<std::io::Error>()
                .and_then(std::io::Error::get_ref)
                .is_some_and(|inner| inner.is::<rustls::Error>())
    })
}
