//! What an assertion is for.

/// What an assertion is for: some proofs say more for one purpose than for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// A token for the client itself.
    Client,
    /// A token on behalf of a user: for a code, or for a refresh token.
    User,
    /// A call about a token: introspection, revocation.
    Held,
}
