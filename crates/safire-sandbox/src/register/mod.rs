//! Client registration, RFC 7591 and RFC 7592, by the letter.

mod admission;
mod answer;
mod endpoint;
mod instance;
mod issue;
mod keys;
mod management;
mod metadata;
mod portal;
mod redirect;
mod update;

pub(crate) use endpoint::answer;
pub(crate) use management::answer as manage;
pub(crate) use metadata::Refusal;
pub(crate) use portal::add;
