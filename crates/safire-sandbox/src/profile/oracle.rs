//! Oracle Health, once Cerner.

use serde_json::Value;
use serde_json::json;

use super::kind::Admission;
use super::kind::Profile;
use super::standard::BASE;
use crate::scope_syntax::OtherSyntax;
use crate::scope_syntax::ScopeSyntax;

pub(super) static ORACLE: Profile = Profile {
    name: "oracle",
    summary: "no registration: clients come from a portal; errors with `error` and `error_uri`, a URN, and no \
              description; scopes of SMART 2 are dropped, although discovery names them",
    source: "forum posts 0761, 0040, 2985; T16",
    discovery: |members| drop(members.shift_remove("registration_endpoint")),
    admission: Admission::Nobody,
    error,
    scopes: ScopeSyntax::V1(OtherSyntax::Dropped),
    ..BASE
};

/// The description as the last part of a URN.
fn error(error: &str, description: &str) -> Value {
    let reason: Vec<&str> =
        description.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let reason = reason.join("-").to_ascii_lowercase();
    json!({
        "error": error,
        "error_uri": format!("urn:cerner:error:authorization-server:oauth2:{}:{reason}", error.replace('_', "-")),
    })
}
