//! The authorization endpoint and its pages, RFC 6749 §4.1 with SMART App Launch 2.2.

mod approval;
mod approve;
mod consent_page;
mod endpoint;
mod flow;
mod login_page;
mod parameters;
mod patient_page;
mod redirect;
mod redirect_uri;
mod refusal;
mod request;
mod scope_words;
mod session;
mod steps;
#[cfg(feature = "udap")]
mod tiered;
pub(crate) mod visit;

pub(crate) use approval::Approval;
pub(crate) use endpoint::answer;
pub(crate) use session::Sessions;
#[cfg(feature = "udap")]
pub(crate) use tiered::Journey;
