//! UDAP metadata that are trusted, and the first joint made of them.

use std::sync::Arc;

use safire_pki::Certificate;
use safire_pki::TrustFailure;
use safire_pki::TrustedPath;
use safire_pki::UnanchoredPath;
use serde_json::Value;

use super::community::CommunityUri;
use super::discovery_error::UdapDiscoveryError;
use super::location::UntrustedMetadata;
use super::signed_metadata::SignedMetadata;
use super::structure;
use super::structure::list;
use crate::deviation::Deviation;
use crate::deviation::Severity;
use crate::discovery::DiscoveryError;
use crate::discovery::printable;
use crate::discovery::read_document;
use crate::server_profile::ProfileSource;
use crate::server_profile::ServerProfile;
use crate::time::UnixTime;

/// The claims that speak of the JWT and not of the server (RFC 7519 §4.1).
const OF_THE_JWT: [&str; 7] = ["iss", "sub", "aud", "exp", "nbf", "iat", "jti"];

/// How the signer's chain is trusted.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum ChainTrust {
    /// It leads to an anchor of the community.
    Anchored(TrustedPath),
    /// It leads nowhere, and the caller wants no more: for tests and demonstrations only.
    Unanchored(UnanchoredPath),
}

impl ChainTrust {
    fn leaf(&self) -> Option<&Certificate> {
        match self {
            Self::Anchored(path) => Some(path.leaf()),
            Self::Unanchored(path) => path.certificates().first(),
        }
    }
}

/// A server's UDAP metadata, trusted: every signed value has taken the place of its unsigned one.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct UdapMetadata {
    /// The first joint: endpoints, algorithms, grants, scopes, deviations, the document.
    pub profile: Arc<ServerProfile>,
    /// The community that was asked for; the server may have answered with its default.
    pub community: Option<CommunityUri>,
    /// The FHIR base, as the server signed it.
    pub issuer: String,
    /// When the server's word ends.
    pub expires_at: UnixTime,
    /// How the signer is trusted.
    pub trust: ChainTrust,
    /// Where the document departs from the guide's structure.
    pub structure: Vec<Deviation>,
    /// The profiles of UDAP that are supported.
    pub profiles: Vec<String>,
    /// The authorization extension objects that are known.
    pub extensions: Vec<String>,
    /// Those that every token request must have.
    pub extensions_required: Vec<String>,
    /// The certifications that are known.
    pub certifications: Vec<String>,
    /// Those that a registration must have.
    pub certifications_required: Vec<String>,
    /// By which algorithms software statements may be signed.
    pub registration_algorithms: Vec<String>,
    /// By which algorithms authentication tokens may be signed.
    pub token_algorithms: Vec<String>,
}

impl UntrustedMetadata {
    /// The error of a chain that is not trusted.
    #[must_use]
    pub fn untrusted(&self, failure: TrustFailure) -> UdapDiscoveryError {
        let (url, community) = (self.url.clone(), self.community.clone());
        UdapDiscoveryError::Untrusted { url, community, failure: Box::new(failure) }
    }

