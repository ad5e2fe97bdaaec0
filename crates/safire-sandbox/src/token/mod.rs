//! The token endpoint, RFC 6749 §3.2: one file for each grant.

mod authentication;
mod authorization_code;
mod client_credentials;
mod endpoint;
mod form;
mod issue;
mod jwt_bearer;
mod permit;
mod refresh;
mod refusal;

pub(crate) use authentication::authenticate;
pub(crate) use endpoint::answer;
pub(crate) use form::Form;
pub(crate) use jwt_bearer::GRANT as JWT_BEARER_GRANT;
pub(crate) use refusal::Refusal;
