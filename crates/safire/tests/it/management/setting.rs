//! A server that registers one client, manages it and gives it tokens, and what it can do wrong.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::AtomicI64;
use std::sync::atomic::Ordering;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use safire::Error;
use safire::Server;
use safire::clock::Clock;
use safire::management::ManagedRegistration;
use safire::management::Unmanaged;
use safire::protocol::jose::Algorithm;
use safire::protocol::jose::PrivateKey;
use safire::protocol::registration::ClientMetadata;
use safire::protocol::secret::PrivateKeyPem;
use safire::protocol::time::UnixTime;
use safire::store::KeyMaterial;
use safire::store::MemoryStore;
use safire::store::Record;
use safire::store::RecordId;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use crate::script;
use crate::script::Asked;
use crate::script::Script;
use crate::script::form;

pub(super) const START: i64 = 1_790_000_000;

/// A clock that stands still until it is moved.
#[derive(Debug)]
pub(super) struct StillClock(AtomicI64);

impl StillClock {
    pub(super) fn advance(&self, seconds: i64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }
}

impl Clock for StillClock {
    fn now(&self) -> UnixTime {
        UnixTime::from_seconds(self.0.load(Ordering::SeqCst))
    }

    fn elapsed(&self) -> Duration {
        Duration::from_secs(self.0.load(Ordering::SeqCst).unsigned_abs())
    }
}

/// What a request is answered with in place of the usual.
#[derive(Debug, Clone)]
pub(super) enum Instead {
    /// This, and nothing is done.
    Answer(u16, &'static str),
    /// It is done, and this is answered.
    DoneBut(u16, &'static str),
    /// It is done, and the connection breaks.
    DoneAndCut,
    /// The connection breaks, and nothing is done.
    Cut,
    /// No answer comes.
    Silence,
}

/// What a read or an update shows of the credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Shows {
    #[default]
    Everything,
    NoCredentials,
    Hashes,
}

/// The server's own account of the client.
#[derive(Debug, Default)]
pub(super) struct Registry {
    pub(super) client: Option<Map<String, Value>>,
    pub(super) secret: String,
    pub(super) token: String,
    /// Calls that replace the token: `GET`, `PUT`.
    pub(super) rotates_token: Vec<&'static str>,
    pub(super) rotates_secret: bool,
    /// A secret that is taken too.
    pub(super) older_secret: Option<String>,
    pub(super) shows: Shows,
    pub(super) instead: VecDeque<Instead>,
    /// What the token endpoint answers in place of the usual.
    pub(super) no_token: Option<(u16, &'static str)>,
    pub(super) registered: usize,
    issued: usize,
}

impl Registry {
    fn next(&mut self, what: &str) -> String {
        self.issued += 1;
        format!("planted-{what}-{}-0123456789", self.issued)
    }

    fn answer(&mut self, asked: &Asked, address: SocketAddr) -> Vec<u8> {
        match &*asked.path {
            "/register" => self.register(asked, address),
            "/token" => self.give_token(asked),
            _ => self.manage(asked, address),
        }
    }

    fn register(&mut self, asked: &Asked, address: SocketAddr) -> Vec<u8> {
        self.registered += 1;
        self.client = serde_json::from_str(&asked.body).unwrap();
        (self.secret, self.token) = (self.next("secret"), self.next("token"));
        script::json(201, &self.shown(address, Shows::Everything).to_string())
    }

    fn shown(&self, address: SocketAddr, shows: Shows) -> Value {
        let mut answer = self.client.clone().unwrap_or_default();
        answer.insert("client_id".to_owned(), json!(format!("c{}", self.registered)));
        let uri = format!("http://{address}/clients/{}?key=planted-query", self.registered);
        let (secret, token) = match shows {
            Shows::Everything => (self.secret.clone(), self.token.clone()),
            Shows::NoCredentials => return Value::Object(answer),
            Shows::Hashes => ("********".to_owned(), "9f86d081884c7d659a2feaa0c55ad015".to_owned()),
        };
        answer.insert("registration_client_uri".to_owned(), json!(uri));
        answer.insert("registration_access_token".to_owned(), json!(token));
        answer.insert("client_secret".to_owned(), json!(secret));
        answer.insert("client_secret_expires_at".to_owned(), json!(0));
        Value::Object(answer)
    }

