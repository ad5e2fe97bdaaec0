//! What usually lies behind a refusal of the token endpoint.

use std::borrow::Cow;

use super::sent_assertion::SentAssertion;
use crate::auth_method::AuthMethod;
use crate::server_answer::ServerAnswer;

/// A clock that is off by this much is worth telling of.
const NOTABLE_OFFSET: u64 = 20;

/// What was sent and can be compared with what the server knows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sent<'a> {
    pub(super) grant_type: &'a str,
    pub(super) method: &'a AuthMethod,
    pub(super) assertion: Option<&'a SentAssertion>,
    pub(super) clock_offset: Option<i64>,
}

/// What usually lies behind a refusal, by its code and by how the client proved itself; then what was sent.
pub(super) fn refusal_hint(answer: &ServerAnswer, sent: Sent<'_>) -> Cow<'static, str> {
    let text = likely_cause(answer, sent);
    let is_of_proof = match (answer.error.as_deref(), answer.status) {
        (Some("invalid_client" | "invalid_grant"), _) | (None, 400 | 401) => true,
        (Some(_) | None, _) => false,
    };
    Cow::Owned(match sent.assertion.filter(|_| is_of_proof) {
        Some(assertion) => format!("{text}; {}", checked(assertion, sent)),
        None => match sent.clock_offset.filter(|offset| offset.unsigned_abs() >= NOTABLE_OFFSET) {
            Some(offset) => format!("{text}; {}", clock(offset)),
            None => text,
        },
    })
}

fn likely_cause(answer: &ServerAnswer, sent: Sent<'_>) -> String {
    let Sent { grant_type, method, .. } = sent;
    match (answer.error.as_deref(), answer.status) {
        (Some("invalid_client"), _) | (None, 401) => proof_hint(method),
        // Some servers answer so, often without a description, when the assertion is what they do not like.
        (Some("invalid_grant"), _) if grant_type == "authorization_code" => {
            "the code may have been used already or have expired, the redirect URI differ from the authorization request's, or the verifier belong to another request: start the login again"
                .to_owned()
        }
        (Some("invalid_grant"), _) if grant_type == "refresh_token" => {
            "the refresh token is spent, revoked or expired: log in again. If it was used twice, the server may have revoked all that came of it"
                .to_owned()
        }
        (Some("invalid_grant"), _) => format!(
            "some servers say this of the client's proof, and some now and then without a cause: try once more; then {}",
            proof_hint(method)
        ),
        (Some("unauthorized_client"), _) if *method == AuthMethod::None && grant_type == "client_credentials" => {
            "a public client gets no token of its own (RFC 6749 §4.4): register with a key or a secret"
                .to_owned()
        }
        (Some("unauthorized_client"), _) => format!(
            "the client is not registered for `{grant_type}`, or waits for approval: compare `safire registration show`, ask the server's operator"
        ),
        (Some("invalid_scope"), _) if grant_type == "refresh_token" => {
            "a refresh may ask for fewer scopes than were granted, never for others: leave the scope out".to_owned()
        }
        (Some("invalid_scope"), _) => {
            "ask with `--scope` for what is registered and supported; some servers know `system/*.read` and not `system/*.rs`, some no wildcard at all"
                .to_owned()
        }
        (Some("unsupported_grant_type"), _) => {
            format!("the server does not offer `{grant_type}`: compare `grant_types_supported` in `safire discover`")
        }
        (Some("invalid_request"), _) => {
            "some servers want `client_id` in the form beside the proof, some another place for the secret: both are choices per server"
                .to_owned()
        }
        (_, 404 | 405) => {
            "this may not be the token endpoint: compare `safire discover`, or name it with `--token-endpoint`".to_owned()
        }
        (_, 429) => match answer.retry_after {
            Some(seconds) => format!("too many requests: the server asks to wait {seconds} seconds"),
            None => "too many requests: wait before the next one".to_owned(),
        },
        (_, 500..) => "the server failed: try again later, or ask its operator".to_owned(),
        _ => "`--explain` shows what was sent and what came back".to_owned(),
    }
}

fn proof_hint(method: &AuthMethod) -> String {
    match method {
        AuthMethod::ClientSecretBasic => {
            "the secret may be wrong or expired, the client may wait for approval, the server may not decode form-encoded Basic credentials (`--basic-encoding raw` for it), or want them in the form"
        }
        AuthMethod::ClientSecretPost => {
            "the secret may be wrong or expired, the client may wait for approval, or the server may want the secret in a Basic header"
        }
        AuthMethod::PrivateKeyJwt => {
            "the `kid` may be unknown to the server, the key not the registered one, its `jwks_uri` not fetched yet, the client not yet approved, or the audience not what it expects"
        }
        AuthMethod::None => "the server wants a proof, and this client has none: register with a key or a secret",
        AuthMethod::Other(_) => "the server does not accept this method",
    }
    .to_owned()
}

/// What an assertion said, one by one: who compares it with what the server knows finds the difference.
fn checked(assertion: &SentAssertion, sent: Sent<'_>) -> String {
    let SentAssertion { kid, audience, lifetime } = assertion;
    let clock = sent
        .clock_offset
        .map_or_else(|| "the answer has no usable `Date` to compare the clock with".to_owned(), clock);
    format!(
        "sent: method `{}`, `kid` `{}`, `aud` {audience}, lifetime {lifetime} s; {clock}",
        sent.method,
        kid.escape_debug()
    )
}

fn clock(offset: i64) -> String {
    let side = match offset {
        0 => return "this clock agrees with the server's".to_owned(),
        1.. => "ahead of",
        _ => "behind",
    };
    format!("this clock is {} seconds {side} the server's", offset.unsigned_abs())
}
