//! The URI that identifies a client and its operator, UDAP Security 2.0 §3.1.

use std::borrow::Cow;
use std::fmt;

use thiserror::Error;
use url::Url;

use super::tefca::ExchangePurpose;
use crate::discovery::printable;
use crate::fault::Diagnose;
use crate::fault::Fault;

/// The URI that identifies a client: `iss` and `sub` of its statements, a URI name of its certificate.
///
/// It is kept and compared byte for byte: letter case, port, slash and fragment count.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ClientUri(String);

impl ClientUri {
    /// Reads an absolute URI of any scheme; one of the web needs a host.
    ///
    /// # Errors
    /// [`ClientUriError`] for anything else.
    pub fn parse(text: impl Into<String>) -> Result<Self, ClientUriError> {
        let text = text.into();
        let wrong = |reason| ClientUriError { shown: printable(&text), reason };
        if text.trim().is_empty() {
            return Err(wrong("it is blank"));
        }
        if text.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return Err(wrong("it has blanks or control characters"));
        }
        let url = Url::parse(&text).map_err(|_| wrong("it is not an absolute URI"))?;
        let is_web = matches!(url.scheme(), "http" | "https");
        let (_, rest) = text.split_once(':').ok_or_else(|| wrong("it is not an absolute URI"))?;
        // `url` repairs `https:host`, which names no host.
        if is_web && !(url.has_host() && rest.starts_with("//") && !rest.starts_with("///")) {
            return Err(wrong("it has no host"));
        }
        if rest.is_empty() {
            return Err(wrong("it has nothing after the scheme"));
        }
        Ok(Self(text))
    }

    /// The URI, byte for byte.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The TEFCA exchange purpose in the fragment, as in `https://app.example.org/fhir#T-TREAT`.
    #[must_use]
    pub fn exchange_purpose(&self) -> Option<ExchangePurpose> {
        let (_, fragment) = self.0.split_once('#')?;
        ExchangePurpose::parse(fragment).ok()
    }
}

impl fmt::Display for ClientUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A client URI that identifies nobody; nothing was sent.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("the client URI {shown:?} is not usable: {reason}")]
#[non_exhaustive]
pub struct ClientUriError {
    /// The text as given, clipped.
    pub shown: String,
    /// What is wrong with it.
    pub reason: &'static str,
}

impl Diagnose for ClientUriError {
    fn code(&self) -> &'static str {
        "udap-client-uri"
    }

    fn fault(&self) -> Fault {
        Fault::Caller
    }

    fn hint(&self) -> Option<Cow<'_, str>> {
        Some(Cow::Borrowed("give the URI name of the client's certificate, byte for byte"))
    }
}
