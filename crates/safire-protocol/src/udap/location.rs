//! Where a server publishes its UDAP metadata, and how the answer is taken (UDAP Security 2.0 §2.1).

use std::fmt::Write as _;

use bytes::Bytes;
use http::Request;
use http::Response;
use serde_json::Map;
use serde_json::Value;
use url::Url;

use super::community::CommunityUri;
use super::discovery_error::UdapDiscoveryError;
use super::structure;
use crate::deviation::Deviation;
use crate::discovery::DiscoveryError;
use crate::discovery::Location;
use crate::server_answer::ServerAnswer;
use crate::server_profile::ProfileSource;
use crate::url::FhirBase;
use crate::url::display_url;

const WELL_KNOWN: &str = ".well-known/udap";

/// `<base>/.well-known/udap`, for one community or for the server's default.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UdapLocation {
    location: Location,
    community: Option<CommunityUri>,
}

/// A document that was read and may have been written by anybody: its signed metadata are still to be trusted.
#[derive(Debug, Clone)]
pub struct UntrustedMetadata {
    pub(super) base: FhirBase,
    pub(super) url: String,
    pub(super) community: Option<CommunityUri>,
    pub(super) members: Map<String, Value>,
    pub(super) form: Vec<Deviation>,
    pub(super) structure: Vec<Deviation>,
}

impl UdapLocation {
    /// The location for this community; without one the server chooses.
    #[must_use]
    pub fn new(base: &FhirBase, community: Option<CommunityUri>) -> Self {
        let mut url = base.append(WELL_KNOWN);
        if let Some(community) = &community {
            url.set_query(Some(&format!("community={}", percent_encoded(community.as_str()))));
        }
        Self { location: Location { source: ProfileSource::Udap, url }, community }
    }

    /// Its URL.
    #[must_use]
    pub const fn url(&self) -> &Url {
        &self.location.url
    }

    /// The community asked for.
    #[must_use]
    pub const fn community(&self) -> Option<&CommunityUri> {
        self.community.as_ref()
    }

    /// The GET for it, without credentials.
    #[must_use]
    pub fn request(&self) -> Request<Bytes> {
        self.location.request()
    }

    /// Reads the answer. `final_url` is where it came from after redirects. Nothing of it is trusted yet.
    ///
    /// # Errors
    /// [`UdapDiscoveryError::NoWorkflow`] for 204, [`UdapDiscoveryError::NotSupported`] for 404 and 410, else
    /// [`UdapDiscoveryError::Failed`].
    pub fn accept(
        &self,
        base: &FhirBase,
        final_url: &Url,
        response: &Response<Bytes>,
    ) -> Result<UntrustedMetadata, UdapDiscoveryError> {
        let (url, community) = (display_url(final_url), self.community.clone());
        match response.status().as_u16() {
            204 => return Err(UdapDiscoveryError::NoWorkflow { url, community }),
            404 | 410 => {
                let answer = Box::new(ServerAnswer::read(response));
                return Err(UdapDiscoveryError::NotSupported { url, community, answer });
            }
            _ => {}
        }
        let failed = |source| UdapDiscoveryError::Failed {
            community: self.community.clone(),
            source: Box::new(source),
        };
        let (object, form) = self.location.read_object(final_url, response).map_err(failed)?;
        let members = object.members;
        if members.is_empty() {
            let answer = Box::new(ServerAnswer::read(response));
            return Err(failed(DiscoveryError::NoEndpoints { url, answer }));
        }
        let structure = structure::judge(&members, base);
        Ok(UntrustedMetadata { base: base.clone(), url, community, members, form, structure })
    }
}

impl UntrustedMetadata {
    /// Where the document came from.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The community that was asked for.
    #[must_use]
    pub const fn community(&self) -> Option<&CommunityUri> {
        self.community.as_ref()
    }

    /// Where the document departs from the structure that the guide gives it; none of it makes it unusable.
    #[must_use]
    pub fn structure(&self) -> &[Deviation] {
        &self.structure
    }
}

/// RFC 3986 §2.3: everything but the unreserved characters, so that a URI fits into a query.
fn percent_encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len() * 2);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}
