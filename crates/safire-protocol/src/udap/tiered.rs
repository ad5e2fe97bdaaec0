//! Tiered OAuth: the user logs in at their own organization, UDAP Security 2.0 §6.1.

use url::Url;

use crate::authorize::AuthorizationRequest;
use crate::authorize::AuthorizeError;
use crate::url::UrlPolicy;

const SCOPE: &str = "udap";
const PARAMETER: &str = "idp";

impl AuthorizationRequest {
    /// Names the identity provider at which the user shall log in, and asks for the scope `udap`, without which that
    /// means nothing. The URL goes out as it is given: it is the issuer of that provider's id tokens.
    ///
    /// A server that does not trust it answers `invalid_idp`; then name another, or none.
    ///
    /// # Errors
    /// [`AuthorizeError::IdentityProvider`] when it is not an https URL.
    pub fn with_identity_provider(self, base_url: &str, policy: &UrlPolicy) -> Result<Self, AuthorizeError> {
        let url: Url = policy.check_given(PARAMETER, base_url).map_err(AuthorizeError::IdentityProvider)?;
        if url.fragment().is_some() || url.query().is_some() {
            let part = "a query or a fragment";
            let shown = crate::url::display_url(&url);
            let error = crate::url::UrlError::Forbidden { member: PARAMETER.to_owned(), part, url: shown };
            return Err(AuthorizeError::IdentityProvider(error));
        }
        self.with_scope(SCOPE).with_parameter(PARAMETER, base_url)
    }
}
