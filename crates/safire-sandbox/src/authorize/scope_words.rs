//! Scopes in plain words.

use safire_protocol::scope::Interactions;
use safire_protocol::scope::Level;
use safire_protocol::scope::Resource;
use safire_protocol::scope::ResourceScope;
use safire_protocol::scope::Scope;
use safire_protocol::scope::ScopeKind;

/// What a scope lets an app do, to go on after "the app may".
pub(super) fn words(scope: &str) -> String {
    let Ok(scope) = Scope::parse(scope) else {
        return "do something that this server cannot explain".to_owned();
    };
    let fixed = match scope.kind() {
        ScopeKind::Resource(resource) => return resource_words(resource),
        ScopeKind::LaunchContext { context, .. } => return format!("know which {context} this is about"),
        ScopeKind::Launch => "know what is open in the EHR",
        ScopeKind::OpenId => "know that it is you",
        ScopeKind::FhirUser | ScopeKind::Profile => "know which record here is yours",
        ScopeKind::OfflineAccess => "go on when you are away, until you end it",
        ScopeKind::OnlineAccess => "go on for as long as you are logged in",
        ScopeKind::Other | _ => "do something that only this app and this server know of",
    };
    fixed.to_owned()
}

fn resource_words(scope: &ResourceScope) -> String {
    let verbs: Vec<&str> =
        VERBS.iter().filter(|(one, _)| scope.interactions.contains(*one)).map(|(_, verb)| *verb).collect();
    let verbs = match verbs.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        Some((only, _)) => (*only).to_owned(),
        None => String::new(),
    };
    let what = match &scope.resource {
        Resource::Any => "all records".to_owned(),
        Resource::Type(name) => format!("{name} records"),
    };
    let whose = match scope.level {
        Level::Patient => "of this patient",
        Level::User => "that you may see",
        Level::System => "that the app itself may see",
    };
    let narrowed: Vec<String> =
        scope.narrowing.parameters().iter().map(|(name, value)| format!("{name} is {value}")).collect();
    let only =
        if narrowed.is_empty() { String::new() } else { format!(", only where {}", narrowed.join(" and ")) };
    format!("{verbs} {what} {whose}{only}")
}

const VERBS: [(Interactions, &str); 5] = [
    (Interactions::READ, "read"),
    (Interactions::SEARCH, "search"),
    (Interactions::CREATE, "create"),
    (Interactions::UPDATE, "change"),
    (Interactions::DELETE, "delete"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_told_in_words() {
        for (scope, expected) in [
            ("openid", "know that it is you"),
            ("launch/patient", "know which patient this is about"),
            ("patient/*.rs", "read and search all records of this patient"),
            (
                "user/Observation.cruds",
                "read, search, create, change and delete Observation records that you may see",
            ),
            (
                "patient/Observation.r?category=laboratory",
                "read Observation records of this patient, only where category is laboratory",
            ),
            ("vendor-thing", "do something that only this app and this server know of"),
        ] {
            assert_eq!(words(scope), expected);
        }
    }
}
