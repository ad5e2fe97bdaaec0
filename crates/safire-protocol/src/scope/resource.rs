use std::fmt;

use super::Interactions;
use super::Narrowing;

/// Access to FHIR resources: `patient/Observation.rs?category=laboratory`, or `patient/Observation.read` of SMART 1.
///
/// Specification: SMART 2.2, Scopes for requesting FHIR Resources.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct ResourceScope {
    /// Whose data.
    pub level: Level,
    /// Which type of resource.
    pub resource: Resource,
    /// What may be done.
    pub interactions: Interactions,
    /// In which syntax it was written.
    pub syntax: ScopeSyntax,
    /// The search parameters that narrow it; empty for all resources of the type.
    pub narrowing: Narrowing,
}

/// Whose data a resource scope is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "SMART closes the list")]
pub enum Level {
    /// The patient in context.
    Patient,
    /// What the user may see.
    User,
    /// What the client itself may see.
    System,
}

/// The type of resource that a scope is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "one type or all")]
pub enum Resource {
    /// `*`: every type, now and later.
    Any,
    /// One type, such as `Observation`.
    Type(String),
}

/// The syntax in which a resource scope was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ScopeSyntax {
    /// SMART 1: `.read`, `.write`, `.*`.
    V1,
    /// SMART 2: `.cruds`, with search parameters.
    V2,
}

impl ResourceScope {
    pub(super) fn parse(scope: &str) -> Option<Self> {
        let (level, rest) = scope.split_once('/')?;
        let level = Level::parse(level)?;
        let (access, narrowing) = match rest.split_once('?') {
            Some((access, query)) => (access, Narrowing::parse(query)?),
            None => (rest, Narrowing::default()),
        };
        let (resource, suffix) = access.split_once('.')?;
        let resource = Resource::parse(resource)?;
        let (interactions, syntax) = match Interactions::of_v1(suffix) {
            Some(interactions) => (interactions, ScopeSyntax::V1),
            None => (Interactions::parse(suffix)?, ScopeSyntax::V2),
        };
        Some(Self { level, resource, interactions, syntax, narrowing })
    }

    /// The interactions that this scope gives of those that `need` asks for: none where level, type or
    /// search parameters do not reach so far.
    #[must_use]
    pub fn gives(&self, need: &Self) -> Interactions {
        let reaches = self.level == need.level
            && self.resource.includes(&need.resource)
            && self.narrowing.covers(&need.narrowing);
        if reaches { self.interactions } else { Interactions::NONE }
    }
}

impl fmt::Display for ResourceScope {
    /// In the syntax of SMART 2, whichever it came in.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}.{}", self.level.as_str(), self.resource.as_str(), self.interactions)?;
        for (index, (name, value)) in self.narrowing.parameters().iter().enumerate() {
            write!(f, "{}{name}={value}", if index == 0 { '?' } else { '&' })?;
        }
        Ok(())
    }
}

impl Level {
    fn parse(text: &str) -> Option<Self> {
        [Self::Patient, Self::User, Self::System].into_iter().find(|level| level.as_str() == text)
    }

    /// The name before the slash.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Patient => "patient",
            Self::User => "user",
            Self::System => "system",
        }
    }
}

impl Resource {
    /// FHIR names its types in letters, the first in upper case.
    fn parse(text: &str) -> Option<Self> {
        if text == "*" {
            return Some(Self::Any);
        }
        let named = text.starts_with(|c: char| c.is_ascii_uppercase())
            && text.chars().all(|c| c.is_ascii_alphanumeric());
        named.then(|| Self::Type(text.to_owned()))
    }

    /// The name as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Any => "*",
            Self::Type(name) => name,
        }
    }

    /// Whether every resource of `other` is one of these.
    #[must_use]
    pub fn includes(&self, other: &Self) -> bool {
        *self == Self::Any || self == other
    }
}
