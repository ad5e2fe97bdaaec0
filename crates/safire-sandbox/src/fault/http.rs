//! Faults of status and redirection.

use http::StatusCode;
use http::header::LOCATION;
use http::header::RETRY_AFTER;
use http::header::WWW_AUTHENTICATE;

use super::kind::Act;
use super::kind::Kind;
use super::kind::Scene;
use super::kind::Wants;
use crate::endpoint::Endpoint;
use crate::reply::Reply;

pub(super) const FAULTS: &[Kind] = &[
    Kind::new(
        "redirect",
        Act::Instead(redirect),
        "302 to another path of the same origin, which answers a discovery",
    ),
    Kind::new("redirect-loop", Act::Instead(redirect_loop), "302 to itself"),
    Kind::new(
        "redirect-http",
        Act::Instead(redirect_http),
        "307 to an http URL that is not loopback, or to the one given",
    )
    .wants(Wants::PerhapsUrl),
    Kind::new("redirect-away", Act::Instead(redirect_away), "307 to the URL given").wants(Wants::Url),
    Kind::new("no-location", Act::Instead(no_location), "302 without a Location"),
    Kind::new("bad-location", Act::Instead(bad_location), "302 with a Location that is no URL"),
    Kind::new("html-error", Act::Instead(html_error), "502 with an HTML page"),
    Kind::new("empty-500", Act::Instead(empty_500), "500 without a body"),
    Kind::new("forbidden-json", Act::Instead(forbidden_json), "403, called JSON, body `Forbidden`"),
    Kind::new("unauthorized", Act::Instead(unauthorized), "401 with WWW-Authenticate and no body"),
    Kind::new("not-found", Act::Instead(not_found), "404"),
    Kind::new("gone", Act::Instead(gone), "410"),
    Kind::new(
        "rate-limit",
        Act::Instead(rate_limit),
        "429 with `Retry-After: 1` at the first request, then the right answer",
    ),
    Kind::new("no-content", Act::Instead(no_content), "204"),
    Kind::new("location-307", Act::Instead(location_307), "307 to another host, as in T10")
        .at(&[Endpoint::Register]),
];

fn redirect(scene: &Scene<'_>) -> Option<Reply> {
    Some(to(StatusCode::FOUND, &format!("{}/moved{}", scene.origin, scene.path)))
}

fn redirect_loop(scene: &Scene<'_>) -> Option<Reply> {
    Some(to(StatusCode::FOUND, &format!("{}{}", scene.origin, scene.path)))
}

fn redirect_http(scene: &Scene<'_>) -> Option<Reply> {
    let default = format!("http://downgrade.invalid{}", scene.path);
    Some(to(StatusCode::TEMPORARY_REDIRECT, scene.value.unwrap_or(&default)))
}

fn redirect_away(scene: &Scene<'_>) -> Option<Reply> {
    Some(to(StatusCode::TEMPORARY_REDIRECT, scene.value?))
}

fn no_location(_: &Scene<'_>) -> Option<Reply> {
    Some(Reply::new(StatusCode::FOUND))
}

fn bad_location(_: &Scene<'_>) -> Option<Reply> {
    Some(to(StatusCode::FOUND, "http://[::bad"))
}

fn html_error(_: &Scene<'_>) -> Option<Reply> {
    let page = "<!DOCTYPE html>\n<html><head><title>502 Bad Gateway</title></head>\n<body><h1>Bad Gateway</h1><p>The upstream server did not answer.</p></body></html>\n";
    Some(Reply::new(StatusCode::BAD_GATEWAY).with_body("text/html; charset=utf-8", page))
}

fn empty_500(_: &Scene<'_>) -> Option<Reply> {
    Some(Reply::new(StatusCode::INTERNAL_SERVER_ERROR))
}

fn forbidden_json(_: &Scene<'_>) -> Option<Reply> {
    Some(Reply::new(StatusCode::FORBIDDEN).with_body("application/json", "Forbidden"))
}

fn unauthorized(_: &Scene<'_>) -> Option<Reply> {
    Some(
        Reply::new(StatusCode::UNAUTHORIZED).with_header(WWW_AUTHENTICATE, "Bearer realm=\"safire-sandbox\""),
    )
}

fn not_found(_: &Scene<'_>) -> Option<Reply> {
    Some(Reply::new(StatusCode::NOT_FOUND).with_body("text/plain", "not found\n"))
}

fn gone(_: &Scene<'_>) -> Option<Reply> {
    Some(Reply::new(StatusCode::GONE).with_body("text/plain", "gone\n"))
}

fn rate_limit(scene: &Scene<'_>) -> Option<Reply> {
    (scene.before == 0).then(|| {
        Reply::new(StatusCode::TOO_MANY_REQUESTS)
            .with_body("text/plain", "slow down\n")
            .with_header(RETRY_AFTER, "1")
    })
}

fn no_content(_: &Scene<'_>) -> Option<Reply> {
    Some(Reply::new(StatusCode::NO_CONTENT))
}

fn location_307(_: &Scene<'_>) -> Option<Reply> {
    Some(to(StatusCode::TEMPORARY_REDIRECT, "https://elsewhere.invalid/register"))
}

fn to(status: StatusCode, location: &str) -> Reply {
    Reply::new(status).with_header(LOCATION, location)
}
