//! The keys that id tokens are signed with.

use std::sync::Arc;
use std::sync::Mutex;

use http::StatusCode;
use safire_protocol::jose::Algorithm;
use safire_protocol::jose::PrivateKey;
use serde_json::Value;
use serde_json::json;
use tokio::sync::OnceCell;

use crate::lock::lock;
use crate::reply::Reply;

/// An RSA and an EC key, made when they are first needed: an RSA key takes a while.
#[derive(Debug, Default)]
pub(crate) struct Keys(Mutex<Arc<Pair>>);

#[derive(Debug, Default)]
struct Pair {
    rs256: OnceCell<PrivateKey>,
    es384: OnceCell<PrivateKey>,
}

/// A key could not be made.
#[derive(Debug)]
pub(crate) struct NoKey;

impl Keys {
    /// The key for one of the algorithms that discovery names.
    pub(crate) async fn signing(&self, algorithm: Algorithm) -> Result<PrivateKey, NoKey> {
        let pair = Arc::clone(&lock(&self.0));
        pair.signing(algorithm).await
    }

    /// Puts new keys in place of the old ones, which are no longer published.
    pub(crate) fn rotate(&self) {
        *lock(&self.0) = Arc::default();
    }

    /// The JWK Set, RFC 7517 §5, with further keys at its end.
    pub(crate) async fn reply(&self, further: Vec<Value>) -> Reply {
        let pair = Arc::clone(&lock(&self.0));
        let mut keys: Vec<Value> = Vec::new();
        for algorithm in [Algorithm::Rs256, Algorithm::Es384] {
            match pair.signing(algorithm).await {
                Ok(key) => keys.push(key.public_jwk().to_json()),
                Err(NoKey) => return NoKey::reply(),
            }
        }
        keys.extend(further);
        Reply::json(StatusCode::OK, &json!({"keys": keys}))
    }
}

impl Pair {
    async fn signing(&self, algorithm: Algorithm) -> Result<PrivateKey, NoKey> {
        let (cell, algorithm) = match algorithm {
            Algorithm::Es256 | Algorithm::Es384 => (&self.es384, Algorithm::Es384),
            Algorithm::Rs256 | Algorithm::Rs384 | Algorithm::Rs512 | Algorithm::Ps256 | Algorithm::Ps384 => {
                (&self.rs256, Algorithm::Rs256)
            }
        };
        let make = || async move {
            let made = tokio::task::spawn_blocking(move || PrivateKey::generate(algorithm)).await;
            made.map_err(|_| NoKey)?.map_err(|_| NoKey)
        };
        cell.get_or_try_init(make).await.cloned()
    }
}

impl NoKey {
    pub(crate) fn reply() -> Reply {
        Reply::oauth_error(
            StatusCode::SERVICE_UNAVAILABLE,
            "temporarily_unavailable",
            "there is no key to sign with",
        )
    }
}
