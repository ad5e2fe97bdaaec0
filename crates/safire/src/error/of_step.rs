//! The errors of the steps become [`Error`]s.

use safire_protocol::authorize::AuthorizeError;
use safire_protocol::authorize::CallbackError;
use safire_protocol::authorize::LaunchError;
use safire_protocol::discovery::DiscoveryError;
use safire_protocol::discovery::EndpointKind;
use safire_protocol::id_token::IdTokenError;
use safire_protocol::id_token::KeySetError;
use safire_protocol::registration::RegistrationError;
use safire_protocol::token::TokenError;
use safire_protocol::token_endpoints::TokenEndpointError;
use safire_protocol::url::UrlError;

use super::ConfigError;
use super::Error;
use super::Stage;

macro_rules! boxed {
    ($($error:ident => $variant:ident),* $(,)?) => {
        $(impl From<$error> for Error {
            fn from(error: $error) -> Self {
                Self::$variant(Box::new(error))
            }
        })*
    };
}

boxed! {
    AuthorizeError => Authorize,
    CallbackError => Callback,
    DiscoveryError => Discovery,
    IdTokenError => IdToken,
    KeySetError => KeySet,
    RegistrationError => Registration,
    TokenEndpointError => TokenEndpoint,
    TokenError => Token,
}

impl From<LaunchError> for Error {
    fn from(error: LaunchError) -> Self {
        Self::Launch(error)
    }
}

impl From<UrlError> for Error {
    fn from(error: UrlError) -> Self {
        Self::Config(ConfigError::Urls(vec![error]))
    }
}

/// Which call it was; what was refused before anything was sent does not say.
pub(super) fn stage(error: &TokenEndpointError) -> Stage {
    if let TokenEndpointError::Redirected { kind, .. }
    | TokenEndpointError::Refused { kind, .. }
    | TokenEndpointError::Unusable { kind, .. } = error
    {
        return if *kind == EndpointKind::Revocation { Stage::Revocation } else { Stage::Introspection };
    }
    Stage::Setup
}
