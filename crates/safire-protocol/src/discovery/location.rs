//! Where a server may describe itself, and how the answer is taken.

use bytes::Bytes;
use http::HeaderValue;
use http::Uri;
use http::header::ACCEPT;
use http::header::CONTENT_TYPE;
use url::Url;

use super::DiscoveryError;
use super::capability_statement;
use super::document;
use super::section;
use crate::deviation::Deviation;
use crate::deviation::Severity;
use crate::json::ByteOrderMark;
use crate::json::JsonObject;
use crate::server_answer::ServerAnswer;
use crate::server_profile::ProfileSource;
use crate::server_profile::ServerProfile;
use crate::url::FhirBase;
use crate::url::UrlError;
use crate::url::UrlPolicy;
use crate::url::display_url;

const SMART: &str = ".well-known/smart-configuration";
const OPENID: &str = ".well-known/openid-configuration";
const ISSUER: &str = "issuer";
const OAUTH: &str = ".well-known/oauth-authorization-server";

/// One place where the description of a server may be.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Location {
    /// Which document is expected there.
    pub source: ProfileSource,
    /// Its URL.
    pub url: Url,
}

/// Where to look, in this order: the SMART document, then what stands in where it is absent.
///
/// SMART 2.2, Conformance: the well-known part is appended to the base, path and all. RFC 8414 §3 inserts it
/// between host and path.
#[must_use]
pub fn locations(base: &FhirBase) -> Vec<Location> {
    let at = |source, url| Location { source, url };
    vec![
        at(ProfileSource::SmartConfiguration, base.append(SMART)),
        at(ProfileSource::OpenidConfiguration, base.append(OPENID)),
        at(ProfileSource::OauthAuthorizationServer, base.append(OAUTH)),
        at(ProfileSource::OauthAuthorizationServer, base.insert(OAUTH)),
        at(ProfileSource::CapabilityStatement, base.append("metadata")),
    ]
}

impl ServerProfile {
    /// Where the issuer describes itself (OpenID Connect Discovery §4): for a profile that names no keys.
    ///
    /// # Errors
    /// [`DiscoveryError::MissingEndpoint`] when the profile names no issuer, [`DiscoveryError::EndpointRefused`]
    /// when it is no URL that may be asked.
    pub fn issuer_location(&self, base: &FhirBase, policy: &UrlPolicy) -> Result<Location, DiscoveryError> {
        let source_url = || self.source_url.clone();
        let Some(issuer) = &self.issuer else {
            return Err(DiscoveryError::MissingEndpoint { member: ISSUER, source_url: source_url() });
        };
        let refused =
            |reason| DiscoveryError::EndpointRefused { member: ISSUER, source_url: source_url(), reason };
        let mut url = policy.check_supplied(ISSUER, issuer, base).map_err(refused)?;
        let is_plain = url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none();
        if !is_plain {
            return Err(refused(UrlError::Forbidden {
                member: ISSUER.to_owned(),
                part: "more than host and path",
                url: display_url(&url),
            }));
        }
        let path = format!("{}/{OPENID}", url.path().trim_end_matches('/'));
        url.set_path(&path);
        Ok(Location { source: ProfileSource::OpenidConfiguration, url })
    }

    /// Holds the issuer's own document against this profile: it must be of the same issuer, byte for byte
    /// (OpenID Connect Discovery §4.3).
    ///
    /// # Errors
    /// [`DiscoveryError::OtherIssuer`].
    pub fn check_issuer_of(&self, document: &Self) -> Result<(), DiscoveryError> {
        if self.issuer == document.issuer {
            return Ok(());
        }
        let text = |issuer: Option<&String>| printable(issuer.map_or("none", String::as_str));
        Err(DiscoveryError::OtherIssuer {
            url: document.source_url.clone(),
            found: text(document.issuer.as_ref()),
            expected: text(self.issuer.as_ref()),
        })
    }
}

