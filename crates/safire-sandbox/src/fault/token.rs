//! Faults of token answers, after those that were met in the field.

use http::StatusCode;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use super::kind::Act;
use super::kind::Kind;
use super::kind::Scene;
use crate::endpoint::Endpoint;
use crate::reply::Reply;

pub(super) const FAULTS: &[Kind] = &[
    edit("string-expires", |m, _| put(m, "expires_in", json!("3600")), "`expires_in` as a string"),
    edit("float-expires", |m, _| put(m, "expires_in", json!(3600.0)), "`expires_in` as 3600.0"),
    edit("no-expires", |m, _| take(m, "expires_in"), "`expires_in` is missing"),
    edit("negative-expires", |m, _| put(m, "expires_in", json!(-60)), "`expires_in` is negative"),
    edit("huge-expires", |m, _| put(m, "expires_in", json!(1_000_000_000_000_u64)), "`expires_in` is 10^12"),
    edit("bearer-lower", |m, _| put(m, "token_type", json!("bearer")), "`token_type` is `bearer`"),
    edit("bearer-upper", |m, _| put(m, "token_type", json!("BEARER")), "`token_type` is `BEARER`"),
    edit("mac-type", |m, _| put(m, "token_type", json!("mac")), "`token_type` is `mac`"),
    edit("no-token-type", |m, _| take(m, "token_type"), "`token_type` is missing"),
    edit("no-scope", |m, _| take(m, "scope"), "`scope` is missing"),
    edit("no-access-token", |m, _| take(m, "access_token"), "`access_token` is missing"),
    edit(
        "with-refresh-token",
        |m, _| put(m, "refresh_token", json!("not-for-this-grant")),
        "a refresh token for client credentials",
    ),
    edit("no-id-token", |m, _| take(m, "id_token"), "`id_token` is missing although `openid` was granted"),
    edit(
        "no-patient",
        |m, _| take(m, "patient"),
        "`patient` is missing although it is in context, as in T24",
    ),
    edit(
        "no-refresh-token",
        no_refresh_token,
        "a refresh is answered without a new refresh token; the old one stays good, as in T18",
    ),
    instead("refresh-invalid-grant", refresh_invalid_grant, "400 `invalid_grant` to every refresh"),
    instead(
        "invalid-grant-once",
        invalid_grant_once,
        "400 `invalid_grant` with a null description once, then the right answer, as in T15",
    ),
    instead(
        "bare-400-once",
        bare_400_once,
        "400 without a body once, then the right answer, as Epic at times",
    ),
    instead("error-uri", error_uri, "401 with `error` and `error_uri` only, as in T16"),
    instead("athena-error", athena_error, "400 with `status`, `statusmessage` and `description`"),
    instead("operation-outcome", operation_outcome, "400 with a FHIR OperationOutcome"),
    instead("invalid-client", invalid_client, "401 with a bare `invalid_client`"),
    instead("invalid-client-400", invalid_client_400, "400 with a bare `invalid_client`"),
    instead("null-description", null_description, "400 `invalid_grant` with a null description"),
];

const fn edit(
    name: &'static str,
    change: fn(&mut Map<String, Value>, &Scene<'_>),
    summary: &'static str,
) -> Kind {
    Kind::new(name, Act::Edit(change), summary).at(&[Endpoint::Token])
}

const fn instead(name: &'static str, answer: fn(&Scene<'_>) -> Option<Reply>, summary: &'static str) -> Kind {
    Kind::new(name, Act::Instead(answer), summary).at(&[Endpoint::Token])
}

fn put(members: &mut Map<String, Value>, name: &str, value: Value) {
    members.insert(name.to_owned(), value);
}

fn take(members: &mut Map<String, Value>, name: &str) {
    members.shift_remove(name);
}

fn no_refresh_token(members: &mut Map<String, Value>, scene: &Scene<'_>) {
    if is_refresh(scene) {
        take(members, "refresh_token");
    }
}

fn refresh_invalid_grant(scene: &Scene<'_>) -> Option<Reply> {
    let body = json!({"error": "invalid_grant", "error_description": "the refresh token is not known"});
    is_refresh(scene).then(|| Reply::json(StatusCode::BAD_REQUEST, &body).no_store())
}

fn invalid_grant_once(scene: &Scene<'_>) -> Option<Reply> {
    if scene.before == 0 { null_description(scene) } else { None }
}

fn bare_400_once(scene: &Scene<'_>) -> Option<Reply> {
    (scene.before == 0).then(|| Reply::new(StatusCode::BAD_REQUEST))
}

fn is_refresh(scene: &Scene<'_>) -> bool {
    url::form_urlencoded::parse(scene.body)
        .any(|(name, value)| name == "grant_type" && value == "refresh_token")
}

fn error_uri(_: &Scene<'_>) -> Option<Reply> {
    answer(
        StatusCode::UNAUTHORIZED,
        &json!({"error": "invalid_client", "error_uri": "https://auth.example.com/errors/unknown-client"}),
    )
}

fn athena_error(_: &Scene<'_>) -> Option<Reply> {
    answer(
        StatusCode::BAD_REQUEST,
        &json!({"status": "error", "statusmessage": "invalid_client", "description": "client is not known"}),
    )
}

fn operation_outcome(_: &Scene<'_>) -> Option<Reply> {
    let reply = Reply::json(
        StatusCode::BAD_REQUEST,
        &json!({
            "resourceType": "OperationOutcome",
            "issue": [{"severity": "error", "code": "login", "diagnostics": "client is not known"}],
        }),
    );
    Some(reply.with_header(http::header::CONTENT_TYPE, "application/fhir+json"))
}

fn invalid_client(_: &Scene<'_>) -> Option<Reply> {
    answer(StatusCode::UNAUTHORIZED, &json!({"error": "invalid_client"}))
}

fn invalid_client_400(_: &Scene<'_>) -> Option<Reply> {
    answer(StatusCode::BAD_REQUEST, &json!({"error": "invalid_client"}))
}

fn null_description(_: &Scene<'_>) -> Option<Reply> {
    answer(StatusCode::BAD_REQUEST, &json!({"error": "invalid_grant", "error_description": null}))
}

#[expect(clippy::unnecessary_wraps, reason = "the shape that the table wants")]
fn answer(status: StatusCode, body: &Value) -> Option<Reply> {
    Some(Reply::json(status, body).no_store())
}
