//! Faults of id tokens and of the keys that verify them.

use http::StatusCode;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use super::kind::Act;
use super::kind::Forgery;
use super::kind::Kind;
use super::kind::Scene;
use crate::endpoint::Endpoint;
use crate::reply::Reply;

pub(super) const FAULTS: &[Kind] = &[
    Kind::new("alg-none", Act::Forge(Forgery::AlgNone), "`alg` is `none` and the signature is empty")
        .at(SIGNED),
    Kind::new("unknown-kid", Act::Forge(Forgery::UnknownKid), "`kid` names a key that is not published")
        .at(HERE),
    Kind::new("bad-signature", Act::Forge(Forgery::BadSignature), "the signature is of another token")
        .at(SIGNED),
    Kind::new("wrong-aud", Act::Edit(wrong_aud), "`aud` is another client").at(SIGNED),
    Kind::new("wrong-nonce", Act::Edit(wrong_nonce), "`nonce` is another one than was sent").at(HERE),
    Kind::new("expired", Act::Edit(expired), "`exp` was an hour ago").at(SIGNED),
    Kind::new("down", Act::Instead(down), "503 in place of the keys").at(&[Endpoint::Jwks]),
];

const HERE: &[Endpoint] = &[Endpoint::IdToken];
const SIGNED: &[Endpoint] = &[Endpoint::IdToken, Endpoint::Udap];

fn wrong_aud(claims: &mut Map<String, Value>, _: &Scene<'_>) {
    claims.insert("aud".to_owned(), json!("another-client"));
}

fn wrong_nonce(claims: &mut Map<String, Value>, _: &Scene<'_>) {
    claims.insert("nonce".to_owned(), json!("not-the-nonce-that-was-sent"));
}

fn expired(claims: &mut Map<String, Value>, _: &Scene<'_>) {
    let now = crate::clock::now();
    claims.insert("iat".to_owned(), json!(now.plus_seconds(-7200)));
    claims.insert("exp".to_owned(), json!(now.plus_seconds(-3600)));
}

fn down(_: &Scene<'_>) -> Option<Reply> {
    Some(Reply::new(StatusCode::SERVICE_UNAVAILABLE).with_body("text/plain", "down\n"))
}
