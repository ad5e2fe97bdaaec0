//! SMART scopes: what covers what (SMART 2.2, "Scopes for requesting FHIR resources").

/// Whether one of the granted scopes covers the wanted one.
pub(crate) fn covers(granted: &str, wanted: &str) -> bool {
    granted.split_ascii_whitespace().any(|scope| scope == wanted || covers_resource(scope, wanted))
}

/// Whether a scope is for backend services.
pub(crate) fn is_system(scope: &str) -> bool {
    scope.starts_with("system/")
}

fn covers_resource(granted: &str, wanted: &str) -> bool {
    let (Some(granted), Some(wanted)) = (Parts::of(granted), Parts::of(wanted)) else { return false };
    granted.context == wanted.context
        && (granted.resource == "*" || granted.resource == wanted.resource)
        && granted.query.is_none_or(|query| wanted.query == Some(query))
        && wanted.rights.chars().all(|right| granted.rights.contains(right))
}

struct Parts<'a> {
    context: &'a str,
    resource: &'a str,
    rights: &'a str,
    query: Option<&'a str>,
}

impl<'a> Parts<'a> {
    fn of(scope: &'a str) -> Option<Self> {
        let (scope, query) = match scope.split_once('?') {
            Some((scope, query)) => (scope, Some(query)),
            None => (scope, None),
        };
        let (context, rest) = scope.split_once('/')?;
        let (resource, rights) = rest.split_once('.')?;
        // The names of version 1, in the letters of version 2.
        let rights = match rights {
            "read" => "rs",
            "write" => "cud",
            "*" => "cruds",
            letters => letters,
        };
        Some(Self { context, resource, rights, query })
    }
}
