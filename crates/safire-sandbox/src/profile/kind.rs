//! What a profile is.

use http::StatusCode;
use safire_protocol::json::JsonObject;
use serde::Serialize;
use serde_json::Map;
use serde_json::Value;

use super::athena::ATHENA;
use super::epic::EPIC;
use super::keycloak::KEYCLOAK;
use super::medplum::MEDPLUM;
use super::openemr::OPENEMR;
use super::oracle::ORACLE;
use super::standard::STANDARD;
use crate::error::SandboxError;
use crate::management::Management;
use crate::register::Refusal;
use crate::scope_syntax::ScopeSyntax;
use crate::token;

/// A profile, as a list of them shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ProfileInfo {
    /// Its name, as [`SandboxBuilder::profile`](crate::SandboxBuilder::profile) takes it.
    pub name: &'static str,
    /// What is different with it.
    pub summary: &'static str,
    /// Where that was met.
    pub source: &'static str,
}

/// Every profile there is, the standards' own first.
#[must_use]
pub fn profiles() -> Vec<ProfileInfo> {
    let info = |one: &Profile| ProfileInfo { name: one.name, summary: one.summary, source: one.source };
    ALL.iter().map(|one| info(one)).collect()
}

/// A vendor's ways. It is asked only where an answer is made.
#[derive(Debug)]
pub(crate) struct Profile {
    pub(super) name: &'static str,
    pub(super) summary: &'static str,
    pub(super) source: &'static str,
    /// Changes a discovery document.
    pub(crate) discovery: fn(&mut Map<String, Value>),
    pub(crate) admission: Admission,
    /// Why metadata is refused before the usual rules are asked.
    pub(crate) metadata: fn(&JsonObject) -> Option<Refusal>,
    /// The `error` for redirect URIs that are refused.
    pub(crate) redirect_error: &'static str,
    /// Changes the answer to a registration.
    pub(crate) registered: Option<fn(&mut Map<String, Value>)>,
    /// The status of that answer.
    pub(crate) registered_status: StatusCode,
    /// Whether a client has to be approved before it is good, by the answer to its registration.
    pub(crate) waits: fn(&Map<String, Value>) -> bool,
    /// Whether an audience is the FHIR base.
    pub(crate) audience: Audience,
    /// The syntax of scopes that are granted.
    pub(crate) scopes: ScopeSyntax,
    /// The syntax that discovery tells of.
    pub(crate) advertised: ScopeSyntax,
    /// The scopes that bring a refresh token.
    pub(crate) refresh_scopes: &'static [&'static str],
    /// Changes a token answer.
    pub(crate) token: fn(&mut Map<String, Value>),
    /// The refusal of a token request that does not say who asks.
    pub(crate) no_client: fn() -> token::Refusal,
    /// The body of an OAuth error at the token endpoint and its kin.
    pub(crate) error: fn(&str, &str) -> Value,
    pub(crate) introspection: Asker,
    pub(crate) management: Management,
    /// The path below which a registration is managed.
    pub(crate) management_path: &'static str,
    /// Changes what is told of a registration that is read.
    pub(crate) read: fn(&mut Map<String, Value>),
}

/// Who may register.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Admission {
    /// Everybody, or those with the initial access token where one is set.
    Open,
    /// Everybody; an initial access token is not looked at.
    Anybody,
    /// Nobody: there is no registration.
    Nobody,
    /// Those with the initial access token; others are refused with this text.
    Invited(&'static str),
    /// An instance of an app, with the access token of a login of that app.
    Instances,
}

/// How exactly `aud` has to be the FHIR base.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Audience {
    /// A slash at its end makes no difference.
    Lenient,
    /// Letter by letter.
    Exact,
}

/// Who may ask about tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asker {
    /// A client by its authentication, or whoever holds an access token.
    Anybody,
    /// Only whoever holds an access token.
    Bearer,
}

impl Profile {
    /// The standards, and nothing else.
    pub(crate) const fn standard() -> &'static Self {
        &STANDARD
    }

    /// Its name.
    pub(crate) const fn name(&self) -> &'static str {
        self.name
    }

    /// The profile of that name.
    pub(crate) fn named(name: &str) -> Result<&'static Self, SandboxError> {
        ALL.into_iter().find(|one| one.name == name).ok_or_else(|| SandboxError::UnknownProfile {
            name: name.to_owned(),
            known: ALL.iter().map(|one| one.name.to_owned()).collect(),
        })
    }
}

/// The whole table.
static ALL: [&Profile; 7] = [&STANDARD, &EPIC, &ORACLE, &ATHENA, &KEYCLOAK, &OPENEMR, &MEDPLUM];
