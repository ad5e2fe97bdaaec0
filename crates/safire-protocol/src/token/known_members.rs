//! The members of a token answer, sorted in one pass.

use serde_json::Map;
use serde_json::Value;

use super::smart_rules::SmartMembers;

/// The members that are understood, and the others in their order.
#[derive(Default)]
pub(super) struct KnownMembers {
    pub(super) access_token: Option<Value>,
    pub(super) token_type: Option<Value>,
    pub(super) expires_in: Option<Value>,
    pub(super) scope: Option<Value>,
    pub(super) refresh_token: Option<Value>,
    pub(super) id_token: Option<Value>,
    pub(super) extra: Map<String, Value>,
}

impl KnownMembers {
    pub(super) fn sort(members: Map<String, Value>) -> Self {
        let mut known = Self::default();
        for (name, value) in members {
            let place = match name.as_str() {
                "access_token" => &mut known.access_token,
                "token_type" => &mut known.token_type,
                "expires_in" => &mut known.expires_in,
                "scope" => &mut known.scope,
                "refresh_token" => &mut known.refresh_token,
                "id_token" => &mut known.id_token,
                _ => {
                    known.extra.insert(name, value);
                    continue;
                }
            };
            *place = Some(value);
        }
        known
    }

    /// Whether the answer tells of an error too.
    pub(super) fn has_error(&self) -> bool {
        self.extra.get("error").is_some_and(|error| !error.is_null())
    }

    /// What SMART has rules for.
    pub(super) const fn smart(&self) -> SmartMembers<'_> {
        SmartMembers {
            access_token: self.access_token.as_ref(),
            token_type: self.token_type.as_ref(),
            scope: self.scope.as_ref(),
            expires_in: self.expires_in.as_ref(),
        }
    }
}
