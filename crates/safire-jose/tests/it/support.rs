use std::path::PathBuf;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

pub(crate) fn read(path: &str) -> Vec<u8> {
    let root = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../testdata/jose"));
    std::fs::read(root.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

pub(crate) fn json(path: &str) -> Value {
    serde_json::from_slice(&read(path)).expect("JSON")
}

pub(crate) fn encode(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(text)
}

pub(crate) fn token(header: &str, claims: &str) -> String {
    format!("{}.{}.{}", encode(header), encode(claims), encode("signature"))
}

/// The signing input and the signature of a compact JWS.
pub(crate) fn split(jws: &str) -> (&[u8], Vec<u8>) {
    let (input, signature) = jws.rsplit_once('.').expect("a compact JWS");
    (input.as_bytes(), URL_SAFE_NO_PAD.decode(signature).expect("base64url"))
}
