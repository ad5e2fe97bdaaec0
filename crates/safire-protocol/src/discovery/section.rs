//! The sections of the specifications that deviations cite.

use crate::server_profile::ProfileSource;

pub(super) const SMART_METADATA: &str = "SMART App Launch 2.2, Conformance, Metadata";
pub(super) const SMART_RESPONSE: &str = "SMART App Launch 2.2, Conformance, Response";
pub(super) const SMART_WELL_KNOWN: &str =
    "SMART App Launch 2.2, Conformance, Discovery using a Well-Known URI";
pub(super) const SMART_CAPABILITIES: &str = "SMART App Launch 2.2, Conformance, Capabilities";
pub(super) const SMART_ASYMMETRIC: &str =
    "SMART App Launch 2.2, Asymmetric Client Authentication, Advertising server support";
pub(super) const OPENID_METADATA: &str = "OpenID Connect Discovery 1.0 §3";
pub(super) const OAUTH_METADATA: &str = "RFC 8414 §2";
pub(crate) const UDAP_METADATA: &str = "UDAP Security 2.0 §2.2";
pub(super) const CAPABILITY_STATEMENT: &str = "SMART App Launch 1.0, Conformance, CapabilityStatement";

/// The section that describes the members of a document.
pub(super) const fn metadata_of(source: ProfileSource) -> &'static str {
    match source {
        ProfileSource::SmartConfiguration => SMART_METADATA,
        ProfileSource::OpenidConfiguration => OPENID_METADATA,
        ProfileSource::OauthAuthorizationServer => OAUTH_METADATA,
        ProfileSource::CapabilityStatement => CAPABILITY_STATEMENT,
        ProfileSource::Udap => UDAP_METADATA,
    }
}

/// The section that describes how a document is served.
pub(super) const fn response_of(source: ProfileSource) -> &'static str {
    match source {
        ProfileSource::SmartConfiguration => SMART_RESPONSE,
        ProfileSource::OpenidConfiguration => "OpenID Connect Discovery 1.0 §4.2",
        ProfileSource::OauthAuthorizationServer => "RFC 8414 §3.2",
        ProfileSource::CapabilityStatement => "FHIR R4, RESTful API, capabilities",
        ProfileSource::Udap => "UDAP Security 2.0 §2.1",
    }
}
