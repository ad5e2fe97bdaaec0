//! Id tokens, OpenID Connect Core §2 with the `fhirUser` of SMART.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use safire_protocol::jose::Algorithm;
use safire_protocol::jose::Header;
use safire_protocol::jose::PrivateKey;
use safire_protocol::jose::sign;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use crate::clock::now;
use crate::endpoint::Endpoint;
use crate::fault::Forgery;
use crate::fault::Strike;
use crate::grant::Login;
use crate::keys::NoKey;
use crate::state::State;

/// Whom an id token is about, and for whom it is.
#[derive(Debug)]
pub(crate) struct Subject<'a> {
    pub(crate) client_id: &'a str,
    pub(crate) login: &'a Login,
    /// The scope of the answer that the token comes with.
    pub(crate) scope: &'a str,
    /// The nonce of the login; a refreshed token has none (OpenID Connect Core §12.2).
    pub(crate) nonce: Option<&'a str>,
    /// In place of the server's usual key: one with a certificate chain, as UDAP wants it.
    pub(crate) signer: Option<(PrivateKey, Vec<String>)>,
}

/// Signs an id token; a fault `id-token:…` strikes it.
pub(crate) async fn issue(
    state: &State,
    algorithm: Algorithm,
    subject: &Subject<'_>,
) -> Result<String, NoKey> {
    let (key, chain) = match &subject.signer {
        Some((key, chain)) => (key.clone(), Some(chain.clone())),
        None => (state.keys.signing(algorithm).await?, None),
    };
    let signed = |key: &PrivateKey, kid: &str, claims: &Map<String, Value>| {
        let header = Header { x5c: chain.clone(), ..Header::jwt(key.algorithm(), kid) };
        sign(key, &header, claims).map_err(|_| NoKey)
    };
    let mut claims = claims(state, subject);
    let Some(active) = state.fault_at(Endpoint::IdToken) else { return signed(&key, key.kid(), &claims) };
    let scene = active.scene(&state.issuer, "/token", &[]);
    let strike = Strike { act: active.act(), scene: &scene };
    strike.edit(&mut claims);
    match strike.forgery() {
        None => signed(&key, key.kid(), &claims),
        Some(Forgery::AlgNone) => Ok(unsigned(&claims)),
        Some(Forgery::UnknownKid) => signed(&key, "a-key-that-is-not-published", &claims),
        Some(Forgery::BadSignature) => {
            let right = signed(&key, key.kid(), &claims)?;
            claims.insert("sub".to_owned(), json!("somebody-else"));
            let other = signed(&key, key.kid(), &claims)?;
            let (input, _) = right.rsplit_once('.').unwrap_or_default();
            let (_, signature) = other.rsplit_once('.').unwrap_or_default();
            Ok(format!("{input}.{signature}"))
        }
    }
}

fn claims(state: &State, subject: &Subject<'_>) -> Map<String, Value> {
    let Subject { client_id, login, scope, nonce, signer: _ } = subject;
    let user = login.sign_in.user;
    let now = now();
    let mut claims = Map::new();
    let mut put = |name: &str, value: Value| claims.insert(name.to_owned(), value);
    put("iss", json!(state.issuer));
    put("sub", json!(user.subject));
    put("aud", json!(client_id));
    put("iat", json!(now));
    put("exp", json!(now.plus_seconds(LIFETIME)));
    put("auth_time", json!(login.sign_in.at));
    if let Some(nonce) = nonce {
        put("nonce", json!(nonce));
    }
    // SMART 2.2, "Scopes for requesting identity data": `profile` is what `fhirUser` was called before.
    for name in ["fhirUser", "profile"] {
        if scope.split_ascii_whitespace().any(|granted| granted == name) {
            put(name, json!(format!("{}/{}", state.fhir_base(), user.resource)));
        }
    }
    claims
}

fn unsigned(claims: &Map<String, Value>) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.", part(&json!({"alg": "none", "typ": "JWT"})), part(&Value::Object(claims.clone())))
}

/// How many seconds an id token is good for.
const LIFETIME: i64 = 600;