    fn manage(&mut self, asked: &Asked, address: SocketAddr) -> Vec<u8> {
        let instead = self.instead.pop_front();
        match &instead {
            Some(Instead::Answer(status, body)) => return script::json(*status, body),
            Some(Instead::Cut) => return b"nonsense\r\n\r\n".to_vec(),
            Some(Instead::DoneBut(..) | Instead::DoneAndCut | Instead::Silence) | None => {}
        }
        let ours = asked.path.starts_with(&format!("/clients/{}?", self.registered));
        let authorized = asked.header("authorization") == Some(&*format!("Bearer {}", self.token));
        if !ours || !authorized || self.client.is_none() {
            return script::json(401, r#"{"error":"invalid_token"}"#);
        }
        let answer = self.done(asked, address);
        match instead {
            Some(Instead::DoneBut(status, body)) => script::json(status, body),
            Some(Instead::DoneAndCut) => b"nonsense\r\n\r\n".to_vec(),
            Some(Instead::Silence) => Vec::new(),
            Some(Instead::Answer(..) | Instead::Cut) | None => answer,
        }
    }

    fn done(&mut self, asked: &Asked, address: SocketAddr) -> Vec<u8> {
        if asked.method == "DELETE" {
            self.client = None;
            return script::answer(204, &[], "");
        }
        if asked.method == "PUT" {
            let mut members: Map<String, Value> = serde_json::from_str(&asked.body).unwrap();
            assert_eq!(members.shift_remove("client_id"), Some(json!(format!("c{}", self.registered))));
            let secret = members.shift_remove("client_secret");
            if secret.is_some_and(|secret| secret != json!(self.secret)) {
                return script::json(400, r#"{"error":"invalid_request"}"#);
            }
            self.client = Some(members);
            if self.rotates_secret {
                self.secret = self.next("secret");
            }
        }
        if self.rotates_token.contains(&&*asked.method) {
            self.token = self.next("token");
        }
        script::json(200, &self.shown(address, self.shows).to_string())
    }

    fn give_token(&self, asked: &Asked) -> Vec<u8> {
        if let Some((status, body)) = self.no_token {
            return script::json(status, body);
        }
        let form = form(&asked.body);
        let known = match form.get("client_assertion") {
            Some(assertion) => {
                let header = URL_SAFE_NO_PAD.decode(assertion.split('.').next().unwrap()).unwrap();
                let header: Value = serde_json::from_slice(&header).unwrap();
                self.kids().iter().any(|kid| json!(kid) == header["kid"])
            }
            None => {
                let basic = asked.header("authorization").and_then(|value| value.strip_prefix("Basic "));
                let text = String::from_utf8(STANDARD.decode(basic.unwrap()).unwrap()).unwrap();
                let fits = |secret: &String| text == format!("c{}:{secret}", self.registered);
                fits(&self.secret) || self.older_secret.as_ref().is_some_and(fits)
            }
        };
        if known && self.client.is_some() {
            script::json(200, script::TOKEN)
        } else {
            script::json(401, r#"{"error":"invalid_client"}"#)
        }
    }

    /// The keys that are registered, by name.
    pub(super) fn kids(&self) -> Vec<String> {
        let keys = self.client.as_ref().and_then(|client| client.get("jwks")?.get("keys")?.as_array());
        let kids = keys.into_iter().flatten().filter_map(|key| key.get("kid")?.as_str());
        kids.map(str::to_owned).collect()
    }
}

/// One server, one store, one registration in it.
pub(super) struct Place {
    pub(super) script: Script,
    pub(super) registry: Arc<Mutex<Registry>>,
    pub(super) server: Server,
    pub(super) store: Arc<MemoryStore>,
    pub(super) clock: Arc<StillClock>,
    pub(super) id: RecordId,
}

impl Place {
    /// A client with a secret.
    pub(super) async fn new() -> Self {
        Self::registered(&script::metadata(), None).await
    }

    /// A client with a key.
    pub(super) async fn with_key(metadata: &ClientMetadata, key: &PrivateKey) -> Self {
        Self::registered(metadata, Some(key)).await
    }

    async fn registered(metadata: &ClientMetadata, key: Option<&PrivateKey>) -> Self {
        let registry = Arc::new(Mutex::new(Registry::default()));
        let answering = Arc::clone(&registry);
        let script = Script::with_document(script::document, move |asked, address| {
            answering.lock().unwrap().answer(asked, address)
        })
        .await;
        let clock = Arc::new(StillClock(AtomicI64::new(START)));
        let server = script.builder().clock(Arc::clone(&clock) as Arc<dyn Clock>).build().unwrap();
        let store = Arc::new(MemoryStore::new());
        let mut call = server.register_client(metadata).store(&*store);
        if let Some(key) = key {
            call = call.key(key, material(key));
        }
        let id = call.await.unwrap().id().unwrap().clone();
        Self { script, registry, server, store, clock, id }
    }

    pub(super) fn managed(&self) -> ManagedRegistration<'_> {
        self.server.manage(&*self.store, &self.id)
    }

    pub(super) async fn record(&self) -> Record {
        self.managed().record().await.unwrap()
    }

    pub(super) fn set(&self, change: impl FnOnce(&mut Registry)) {
        change(&mut self.registry.lock().unwrap());
    }

    pub(super) fn instead(&self, instead: Instead) {
        self.set(|registry| registry.instead.push_back(instead));
    }

    /// Secret and token as the server has them.
    pub(super) fn issued(&self) -> (String, String) {
        let registry = self.registry.lock().unwrap();
        (registry.secret.clone(), registry.token.clone())
    }

    /// Secret and token as the store has them.
    pub(super) async fn held(&self) -> (String, String) {
        let registration = self.record().await.registration().unwrap();
        let secret = registration.client_secret().unwrap().expose_secret().to_owned();
        (secret, registration.registration_access_token().unwrap().expose_secret().to_owned())
    }

    /// The requests to the registration's own address, by method.
    pub(super) fn managing(&self) -> Vec<String> {
        let asked = self.script.asked();
        asked
            .into_iter()
            .filter(|asked| asked.path.starts_with("/clients/"))
            .map(|asked| asked.method)
            .collect()
    }
}

pub(super) fn new_key() -> PrivateKey {
    PrivateKey::generate(Algorithm::Es384).unwrap()
}

pub(super) fn material(key: &PrivateKey) -> KeyMaterial {
    KeyMaterial::Pem(PrivateKeyPem::new(key.to_pem().as_str()))
}

/// Why it was not managed.
pub(super) fn reason(error: &Error) -> &Unmanaged {
    let Error::Manage(error) = error else { panic!("{error:?}") };
    &error.reason
}
