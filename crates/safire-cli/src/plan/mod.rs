//! What is meant: the arguments checked, their files read. No request is made here.

mod authorization;
mod connection;
mod duration;
mod key;
mod lookup;
mod metadata;
mod phase;
mod store;
mod text_file;

pub(crate) use authorization::authorization;
pub(crate) use connection::Connection;
pub(crate) use connection::loopback;
pub(crate) use key::ClientKey;
pub(crate) use key::Keep;
pub(crate) use lookup::find;
pub(crate) use metadata::client_metadata;
pub(crate) use phase::Phase;
pub(crate) use store::CommandStore;
pub(crate) use text_file::read_file;
pub(crate) use text_file::read_secret;
