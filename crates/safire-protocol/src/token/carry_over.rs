//! What a refresh leaves unsaid stays as it was, RFC 6749 §6.

use serde_json::Map;
use serde_json::Value;

use super::response::TokenResponse;
use super::response::narrowed;

impl TokenResponse {
    /// This answer to a refresh, completed from the answer before it: the refresh token, the id token, the scope and
    /// the launch context stay where this one omits them. What it says replaces what was.
    #[must_use]
    pub fn carried_over(&self, previous: &Self) -> Self {
        let mut next = self.clone();
        next.refresh_token = next.refresh_token.or_else(|| previous.refresh_token.clone());
        next.id_token = next.id_token.or_else(|| previous.id_token.clone());
        next.scope = next.scope.or_else(|| previous.scope.clone());
        carry(&mut next.extra, &previous.extra);
        next
    }

    /// The same answer, with a deviation where it grants less than was asked for (RFC 6749 §3.3).
    ///
    /// For a grant that names no scope of its own: the code's was asked for in the authorization request.
    #[must_use]
    pub fn compared_with(mut self, asked: &str) -> Self {
        self.deviations.extend(narrowed(Some(asked), self.scope.as_deref()));
        self
    }
}

fn carry(members: &mut Map<String, Value>, previous: &Map<String, Value>) {
    for (name, value) in previous {
        let is_said = members.get(name).is_some_and(|value| !value.is_null());
        if !is_said && !is_of_one_token(name) {
            members.insert(name.clone(), value.clone());
        }
    }
}

/// Whether a member speaks of one token, so that it must not outlive it: its end, its kind, a token itself.
fn is_of_one_token(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["expire", "token", "error", "issued_at", "not-before"].iter().any(|part| name.contains(part))
        || matches!(name.as_str(), "exp" | "iat" | "nbf" | "jti" | "cnf" | "at_hash")
}
