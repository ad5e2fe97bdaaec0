//! `safire demo`: the whole story, on a sandbox of its own.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;

use bytes::Bytes;
use http::Request;
use http::header::ACCEPT;
use http::header::AUTHORIZATION;
use safire::Credentials;
use safire::Error;
use safire::Registered;
use safire::Server;
use safire::clock::Clock as _;
use safire::clock::SystemClock;
use safire::error::Stage;
use safire::protocol::jose::Algorithm;
use safire::protocol::jose::PrivateKey;
use safire::protocol::registration::ClientMetadata;
use safire::protocol::secret::PrivateKeyPem;
use safire::protocol::token::TokenResponse;
use safire::protocol::url::LoopbackHttp;
use safire::store::KeyMaterial;
use safire::store::Query;
use safire::store::Store as _;
use safire::transport::Exchange;
use safire::transport::Explained;
use safire::transport::HttpTransport;
use safire::transport::Transport;
use safire_sandbox::Sandbox;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;
use tempfile::TempDir;

use crate::failure::Failure;
use crate::output;
use crate::output::Listing;
use crate::output::Step;
use crate::plan::CommandStore;
use crate::session::Session;

/// Where the user of the demo comes back to, and what for.
pub(super) const REDIRECT: &str = "http://127.0.0.1:8000/callback";
pub(super) const USER_SCOPE: &str = "launch/patient openid fhirUser offline_access patient/*.rs";

const BEGINNING: &str = "\
Safire connects an application to a FHIR server: discover, register, keep the credentials, log users in, get tokens.
This is the whole story on a server of its own, on this machine. Each request is real; secrets are masked.
";
const END: &str = "
That is all. The server and the store are gone now. Next: `safire register --help`, `safire login --help`, `safire udap --help`
";

/// Tells the whole story.
pub(crate) async fn demo(session: &Session) -> Result<(), Failure> {
    let mut story = Story::begin(session).await?;
    story.discover().await?;
    let public = story.register_public().await?;
    let secret = story.register_secret().await?;
    let (keyed, key) = story.register_key().await?;
    story.list().await?;
    story.token_by_secret(&secret).await?;
    let token = story.token_by_key(&keyed, key).await?;
    story.read_patient(&token).await?;
    story.user(&public).await?;
    story.community().await?;
    story.end()
}

/// The story so far.
pub(super) struct Story<'a> {
    session: &'a Session,
    pub(super) server: Server,
    pub(super) transport: Arc<dyn Transport>,
    heard: Arc<Mutex<Vec<Exchange>>>,
    pub(super) store: Arc<CommandStore>,
    told: Vec<Value>,
    pub(super) sandbox: Sandbox,
    /// It lives as long as the story.
    _folder: TempDir,
}

impl<'a> Story<'a> {
    async fn begin(session: &'a Session) -> Result<Self, Failure> {
        let sandbox = Sandbox::builder()
            .auto_approve("patient", "example")
            .start()
            .await
            .map_err(|error| system("sandbox-failed", &error))?;
        let folder = tempfile::tempdir().map_err(|error| system("folder-unwritable", &error))?;
        let heard = Arc::new(Mutex::new(Vec::new()));
        let listener = Arc::clone(&heard);
        let inner = Arc::new(HttpTransport::builder().loopback(LoopbackHttp::Allowed).build());
        let transport: Arc<dyn Transport> = Arc::new(Explained::new(
            inner,
            Arc::new(SystemClock::new()),
            Arc::new(move |exchange: &Exchange| {
                listener.lock().unwrap_or_else(PoisonError::into_inner).push(exchange.clone());
            }),
        ));
        let server = Server::builder(&sandbox.fhir_base())
            .loopback(LoopbackHttp::Allowed)
            .transport(Arc::clone(&transport))
            .build()
            .map_err(Error::from)?;
        if !session.output.is_json() {
            output::write_stdout(BEGINNING)?;
        }
        let store = Arc::new(CommandStore::at(folder.path().join("demo.db"), session.output));
        Ok(Self { session, server, transport, heard, store, told: Vec::new(), sandbox, _folder: folder })
    }

    async fn discover(&mut self) -> Result<(), Failure> {
        let profile = self.server.metadata().await?;
        let offers = if profile.supports_dynamic_registration() { "offers" } else { "does not offer" };
        self.tell(
            "Discover the server",
            "Every FHIR server tells where to register and where tokens are given, so nobody types it in.",
            &[
                "registration_endpoint",
                "token_endpoint",
                "token_endpoint_auth_methods_supported",
                "grant_types_supported",
            ],
            &format!(
                "it {offers} dynamic registration; departures from the specification: {}",
                profile.deviations.len()
            ),
        )
    }

    async fn register_public(&mut self) -> Result<Registered, Failure> {
        let metadata = metadata(json!({
            "client_name": "Demo app on a phone",
            "redirect_uris": [REDIRECT],
            "grant_types": ["authorization_code", "refresh_token"],
            "token_endpoint_auth_method": "none",
            "scope": USER_SCOPE,
        }))?;
        let registered = self.server.register_client(&metadata).store(&*self.store).await?;
        self.tell(
            "Register a public client",
            "An app on a phone keeps no secret: it is known by its redirect URI alone.",
            &[],
            &outcome(&registered),
        )?;
        Ok(registered)
    }

