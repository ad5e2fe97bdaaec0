//! Faults of the body's form.

use bytes::Bytes;
use http::StatusCode;
use http::header::CONTENT_TYPE;

use super::kind::Act;
use super::kind::Kind;
use super::kind::Scene;
use crate::endpoint::Endpoint;
use crate::reply::Content;
use crate::reply::Reply;

pub(super) const FAULTS: &[Kind] = &[
    Kind::new("wrong-type", Act::After(wrong_type), "the right body as text/html"),
    Kind::new("text-plain", Act::After(text_plain), "the right body as text/plain"),
    Kind::new("no-type", Act::After(no_type), "the right body without a Content-Type"),
    Kind::new("bom", Act::After(bom), "the right body behind a byte order mark"),
    Kind::new("bad-utf8", Act::After(bad_utf8), "the right body with a member that is not UTF-8"),
    Kind::new("nan", Act::After(nan), "the right body with a member whose value is NaN"),
    Kind::new(
        "duplicate-members",
        Act::After(duplicate_members),
        "the main member twice, the right value last",
    ),
    Kind::new("broken-json", Act::Instead(|_| ok("{oops")), "200 with `{oops`"),
    Kind::new("json-array", Act::Instead(|_| ok("[]")), "200 with `[]`"),
    Kind::new("json-scalar", Act::Instead(|_| ok("\"ok\"")), "200 with a JSON string"),
    Kind::new("empty-200", Act::Instead(|_| ok("")), "200, called JSON, without a body"),
    Kind::new("error-200", Act::Instead(error_200), "200 with an error object, as in T6"),
];

fn ok(body: &'static str) -> Option<Reply> {
    Some(Reply::new(StatusCode::OK).with_body("application/json", body))
}

fn error_200(scene: &Scene<'_>) -> Option<Reply> {
    ok(match scene.endpoint {
        Endpoint::Discovery | Endpoint::Udap | Endpoint::Crl | Endpoint::Aia => r#"{"error":"not_found"}"#,
        Endpoint::Register | Endpoint::Manage => r#"{"error":"invalid_client_metadata"}"#,
        Endpoint::Authorize | Endpoint::Jwks => r#"{"error":"server_error"}"#,
        Endpoint::Token | Endpoint::IdToken | Endpoint::Introspect | Endpoint::Revoke => {
            r#"{"error":"invalid_client"}"#
        }
        Endpoint::Fhir => r#"{"error":"invalid_token"}"#,
    })
}

fn wrong_type(reply: Reply, _: &Scene<'_>) -> Reply {
    reply.with_header(CONTENT_TYPE, "text/html")
}

fn text_plain(reply: Reply, _: &Scene<'_>) -> Reply {
    reply.with_header(CONTENT_TYPE, "text/plain")
}

fn no_type(mut reply: Reply, _: &Scene<'_>) -> Reply {
    reply.headers.remove(CONTENT_TYPE);
    reply
}

fn bom(reply: Reply, _: &Scene<'_>) -> Reply {
    let body = [b"\xEF\xBB\xBF".as_slice(), &reply.bytes()].concat();
    with(reply, body)
}

fn bad_utf8(reply: Reply, _: &Scene<'_>) -> Reply {
    first_member(reply, b"\"note\":\"\xFF\xFE\"")
}

fn nan(reply: Reply, _: &Scene<'_>) -> Reply {
    first_member(reply, b"\"note\":NaN")
}

fn duplicate_members(reply: Reply, scene: &Scene<'_>) -> Reply {
    first_member(
        reply,
        match scene.endpoint {
            Endpoint::Discovery | Endpoint::Udap => {
                b"\"token_endpoint\":\"https://first.invalid/token\"".as_slice()
            }
            Endpoint::Register | Endpoint::Manage => b"\"client_id\":\"the-first\"",
            Endpoint::Token | Endpoint::IdToken => b"\"access_token\":\"the-first\"",
            Endpoint::Introspect => b"\"active\":false",
            Endpoint::Jwks => b"\"keys\":[]",
            Endpoint::Fhir => b"\"resourceType\":\"Basic\"",
            Endpoint::Crl | Endpoint::Aia | Endpoint::Authorize | Endpoint::Revoke => b"\"first\":true",
        },
    )
}

/// Puts a member in front of the others.
fn first_member(reply: Reply, member: &[u8]) -> Reply {
    let body = reply.bytes();
    let Some(rest) = body.strip_prefix(b"{") else { return reply };
    let body = [b"{".as_slice(), member, b",", rest].concat();
    with(reply, body)
}

fn with(mut reply: Reply, body: Vec<u8>) -> Reply {
    reply.body = Content::Whole(Bytes::from(body));
    reply
}
