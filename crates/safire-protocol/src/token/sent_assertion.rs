//! What the assertion of a refused request said.

use url::Url;

use crate::credentials::Credentials;

/// What the assertion of a refused request said, to be compared with what the server knows.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SentAssertion {
    /// The key that signed it.
    pub kid: String,
    /// Whom it was for.
    pub audience: String,
    /// How many seconds it was good for.
    pub lifetime: i64,
}

impl SentAssertion {
    /// Of a request to this endpoint with these credentials; `None` where they sign nothing.
    pub(super) fn of(credentials: &Credentials, endpoint: &Url) -> Option<Self> {
        let (Some(profile), Some(audience)) =
            (credentials.assertion_profile(), credentials.audience(endpoint))
        else {
            return None;
        };
        Some(Self {
            kid: profile.kid().to_owned(),
            audience: audience.to_owned(),
            lifetime: profile.lifetime(),
        })
    }
}
