//! Questions to an OCSP responder and its answers (RFC 6960). Without a nonce, so that answers may be cached (RFC 5019).

/// Which certificate is meant.
mod cert_id;
/// What is sent.
mod request;
/// Who signed an answer.
mod responder;
/// What comes back.
mod response;

pub(crate) use request::request;
pub(crate) use responder::Responders;
pub(crate) use response::OcspAnswer;
pub(crate) use response::read;
