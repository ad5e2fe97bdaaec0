use serde::Serialize;
use serde::Serializer;

use super::Interactions;
use super::Scope;
use super::Scopes;

/// What was asked for, held against what was granted.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[non_exhaustive]
pub struct ScopeComparison {
    /// Requested and granted, whole.
    pub covered: Vec<Scope>,
    /// Requested and not granted, or only in part.
    pub missing: Vec<MissingScope>,
    /// Granted beyond the request.
    pub extra: Vec<Scope>,
}

/// A scope that the grant does not cover.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct MissingScope {
    /// The scope as it was requested.
    pub scope: Scope,
    /// Which of its interactions are missing: `cud` where `.cruds` was requested and `.rs` came. None where the
    /// scope is not about resources.
    #[serde(serialize_with = "letters")]
    pub lacking: Interactions,
}

impl ScopeComparison {
    /// Whether everything requested was granted.
    #[must_use]
    pub const fn is_complete(&self) -> bool {
        self.missing.is_empty()
    }
}

impl Scopes {
    /// Holds these, which were requested, against those that were granted. Each scope is named once.
    #[must_use]
    pub fn compare(&self, granted: &Self) -> ScopeComparison {
        let mut comparison = ScopeComparison::default();
        for (index, scope) in self.iter().enumerate() {
            if self.iter().take(index).any(|earlier| earlier == scope) {
                continue;
            }
            if granted.covers(scope) {
                comparison.covered.push(scope.clone());
            } else {
                let lacking = granted.lacking(scope).unwrap_or_default();
                comparison.missing.push(MissingScope { scope: scope.clone(), lacking });
            }
        }
        for (index, scope) in granted.iter().enumerate() {
            let named = granted.iter().take(index).any(|earlier| earlier == scope);
            if !named && !self.covers(scope) {
                comparison.extra.push(scope.clone());
            }
        }
        comparison
    }
}

fn letters<S: Serializer>(interactions: &Interactions, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(interactions)
}
