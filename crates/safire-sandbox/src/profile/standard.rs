//! The standards, and nothing else.

use http::StatusCode;
use serde_json::json;

use super::kind::Admission;
use super::kind::Asker;
use super::kind::Audience;
use super::kind::Profile;
use crate::endpoint::MANAGEMENT_PATH;
use crate::management::Management;
use crate::scope_syntax::ScopeSyntax;
use crate::token;

/// What every other profile departs from.
pub(super) static STANDARD: Profile = BASE;

pub(super) const BASE: Profile = Profile {
    name: "standard",
    summary: "the specifications, read strictly",
    source: "RFC 6749, RFC 7591, RFC 7592, SMART App Launch 2.2",
    discovery: |_| {},
    admission: Admission::Open,
    metadata: |_| None,
    redirect_error: "invalid_redirect_uri",
    registered: None,
    registered_status: StatusCode::CREATED,
    waits: |_| false,
    audience: Audience::Lenient,
    scopes: ScopeSyntax::Both,
    advertised: ScopeSyntax::Both,
    // SMART 2.2, "Scopes for requesting a refresh token".
    refresh_scopes: &["offline_access", "online_access"],
    token: |_| {},
    no_client: || token::Refusal::client("no client authentication"),
    error: |error, description| json!({"error": error, "error_description": description}),
    introspection: Asker::Anybody,
    management: Management::new(),
    management_path: MANAGEMENT_PATH,
    read: |_| {},
};
