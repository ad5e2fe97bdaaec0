//! Which token will do.

use safire_protocol::secret::AccessToken;

/// Which token will do.
#[derive(Debug, Clone)]
pub(super) enum Need {
    /// Any that is not due.
    Fresh,
    /// Any that is not due, but not this one: a FHIR server refused it.
    OtherThan(AccessToken),
}

impl Need {
    /// Whether this is the token that was refused.
    pub(super) fn refuses(&self, token: &AccessToken) -> bool {
        match self {
            Self::Fresh => false,
            Self::OtherThan(refused) => same(refused, token),
        }
    }

    /// Whether a flight for this need brings what `other` needs.
    pub(super) fn serves(&self, other: &Self) -> bool {
        match other {
            Self::Fresh => true,
            Self::OtherThan(refused) => self.refuses(refused),
        }
    }
}

/// Both are ours: nobody can measure how long the comparison takes.
pub(super) fn same(one: &AccessToken, other: &AccessToken) -> bool {
    one.expose_secret() == other.expose_secret()
}
