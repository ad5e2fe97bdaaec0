//! Tokens: the request, the answer, and what SMART says of it.

mod error;
mod grant;
mod refusal_hint;
mod request;
mod response;
mod smart_rules;

pub use error::TokenError;
pub use error::UnusableToken;
pub use grant::Grant;
pub use request::TokenRequest;
pub use response::TokenResponse;
pub use smart_rules::SmartFlow;
pub use smart_rules::smart_deviations;