impl Location {
    /// The GET for it, without credentials.
    #[must_use]
    pub fn request(&self) -> http::Request<Bytes> {
        let mut request = http::Request::new(Bytes::new());
        // A URL is a URI of RFC 3986; one too long for `http` leaves `/`, which no transport can send.
        *request.uri_mut() = Uri::try_from(self.url.as_str()).unwrap_or_default();
        let accept = match self.source {
            ProfileSource::CapabilityStatement => "application/fhir+json, application/json",
            ProfileSource::SmartConfiguration
            | ProfileSource::OpenidConfiguration
            | ProfileSource::OauthAuthorizationServer => "application/json",
        };
        request.headers_mut().insert(ACCEPT, HeaderValue::from_static(accept));
        request
    }

    /// Reads the answer: what can be understood is, what departs from the specification is listed.
    ///
    /// `final_url` is where the answer came from after redirects.
    ///
    /// # Errors
    /// [`DiscoveryError`] for another status than success, a body that is not a JSON object, and an object that
    /// names no endpoint at all.
    pub fn accept(
        &self,
        base: &FhirBase,
        final_url: &Url,
        response: &http::Response<Bytes>,
    ) -> Result<ServerProfile, DiscoveryError> {
        let url = || display_url(final_url);
        let answer = || Box::new(ServerAnswer::read(response));
        let status = response.status();
        if status.is_redirection() && status != http::StatusCode::NOT_MODIFIED {
            return Err(DiscoveryError::Redirect { url: url(), answer: answer() });
        }
        if !status.is_success() {
            return Err(DiscoveryError::Status { url: url(), answer: answer() });
        }
        let object = JsonObject::parse(response.body()).map_err(|reason| DiscoveryError::Unusable {
            url: url(),
            answer: answer(),
            reason,
        })?;
        let mut deviations = Vec::new();
        self.judge_form(response, &object, &mut deviations);
        let profile = match self.source {
            ProfileSource::CapabilityStatement => {
                capability_statement::read(base, url(), object.members, deviations)
            }
            ProfileSource::SmartConfiguration
            | ProfileSource::OpenidConfiguration
            | ProfileSource::OauthAuthorizationServer => {
                document::read(self.source, base, url(), object.members, deviations)
            }
        };
        profile.ok_or_else(|| DiscoveryError::NoEndpoints { url: url(), answer: answer() })
    }

    /// Status, content type, byte order mark and doubled members.
    fn judge_form(
        &self,
        response: &http::Response<Bytes>,
        object: &JsonObject,
        deviations: &mut Vec<Deviation>,
    ) {
        let served = section::response_of(self.source);
        if response.status() != http::StatusCode::OK {
            let detail = format!("the status is {}, not 200", response.status().as_u16());
            deviations.push(Deviation::new("status-not-200", Severity::Info, served, detail));
        }
        if let Some(seen) = self.odd_content_type(response) {
            let detail = format!("the content type is {seen}, not application/json");
            deviations.push(Deviation::new("content-type", Severity::Info, served, detail));
        }
        if object.byte_order_mark == ByteOrderMark::Present {
            let detail = "a byte order mark precedes the document; it was skipped";
            deviations.push(Deviation::new("byte-order-mark", Severity::Info, "RFC 8259 §8.1", detail));
        }
        for name in object.doubled.iter().take(MOST_DOUBLED) {
            let name = printable(name);
            let detail = format!("the member {name:?} comes more than once; the last one counts");
            deviations.push(
                Deviation::new("duplicate-member", Severity::Warning, "RFC 8259 §4", detail).of_member(name),
            );
        }
    }

    fn odd_content_type(&self, response: &http::Response<Bytes>) -> Option<String> {
        let Some(value) = response.headers().get(CONTENT_TYPE) else {
            return Some("missing".to_owned());
        };
        let text = value.to_str().unwrap_or_default();
        let media = text.split(';').next().unwrap_or_default().trim();
        let fits = media.eq_ignore_ascii_case("application/json")
            || self.source == ProfileSource::CapabilityStatement
                && media.eq_ignore_ascii_case("application/fhir+json");
        (!fits).then(|| format!("{:?}", printable(media)))
    }
}

/// A hostile document may double any number of members; nobody reads more than this.
const MOST_DOUBLED: usize = 20;

/// Server text as it may stand in a message: no control characters, at most 100 characters.
pub(super) fn printable(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(100).collect()
}
