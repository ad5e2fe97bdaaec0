//! Faults of the FHIR endpoint.

use http::StatusCode;
use http::header::WWW_AUTHENTICATE;
use serde_json::json;

use super::kind::Act;
use super::kind::Kind;
use super::kind::Scene;
use crate::endpoint::Endpoint;
use crate::reply::Reply;

pub(super) const FAULTS: &[Kind] = &[Kind::new(
    "401-once",
    Act::Instead(unauthorized_once),
    "401 `invalid_token` at the first request, as of a token that ended early; then the right answer",
)
.at(&[Endpoint::Fhir])];

fn unauthorized_once(scene: &Scene<'_>) -> Option<Reply> {
    let outcome =
        json!({"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "login"}]});
    (scene.before == 0).then(|| {
        Reply::json(StatusCode::UNAUTHORIZED, &outcome)
            .with_header(WWW_AUTHENTICATE, "Bearer realm=\"safire-sandbox\", error=\"invalid_token\"")
    })
}
