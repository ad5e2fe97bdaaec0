//! What introspection (RFC 7662) and revocation (RFC 7009) have in common: one token, one proof, one POST.

mod call;
mod error;
mod held_token;

pub(crate) use call::Call;
pub use error::TokenEndpointError;
pub use error::UnusableAnswer;
pub use held_token::HeldToken;
