//! What a token lets its holder see.

use safire_protocol::scope::Interactions;
use safire_protocol::scope::Level;
use safire_protocol::scope::Resource;
use safire_protocol::scope::ResourceScope;
use safire_protocol::scope::Scope;
use safire_protocol::scope::Scopes;
use serde_json::Value;

use super::resources::patient_of;
use super::resources::reference;
use super::search;
use crate::grant::Access;
use crate::grant::Login;

/// The scopes of a token that permit one interaction with one type of resource.
#[derive(Debug)]
pub(super) struct Permission<'a> {
    scopes: Vec<ResourceScope>,
    login: Option<&'a Login>,
    /// The resource that the user is, where the token may read it (SMART 2.2, "Scopes for requesting identity data").
    own: Option<&'static str>,
}

impl<'a> Permission<'a> {
    /// `None` where no scope permits it.
    pub(super) fn of(access: &'a Access, right: Interactions, kind: &str) -> Option<Self> {
        let all = Scopes::read(&access.scope);
        let permits = |scope: &&ResourceScope| {
            let reaches = match &scope.resource {
                Resource::Any => true,
                Resource::Type(name) => name == kind,
            };
            reaches && scope.interactions.contains(right)
        };
        let scopes: Vec<ResourceScope> =
            all.iter().filter_map(Scope::as_resource).filter(permits).cloned().collect();
        let login = access.grant.login.as_ref();
        let has = |name: &str| all.iter().any(|scope| scope.as_str() == name);
        let own = login
            .map(|login| login.sign_in.user.resource)
            .filter(|own| own.split('/').next() == Some(kind))
            .filter(|_| right == Interactions::READ && has("openid") && has("fhirUser"));
        (!scopes.is_empty() || own.is_some()).then_some(Self { scopes, login, own })
    }

    /// Whether one of the scopes reaches this resource.
    pub(super) fn reaches(&self, resource: &Value) -> bool {
        let name = reference(resource);
        self.own == Some(name.as_str()) || self.scopes.iter().any(|scope| self.scope_reaches(scope, resource))
    }

    fn scope_reaches(&self, scope: &ResourceScope, resource: &Value) -> bool {
        let about = patient_of(resource);
        let in_reach = match (scope.level, self.login) {
            (Level::System, None) => true,
            (Level::User, Some(login)) => about.is_none_or(|patient| login.sign_in.user.sees(patient)),
            // A resource about nobody, as a Practitioner, may be read beside the patient's.
            (Level::Patient, Some(login)) => match &login.context.patient {
                Some(patient) => about.is_none_or(|about| about == patient),
                None => false,
            },
            (Level::System, Some(_)) | (Level::User | Level::Patient, None) => false,
        };
        in_reach
            && scope.narrowing.parameters().iter().all(|(name, value)| {
                let value: String = percent_decoded(value);
                search::matches(resource, name, &value) == Some(true)
            })
    }
}

fn percent_decoded(value: &str) -> String {
    let pair = format!("v={}", value.replace('+', "%2B"));
    url::form_urlencoded::parse(pair.as_bytes())
        .next()
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default()
}
