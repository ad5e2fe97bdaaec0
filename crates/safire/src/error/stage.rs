//! Where in the flow something went wrong.

/// Where in the flow something went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Stage {
    /// Before anything was sent.
    Setup,
    /// While the server was asked what it offers.
    Discovery,
    /// While the client was registered.
    Registration,
    /// While the user was away to log in.
    Authorization,
    /// While a token was asked for.
    Token,
    /// While an id token was checked.
    IdToken,
    /// While the server was asked about a token.
    Introspection,
    /// While a token was revoked.
    Revocation,
    /// While the FHIR server was asked with a token.
    Fhir,
    /// In the store.
    Store,
}

impl Stage {
    /// What was being done, for a sentence.
    pub(super) const fn doing(self) -> &'static str {
        match self {
            Self::Setup => "setting up",
            Self::Discovery => "discovery",
            Self::Registration => "registration",
            Self::Authorization => "the login",
            Self::Token => "the token request",
            Self::IdToken => "the check of the id token",
            Self::Introspection => "introspection",
            Self::Revocation => "revocation",
            Self::Fhir => "the FHIR request",
            Self::Store => "the store",
        }
    }
}
