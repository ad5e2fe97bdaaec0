use std::fmt;
use std::str::FromStr;

use serde::Serialize;
use serde::Serializer;

use super::ResourceScope;
use super::ScopeError;
use super::error;

/// One scope, kept byte for byte beside what it means.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Scope {
    text: String,
    kind: ScopeKind,
}

/// What a scope is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ScopeKind {
    /// FHIR resources.
    Resource(ResourceScope),
    /// `launch`: the context of an EHR launch.
    Launch,
    /// `launch/patient`, `launch/imagingstudy?role=x`: a context that the server is to find.
    LaunchContext {
        /// The type in lower case, as written: `patient`.
        context: String,
        /// The role asked for.
        role: Option<String>,
    },
    /// `openid`: an id token.
    OpenId,
    /// `fhirUser`: the user as a FHIR resource.
    FhirUser,
    /// `profile`: the user's profile; in SMART 1 what `fhirUser` is now.
    Profile,
    /// `offline_access`: a refresh token that outlives the session.
    OfflineAccess,
    /// `online_access`: a refresh token for as long as the user is online.
    OnlineAccess,
    /// Everything else: a vendor's own, or what only looks like a resource scope.
    Other,
}

impl Scope {
    /// Reads one scope as it may be sent.
    ///
    /// # Errors
    /// [`ScopeError`] when it is empty or has a character that RFC 6749 §3.3 does not allow. What has no meaning
    /// here is [`ScopeKind::Other`] and no error.
    pub fn parse(text: &str) -> Result<Self, ScopeError> {
        error::check(text)?;
        Ok(Self { text: text.to_owned(), kind: ScopeKind::of(text) })
    }

    /// Takes a scope as a server sent it: with characters that it may not hold, it means nothing and is kept.
    pub(super) fn read(text: &str) -> Self {
        let kind = if error::check(text).is_ok() { ScopeKind::of(text) } else { ScopeKind::Other };
        Self { text: text.to_owned(), kind }
    }

    /// The scope as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// What it is about.
    #[must_use]
    pub const fn kind(&self) -> &ScopeKind {
        &self.kind
    }

    /// The scope as one for FHIR resources, where it is one.
    #[must_use]
    pub const fn as_resource(&self) -> Option<&ResourceScope> {
        match &self.kind {
            ScopeKind::Resource(resource) => Some(resource),
            ScopeKind::Launch
            | ScopeKind::LaunchContext { .. }
            | ScopeKind::OpenId
            | ScopeKind::FhirUser
            | ScopeKind::Profile
            | ScopeKind::OfflineAccess
            | ScopeKind::OnlineAccess
            | ScopeKind::Other => None,
        }
    }
}

impl ScopeKind {
    /// Scopes are case-sensitive, RFC 6749 §3.3.
    fn of(text: &str) -> Self {
        match text {
            "launch" => Self::Launch,
            "openid" => Self::OpenId,
            "fhirUser" => Self::FhirUser,
            "profile" => Self::Profile,
            "offline_access" => Self::OfflineAccess,
            "online_access" => Self::OnlineAccess,
            _ => match text.strip_prefix("launch/") {
                Some(context) => Self::launch_context(context),
                None => ResourceScope::parse(text).map_or(Self::Other, Self::Resource),
            },
        }
    }

    fn launch_context(text: &str) -> Self {
        let (context, role) = match text.split_once("?role=") {
            Some((context, role)) => (context, Some(role)),
            None => (text, None),
        };
        let named = |name: &str| !name.is_empty() && !name.contains(['?', '/']);
        if named(context) && role.is_none_or(|role| !role.is_empty()) {
            Self::LaunchContext { context: context.to_owned(), role: role.map(str::to_owned) }
        } else {
            Self::Other
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl FromStr for Scope {
    type Err = ScopeError;

    fn from_str(text: &str) -> Result<Self, ScopeError> {
        Self::parse(text)
    }
}

impl Serialize for Scope {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}
