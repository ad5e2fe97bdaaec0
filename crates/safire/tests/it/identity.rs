//! A scripted OpenID provider: it signs what a test says, and publishes the keys that a test says.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::LazyLock;
use std::sync::Mutex;
use std::sync::atomic::AtomicI64;
use std::sync::atomic::Ordering;
use std::time::Duration;

use safire::Client;
use safire::Error;
use safire::clock::Clock;
use safire::protocol::authorize::AuthorizedCode;
use safire::protocol::id_token::ValidIdToken;
use safire::protocol::jose::Algorithm;
use safire::protocol::jose::Header;
use safire::protocol::jose::JwkSet;
use safire::protocol::jose::PrivateKey;
use safire::protocol::jose::sign;
use safire::protocol::time::UnixTime;
use safire::protocol::token::TokenResponse;
use safire::server::ServerBuilder;
use serde_json::Value;

use crate::login::code;
use crate::login::public_credentials;
use crate::script::Script;
use crate::script::answer;
use crate::script::document;
use crate::script::json;

pub(crate) const NOW: i64 = 1_790_000_000;
pub(crate) static KEY: LazyLock<PrivateKey> =
    LazyLock::new(|| PrivateKey::generate(Algorithm::Es384).unwrap());

/// A clock that stands until it is moved.
#[derive(Debug)]
pub(crate) struct StandingClock(AtomicI64);

impl StandingClock {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self(AtomicI64::new(NOW)))
    }

    pub(crate) fn advance(&self, seconds: i64) {
        self.0.fetch_add(seconds, Ordering::Relaxed);
    }
}

impl Clock for StandingClock {
    fn now(&self) -> UnixTime {
        UnixTime::from_seconds(self.0.load(Ordering::Relaxed))
    }

    fn elapsed(&self) -> Duration {
        Duration::from_secs(u64::try_from(self.0.load(Ordering::Relaxed) - NOW).unwrap())
    }
}

/// What the provider answers next.
#[derive(Debug, Default)]
struct Answers {
    jwks: Vec<u8>,
    token: String,
}

pub(crate) struct Provider {
    pub(crate) script: Script,
    pub(crate) clock: Arc<StandingClock>,
    pub(crate) client: Client,
    answers: Arc<Mutex<Answers>>,
}

impl Provider {
    pub(crate) async fn start() -> Self {
        Self::with(document, |builder| builder).await
    }

    /// With this document, and the server set up so.
    pub(crate) async fn with(
        document: impl Fn(SocketAddr) -> String + Send + Sync + 'static,
        set: impl FnOnce(ServerBuilder) -> ServerBuilder,
    ) -> Self {
        let answers = Arc::new(Mutex::new(Answers { jwks: jwks(&[&KEY]), token: String::new() }));
        let seen = Arc::clone(&answers);
        let script = Script::with_document(document, move |asked, address| {
            let answers = seen.lock().unwrap();
            match asked.path.as_str() {
                "/jwks" => answers.jwks.clone(),
                "/token" => json(200, &answers.token),
                "/.well-known/openid-configuration" => json(200, &self::document(address)),
                _ => answer(404, &[], ""),
            }
        })
        .await;
        let clock = StandingClock::new();
        let builder = script.builder().clock(Arc::clone(&clock) as Arc<dyn Clock>);
        let client = set(builder).build().unwrap().client(public_credentials());
        Self { script, clock, client, answers }
    }

    pub(crate) fn publish(&self, jwks: Vec<u8>) {
        self.answers.lock().unwrap().jwks = jwks;
    }

    /// What a good id token of this login says.
    pub(crate) fn claims(&self, login: &AuthorizedCode) -> Value {
        let now = self.clock.now().as_seconds();
        serde_json::json!({
            "iss": self.script.origin(), "sub": "alice", "aud": "abc", "exp": now + 300, "iat": now,
            "nonce": login.nonce.as_ref().unwrap().expose_secret(), "fhirUser": "Practitioner/123",
        })
    }

    /// Logs in; the token answer brings the id token that `make` writes of its claims.
    pub(crate) async fn login(
        &self,
        make: impl FnOnce(Value) -> Option<String>,
    ) -> (TokenResponse, AuthorizedCode) {
        let login = code(&self.client).await;
        let id_token = make(self.claims(&login));
        self.answer_with(id_token.as_deref(), "openid fhirUser launch/patient");
        (self.client.request_access_token(&login).await.unwrap(), login)
    }

    /// The next token answers bring this id token.
    pub(crate) fn answer_with(&self, id_token: Option<&str>, scope: &str) {
        let mut answer = serde_json::json!({
            "access_token": "planted-access-token-0123456789", "token_type": "Bearer", "expires_in": 300,
            "scope": scope, "refresh_token": "planted-refresh-token-0123456789",
        });
        if let Some(id_token) = id_token {
            answer["id_token"] = id_token.into();
        }
        self.answers.lock().unwrap().token = answer.to_string();
    }

    /// A login whose id token `make` writes, and what the client makes of it.
    pub(crate) async fn verified(&self, make: impl FnOnce(Value) -> String) -> Result<ValidIdToken, Error> {
        let (token, login) = self.login(|claims| Some(make(claims))).await;
        self.client.verify_id_token(&token, &login).await
    }

    pub(crate) fn key_requests(&self) -> usize {
        self.script.count("/jwks")
    }
}

/// The answer that publishes these keys.
pub(crate) fn jwks(keys: &[&PrivateKey]) -> Vec<u8> {
    let set = JwkSet::from_keys(keys.iter().map(|key| key.public_jwk().clone()));
    json(200, &set.to_json().to_string())
}

pub(crate) fn signed(key: &PrivateKey, claims: &Value) -> String {
    sign(key, &Header::jwt(key.algorithm(), key.kid()), claims).unwrap()
}

/// The same claims with one of another value, or without it where that is null.
pub(crate) fn but(mut claims: Value, claim: &str, value: impl Into<Value>) -> Value {
    let value = value.into();
    if value.is_null() {
        claims.as_object_mut().unwrap().remove(claim);
    } else {
        claims[claim] = value;
    }
    claims
}