    /// The metadata, once the signer's chain is trusted.
    ///
    /// # Errors
    /// [`UdapDiscoveryError::OtherChain`] when `trust` is of another certificate than the signer's.
    pub fn trusted(
        &self,
        signed: &SignedMetadata,
        trust: ChainTrust,
    ) -> Result<UdapMetadata, UdapDiscoveryError> {
        if trust.leaf() != Some(signed.chain.leaf()) {
            return Err(UdapDiscoveryError::OtherChain { url: self.url.clone() });
        }
        let mut members = self.members.clone();
        let mut replaced = Vec::new();
        for (name, value) in signed.claims.iter().filter(|(name, _)| !OF_THE_JWT.contains(&name.as_str())) {
            let before = members.insert(name.clone(), value.clone());
            if before.is_some_and(|before| before != *value) {
                replaced.push(differs(name));
            }
        }
        let (base, url) = (&self.base, self.url.clone());
        let missing = || UdapDiscoveryError::Failed {
            community: self.community.clone(),
            source: Box::new(DiscoveryError::MissingEndpoint {
                member: "token_endpoint",
                source_url: self.url.clone(),
            }),
        };
        let mut profile =
            read_document(ProfileSource::Udap, base, url, members, self.form.clone()).ok_or_else(missing)?;
        add(&mut profile.deviations, &self.structure);
        add(&mut profile.deviations, &signed.deviations);
        add(&mut profile.deviations, &replaced);
        let issuer = signed.claims.get("iss").and_then(Value::as_str).unwrap_or_default().to_owned();
        let strings = |member| list(&profile.raw, member).into_iter().map(str::to_owned).collect();
        Ok(UdapMetadata {
            community: self.community.clone(),
            issuer,
            expires_at: signed.expires_at,
            trust,
            structure: self.structure.clone(),
            profiles: strings(structure::PROFILES),
            extensions: strings(structure::EXTENSIONS),
            extensions_required: strings(structure::EXTENSIONS_REQUIRED),
            certifications: strings(structure::CERTIFICATIONS),
            certifications_required: strings(structure::CERTIFICATIONS_REQUIRED),
            registration_algorithms: strings(structure::REGISTRATION_ALGORITHMS),
            token_algorithms: strings(structure::TOKEN_ALGORITHMS),
            profile: Arc::new(profile),
        })
    }
}

impl UdapMetadata {
    /// Whether this UDAP profile is listed, exactly so.
    #[must_use]
    pub fn has_profile(&self, name: &str) -> bool {
        self.profiles.iter().any(|profile| profile == name)
    }

    /// Whether clients are registered by software statement: the profile and an endpoint.
    #[must_use]
    pub fn supports_dynamic_registration(&self) -> bool {
        self.has_profile("udap_dcr") && self.profile.registration_endpoint.is_some()
    }

    /// Whether clients prove themselves by certificate: the profile and an endpoint.
    #[must_use]
    pub fn supports_jwt_authentication(&self) -> bool {
        self.has_profile("udap_authn") && self.profile.token_endpoint.is_some()
    }

    /// Whether clients get tokens for themselves: the profile, the grant and an endpoint.
    #[must_use]
    pub fn supports_client_authorization(&self) -> bool {
        self.has_profile("udap_authz")
            && self.profile.lists_grant("client_credentials")
            && self.profile.token_endpoint.is_some()
    }

    /// Whether users log in: the grant is listed.
    #[must_use]
    pub fn supports_authorization_code(&self) -> bool {
        self.profile.lists_grant("authorization_code")
    }

    /// Whether tokens are refreshed: the grant is listed.
    #[must_use]
    pub fn supports_refresh(&self) -> bool {
        self.profile.lists_grant("refresh_token")
    }

    /// Whether users may log in at their own organization: the profile is listed.
    #[must_use]
    pub fn supports_tiered_oauth(&self) -> bool {
        self.has_profile("udap_to")
    }

    /// Finds out before the call whether clients are registered here.
    pub(super) fn check_registration(&self) -> Result<(), UdapDiscoveryError> {
        let lacks = |what, member, value: &str| UdapDiscoveryError::NotOffered {
            url: self.profile.source_url.clone(),
            what,
            member,
            value: value.to_owned(),
        };
        if !self.has_profile("udap_dcr") {
            return Err(lacks("dynamic registration", structure::PROFILES, "udap_dcr"));
        }
        // UDAP Security 2.0 §7.1.2: a server that does not know RS256 follows another guide.
        if !self.registration_algorithms.iter().any(|name| name == "RS256") {
            return Err(lacks("RS256", structure::REGISTRATION_ALGORITHMS, "RS256"));
        }
        Ok(())
    }
}

/// Adds what is not said yet: the document is read twice, as it was sent and as it was signed.
fn add(deviations: &mut Vec<Deviation>, more: &[Deviation]) {
    for deviation in more {
        let known =
            deviations.iter().any(|seen| seen.code == deviation.code && seen.member == deviation.member);
        if !known {
            deviations.push(deviation.clone());
        }
    }
}

fn differs(member: &str) -> Deviation {
    let detail = "the signed value is another than the unsigned one, whose place it takes";
    Deviation::new("udap-signed-value-differs", Severity::Warning, "UDAP Security 2.0 §2.3", detail)
        .of_member(printable(member))
}
