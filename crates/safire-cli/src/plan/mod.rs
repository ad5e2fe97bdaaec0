//! What is meant: the arguments checked, their files read. No request is made here.

mod authorization;
mod connection;
mod duration;
mod fhir_path;
mod fleet;
mod grants;
mod key;
mod lookup;
mod metadata;
mod phase;
mod redirect;
mod store;
mod text_file;

pub(crate) use authorization::authorization;
pub(crate) use connection::Answers;
pub(crate) use connection::Connection;
pub(crate) use connection::loopback;
pub(crate) use duration::span;
pub(crate) use fhir_path::FhirPath;
pub(crate) use fleet::FleetList;
pub(crate) use fleet::FleetTemplate;
pub(crate) use fleet::cleaning_rules;
pub(crate) use fleet::pace;
pub(crate) use grants::MayUse;
pub(crate) use grants::may_use;
pub(crate) use key::ClientKey;
pub(crate) use key::Keep;
pub(crate) use lookup::find;
pub(crate) use metadata::client_metadata;
pub(crate) use phase::Phase;
pub(crate) use redirect::LoopbackRedirect;
pub(crate) use store::CommandStore;
pub(crate) use text_file::read_body;
pub(crate) use text_file::read_file;
pub(crate) use text_file::read_secret;
