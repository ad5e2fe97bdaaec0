//! Client registration, RFC 7591, by the letter.

mod answer;
mod endpoint;
mod keys;
mod metadata;
mod redirect;

pub(crate) use endpoint::answer;
pub(crate) use endpoint::read;
