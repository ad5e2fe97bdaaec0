//! The id token of OpenID Connect Core, and the keys that it is checked with.

mod access_token_hash;
mod arbitrary;
mod audience;
mod claims;
mod fhir_user;
mod forged;
mod key_choice;
mod key_set_request;
mod planted_claims;
mod refreshed;
mod rotation;
mod times;
mod worked_example;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use safire_protocol::fault::Diagnose;
use safire_protocol::id_token::IdTokenCheck;
use safire_protocol::id_token::IdTokenError;
use safire_protocol::id_token::KeySet;
use safire_protocol::id_token::ValidIdToken;
use safire_protocol::identifier::ClientId;
use safire_protocol::jose::Algorithm;
use safire_protocol::jose::Header;
use safire_protocol::jose::JwkSet;
use safire_protocol::jose::PrivateKey;
use safire_protocol::jose::sign;
use safire_protocol::secret::IdToken;
use safire_protocol::time::UnixTime;
use serde_json::Value;
use serde_json::json;
use std::sync::LazyLock;

const ISSUER: &str = "https://auth.example.com";
const CLIENT: &str = "client-1";
const NONCE: &str = "6f1d2c3b4a5968770123456789abcdef";
const NOW: i64 = 1_790_000_000;

static CLIENT_ID: LazyLock<ClientId> = LazyLock::new(|| ClientId::parse(CLIENT).unwrap());
static KEY: LazyLock<PrivateKey> = LazyLock::new(|| PrivateKey::generate(Algorithm::Es384).unwrap());
static KEYS: LazyLock<KeySet> = LazyLock::new(|| set_of(&[&KEY]));

/// What a good token says, ready to be made worse.
fn good() -> Value {
    json!({
        "iss": ISSUER, "sub": "alice", "aud": CLIENT, "nonce": NONCE,
        "exp": NOW + 300, "iat": NOW, "fhirUser": "Practitioner/123",
    })
}

/// The good claims with one of another value, or without it where that is null.
fn good_but(claim: &str, value: impl Into<Value>) -> Value {
    let mut claims = good();
    put(&mut claims, claim, value.into());
    claims
}

/// Sets a member, or takes it away where the value is null.
fn put(object: &mut Value, member: &str, value: Value) {
    if value.is_null() {
        drop(object.as_object_mut().unwrap().remove(member));
    } else {
        object[member] = value;
    }
}

fn set_of(keys: &[&PrivateKey]) -> KeySet {
    KeySet::of(&JwkSet::from_keys(keys.iter().map(|key| key.public_jwk().clone())))
}

fn signed(key: &PrivateKey, claims: &Value) -> String {
    sign(key, &Header::jwt(key.algorithm(), key.kid()), claims).unwrap()
}

/// Signs whatever header and claims are given, as text.
fn signed_as_written(key: &PrivateKey, header: &str, claims: &str) -> String {
    let input = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
    let signature = key.sign(key.algorithm(), input.as_bytes()).unwrap();
    format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn checks() -> IdTokenCheck<'static> {
    IdTokenCheck::new(ISSUER, &CLIENT_ID, UnixTime::from_seconds(NOW)).nonce(NONCE)
}

fn check_with(keys: &KeySet, token: impl Into<String>) -> Result<ValidIdToken, IdTokenError> {
    checks().check(&IdToken::new(token.into()), keys)
}

fn check(claims: &Value) -> Result<ValidIdToken, IdTokenError> {
    check_with(&KEYS, signed(&KEY, claims))
}

fn code(outcome: Result<ValidIdToken, IdTokenError>) -> &'static str {
    outcome.unwrap_err().code()
}

fn deviations(token: &ValidIdToken) -> Vec<&'static str> {
    token.deviations().iter().map(|deviation| deviation.code).collect()
}
