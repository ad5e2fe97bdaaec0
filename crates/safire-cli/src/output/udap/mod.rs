//! What the commands of UDAP tell.

mod certificate;
mod json;
mod tree;

pub(crate) use json::path_json;
pub(crate) use json::udap_registration_json;
pub(crate) use tree::failure_tree;
pub(crate) use tree::path_tree;
