//! Authorization: the request that sends the user away, and the callback that brings a code (RFC 6749 §4.1).

mod aud;
mod callback;
mod callback_error;
mod error;
mod form;
mod launch;
mod pending;
mod pkce;
mod query;
mod refusal;
mod request;
mod rules;
mod state;

pub use aud::Aud;
pub use callback::AuthorizedCode;
pub use callback::Callback;
pub use callback_error::CallbackError;
pub use error::AuthorizeError;
pub use form::AuthorizationForm;
pub use launch::AllowedIssuers;
pub use launch::EhrLaunch;
pub use launch::LaunchError;
pub use pending::PendingAuthorization;
pub use pending::PendingError;
pub use pkce::CHALLENGE_METHOD;
pub use pkce::CodeVerifier;
pub use pkce::PkcePolicy;
pub use pkce::VerifierError;
pub use refusal::AuthorizationError;
pub use refusal::AuthorizationErrorCode;
pub use request::AuthorizationRequest;
pub use state::Nonce;
pub use state::RANDOM_BYTES;
pub use state::Randomness;
pub use state::State;
pub use state::StateError;
