//! The authorization request as a form, for the capability `authorize-post` of SMART App Launch 2.2.

use std::fmt;

use url::Url;

use crate::url::display_url;

/// A form that the browser posts, for servers with the capability `authorize-post`. `Debug` shows names only.
#[derive(Clone)]
#[non_exhaustive]
pub struct AuthorizationForm {
    /// Where the form goes; the endpoint's own query is kept.
    pub action: Url,
    /// The fields in order.
    pub fields: Vec<(String, String)>,
}

impl fmt::Debug for AuthorizationForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.fields.iter().map(|(name, _)| name.as_str()).collect();
        f.debug_struct("AuthorizationForm")
            .field("action", &display_url(&self.action))
            .field("fields", &names)
            .finish()
    }
}
