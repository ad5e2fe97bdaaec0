//! Which endpoint is meant, and the check before one is used.

use std::fmt;

use url::Url;

use super::DiscoveryError;
use crate::server_profile::ServerProfile;
use crate::url::FhirBase;
use crate::url::UrlError;
use crate::url::UrlPolicy;
use crate::url::display_url;

/// One of the endpoints that a discovery document names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EndpointKind {
    /// Where users authorise, RFC 6749 §3.1.
    Authorization,
    /// Where tokens are given, RFC 6749 §3.2.
    Token,
    /// Where clients are registered, RFC 7591 §3.
    Registration,
    /// Where tokens are introspected, RFC 7662 §2.
    Introspection,
    /// Where tokens are revoked, RFC 7009 §2.
    Revocation,
    /// Where the server's keys are, RFC 7517 §5.
    Jwks,
    /// Where users manage access, SMART 2.2.
    Management,
}

impl EndpointKind {
    /// Every kind, in the order in which people read them.
    pub const ALL: [Self; 7] = [
        Self::Authorization,
        Self::Token,
        Self::Registration,
        Self::Management,
        Self::Introspection,
        Self::Revocation,
        Self::Jwks,
    ];

    /// The name of the member, such as `token_endpoint`.
    #[must_use]
    pub const fn member(self) -> &'static str {
        match self {
            Self::Authorization => "authorization_endpoint",
            Self::Token => "token_endpoint",
            Self::Registration => "registration_endpoint",
            Self::Introspection => "introspection_endpoint",
            Self::Revocation => "revocation_endpoint",
            Self::Jwks => "jwks_uri",
            Self::Management => "management_endpoint",
        }
    }

    /// What the profile says of it, unchecked.
    #[must_use]
    pub fn of(self, profile: &ServerProfile) -> Option<&str> {
        match self {
            Self::Authorization => profile.authorization_endpoint.as_deref(),
            Self::Token => profile.token_endpoint.as_deref(),
            Self::Registration => profile.registration_endpoint.as_deref(),
            Self::Introspection => profile.introspection_endpoint.as_deref(),
            Self::Revocation => profile.revocation_endpoint.as_deref(),
            Self::Jwks => profile.jwks_uri.as_deref(),
            Self::Management => profile.management_endpoint.as_deref(),
        }
    }
}

impl fmt::Display for EndpointKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.member())
    }
}

impl ServerProfile {
    /// The endpoint, checked for use: https (or loopback http where allowed), on a host that the policy lets.
    ///
    /// A document stays readable whatever its URLs are; it is here that an unsafe one is refused.
    ///
    /// # Errors
    /// [`DiscoveryError::MissingEndpoint`] when the document lacks it, [`DiscoveryError::EndpointRefused`] when
    /// it is no URL, not https, carries user information, or is on a host that is not pinned.
    pub fn endpoint(
        &self,
        kind: EndpointKind,
        base: &FhirBase,
        policy: &UrlPolicy,
    ) -> Result<Url, DiscoveryError> {
        let member = kind.member();
        let Some(text) = kind.of(self) else {
            return Err(DiscoveryError::MissingEndpoint { member, source_url: self.source_url.clone() });
        };
        let refused =
            |reason| DiscoveryError::EndpointRefused { member, source_url: self.source_url.clone(), reason };
        let url = policy.check_supplied(member, text, base).map_err(refused)?;
        // User information in a URL would go out as an `Authorization` header that nobody asked for.
        if url.username().is_empty() && url.password().is_none() {
            Ok(url)
        } else {
            Err(refused(UrlError::Forbidden {
                member: member.to_owned(),
                part: "user information",
                url: display_url(&url),
            }))
        }
    }
}
