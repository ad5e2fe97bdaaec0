//! Tokens: the request, the answer, and what SMART says of it.

mod carry_over;
mod error;
mod fhir_context;
mod fhir_user;
mod grant;
mod launch_context;
mod reauthorization;
mod refusal_hint;
mod request;
mod response;
mod sent_assertion;
mod smart_rules;
mod stored;

pub use error::TokenError;
pub use error::UnusableToken;
pub use fhir_context::FhirContext;
pub use fhir_user::FhirUser;
pub use grant::Grant;
pub use launch_context::AuthorizationDetail;
pub use launch_context::LaunchContext;
pub use reauthorization::ReauthPolicy;
pub(crate) use request::ASSERTION_TYPE;
pub use request::TokenRequest;
pub use response::TokenResponse;
pub use sent_assertion::SentAssertion;
pub use smart_rules::SmartFlow;
pub(crate) use smart_rules::lifetime;
pub(crate) use smart_rules::scope_text;
pub use smart_rules::smart_deviations;
pub use stored::StoredTokenError;
