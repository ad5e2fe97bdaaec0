//! In which syntax scopes are granted: that of SMART 1, that of SMART 2, or both.

use safire_protocol::scope::Interactions;
use safire_protocol::scope::ResourceScope;
use safire_protocol::scope::Scope;
use safire_protocol::scope::ScopeSyntax as Syntax;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;

/// Which syntax of resource scopes the server knows; other scopes are not concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum ScopeSyntax {
    /// `patient/Patient.read` and `patient/Patient.rs`, each granted as it was asked for.
    #[default]
    Both,
    /// `patient/Patient.read` of SMART 1 only.
    V1(OtherSyntax),
    /// `patient/Patient.rs` of SMART 2 only.
    V2(OtherSyntax),
}

/// What becomes of a scope in the other syntax.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum OtherSyntax {
    /// It is left out, without a word.
    Dropped,
    /// `invalid_scope`.
    Refused,
    /// It is granted in the server's own syntax; what that cannot express is left out.
    Translated,
}

/// What becomes of one scope.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Settled {
    Granted(String),
    Dropped,
    Refused,
}

impl ScopeSyntax {
    /// Decides on a scope that was asked for.
    pub(crate) fn settle(self, wanted: &str) -> Settled {
        let (own, other) = match self {
            Self::Both => return Settled::Granted(wanted.to_owned()),
            Self::V1(other) => (Syntax::V1, other),
            Self::V2(other) => (Syntax::V2, other),
        };
        let scope = Scope::parse(wanted).ok();
        match scope.as_ref().and_then(Scope::as_resource) {
            Some(scope) if scope.syntax != own => match other {
                OtherSyntax::Dropped => Settled::Dropped,
                OtherSyntax::Refused => Settled::Refused,
                OtherSyntax::Translated => {
                    translated(wanted, scope, own).map_or(Settled::Dropped, Settled::Granted)
                }
            },
            Some(_) | None => Settled::Granted(wanted.to_owned()),
        }
    }

    /// The scopes in this syntax, where it can express them.
    pub(crate) fn express(self, scopes: &str) -> String {
        let own = match self {
            Self::Both => self,
            Self::V1(_) => Self::V1(OtherSyntax::Translated),
            Self::V2(_) => Self::V2(OtherSyntax::Translated),
        };
        let expressed = scopes.split_ascii_whitespace().filter_map(|scope| match own.settle(scope) {
            Settled::Granted(scope) => Some(scope),
            Settled::Dropped | Settled::Refused => None,
        });
        expressed.collect::<Vec<_>>().join(" ")
    }

    /// Says in a discovery document which syntax there is (SMART 2.2, "Permissions").
    pub(crate) fn advertise(self, members: &mut Map<String, Value>) {
        let unknown = match self {
            Self::Both => return,
            Self::V1(_) => "permission-v2",
            Self::V2(_) => "permission-v1",
        };
        if let Some(Value::Array(capabilities)) = members.get_mut("capabilities") {
            capabilities.retain(|capability| capability != unknown);
        }
        if let Some(Value::Array(scopes)) = members.get_mut("scopes_supported") {
            let texts: Vec<&str> = scopes.iter().filter_map(Value::as_str).collect();
            *scopes = self.express(&texts.join(" ")).split(' ').map(|scope| json!(scope)).collect();
        }
    }
}

/// The same access in the other syntax, or `None` where that has no word for it.
fn translated(text: &str, scope: &ResourceScope, into: Syntax) -> Option<String> {
    if !scope.narrowing.is_empty() {
        return None;
    }
    let (whose, _) = text.rsplit_once('.')?;
    let rights = match into {
        Syntax::V1 => ["read", "write", "*"]
            .into_iter()
            .find(|word| Interactions::of_v1(word) == Some(scope.interactions))?
            .to_owned(),
        Syntax::V2 | _ => scope.interactions.to_string(),
    };
    Some(format!("{whose}.{rights}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_of_the_other_syntax_are_dropped_refused_or_translated() {
        let granted = |scope: &str| Settled::Granted(scope.to_owned());
        let v1 = ScopeSyntax::V1;
        let v2 = ScopeSyntax::V2;
        for (syntax, wanted, settled) in [
            (ScopeSyntax::Both, "patient/*.read", granted("patient/*.read")),
            (v1(OtherSyntax::Dropped), "patient/*.rs", Settled::Dropped),
            (v1(OtherSyntax::Refused), "patient/*.rs", Settled::Refused),
            (v1(OtherSyntax::Refused), "patient/*.read", granted("patient/*.read")),
            (v1(OtherSyntax::Dropped), "launch/patient", granted("launch/patient")),
            (v1(OtherSyntax::Translated), "user/Patient.rs", granted("user/Patient.read")),
            (v1(OtherSyntax::Translated), "user/Patient.cud", granted("user/Patient.write")),
            (v1(OtherSyntax::Translated), "user/Patient.cruds", granted("user/Patient.*")),
            (v1(OtherSyntax::Translated), "user/Patient.r", Settled::Dropped),
            (v1(OtherSyntax::Translated), "user/Observation.rs?category=laboratory", Settled::Dropped),
            (v2(OtherSyntax::Dropped), "user/Patient.read", Settled::Dropped),
            (v2(OtherSyntax::Translated), "system/*.read", granted("system/*.rs")),
            (v2(OtherSyntax::Translated), "system/*.*", granted("system/*.cruds")),
            (v2(OtherSyntax::Translated), "vendor.thing", granted("vendor.thing")),
        ] {
            assert_eq!(syntax.settle(wanted), settled, "{syntax:?} {wanted}");
        }
    }
}