    async fn register_secret(&mut self) -> Result<Registered, Failure> {
        let metadata = metadata(json!({
            "client_name": "Demo service with a secret",
            "grant_types": ["client_credentials"],
            "token_endpoint_auth_method": "client_secret_basic",
            "scope": "system/*.rs",
        }))?;
        let registered = self.server.register_client(&metadata).store(&*self.store).await?;
        self.tell(
            "Register a client with a secret",
            "The server makes the secret and tells it once: it goes into the store, sealed, before anything else happens.",
            &[],
            &outcome(&registered),
        )?;
        Ok(registered)
    }

    async fn register_key(&mut self) -> Result<(Registered, PrivateKey), Failure> {
        let key = PrivateKey::generate(Algorithm::Es384).map_err(|error| system("key-failed", &error))?;
        let metadata = metadata(json!({
            "client_name": "Demo backend with a key",
            "grant_types": ["client_credentials"],
            "token_endpoint_auth_method": "private_key_jwt",
            "scope": "system/*.rs",
        }))?;
        let material = KeyMaterial::Pem(PrivateKeyPem::new(key.to_pem().as_str()));
        let registered =
            self.server.register_client(&metadata).key(&key, material).store(&*self.store).await?;
        self.tell(
            "Register a client with a key",
            "The key is made here and its private half never leaves: the server gets the public half (`jwks`).",
            &[],
            &outcome(&registered),
        )?;
        Ok((registered, key))
    }

    async fn list(&mut self) -> Result<(), Failure> {
        let records = self.store.load(Query::All).await.map_err(Error::from)?;
        let listing = Listing::of(&records, SystemClock::new().now()).to_string();
        let lines: String = listing.lines().map(|line| format!("|  {line}\n")).collect();
        self.tell(
            "See what is kept",
            "Each was noted before its request went out, so no crash loses what a server issued.",
            &[],
            &format!("{lines}one SQLite file, readable only by you; secrets, keys and answers in it are sealed with AES-256-GCM"),
        )
    }

    async fn token_by_secret(&mut self, registered: &Registered) -> Result<(), Failure> {
        let credentials = registered.credentials(None).map_err(Error::from)?;
        let token = self.token(credentials).await?;
        self.tell(
            "Get a token with the secret",
            "The client proves itself with its secret in the `Authorization` header (RFC 6749 §2.3.1).",
            &[],
            &granted(&token),
        )
    }

    async fn token_by_key(
        &mut self,
        registered: &Registered,
        key: PrivateKey,
    ) -> Result<TokenResponse, Failure> {
        let credentials = registered.credentials(Some(key)).map_err(Error::from)?;
        let token = self.token(credentials).await?;
        self.tell(
            "Get a token with the key",
            "The client signs a statement good for minutes and for once (RFC 7523); no secret travels.",
            &[],
            &granted(&token),
        )?;
        Ok(token)
    }

    async fn token(&self, credentials: Credentials) -> Result<TokenResponse, Failure> {
        Ok(self.server.client(credentials).request_backend_token(Some("system/*.rs")).await?)
    }

    async fn read_patient(&mut self, token: &TokenResponse) -> Result<(), Failure> {
        let url = self.server.base().append("Patient/example");
        let request = Request::get(url.as_str())
            .header(ACCEPT, "application/fhir+json")
            .header(AUTHORIZATION, format!("Bearer {}", token.access_token.expose_secret()))
            .body(Bytes::new())
            .map_err(|error| system("request-failed", &error))?;
        let sent = self.transport.send(request).await;
        let answer = sent.map_err(|source| Error::Transport { stage: Stage::Token, source })?;
        let body: Value = serde_json::from_slice(answer.body()).unwrap_or_default();
        let kind = body.get("resourceType").and_then(Value::as_str).unwrap_or("no FHIR resource");
        self.tell(
            "Read a patient with the token",
            "This is what all of it was for.",
            &["resourceType", "id", "name", "birthDate"],
            &format!("the server gave {kind}"),
        )
    }

    /// Tells a step with what went over the wire since the last one.
    pub(super) fn tell(
        &mut self,
        title: &'static str,
        why: &'static str,
        members: &'static [&'static str],
        outcome: &str,
    ) -> Result<(), Failure> {
        let exchanges = std::mem::take(&mut *self.heard.lock().unwrap_or_else(PoisonError::into_inner));
        let step = Step { title, why, exchanges, members, outcome: outcome.to_owned() };
        self.told.push(step.to_json());
        if self.session.output.is_json() {
            return Ok(());
        }
        output::write_stdout(&step.to_text(self.told.len()))
    }

    fn end(self) -> Result<(), Failure> {
        self.session.output.data(&json!({ "steps": self.told }), || END.to_owned())
    }
}

pub(super) fn metadata(members: Value) -> Result<ClientMetadata, Failure> {
    let members = if let Value::Object(members) = members { members } else { Map::new() };
    Ok(ClientMetadata::from_json(members).map_err(Error::from)?)
}

fn outcome(registered: &Registered) -> String {
    let registration = &registered.registration;
    let id = registered.id().map(ToString::to_string).unwrap_or_default();
    format!(
        "client `{}`, kept here as `{id}`; departures: {}, differences from what was asked: {}",
        registration.client_id(),
        registration.deviations().len(),
        registration.differences().len()
    )
}

pub(super) fn granted(token: &TokenResponse) -> String {
    format!("a token for `{}`", token.scope.as_deref().unwrap_or("whatever the server gives"))
}

pub(super) fn system(code: &'static str, error: &dyn std::error::Error) -> Failure {
    Failure::System { code, message: error.to_string(), hint: None }
}
