//! The steps that every real server is taken through.

use std::collections::BTreeSet;

use safire::Error;
use safire::Registered;
use safire::Server;
use safire::protocol::credentials::AuthMethod;
use safire::protocol::fault::Diagnose;
use safire::protocol::id_token::RefetchPolicy;
use safire::protocol::jose::Algorithm;
use safire::protocol::jose::PrivateKey;
use safire::protocol::registration::ClientMetadata;
use safire::protocol::secret::InitialAccessToken;
use safire::protocol::secret::PrivateKeyPem;
use safire::protocol::token::TokenResponse;
use safire::protocol::url::LoopbackHttp;
use safire::store::KeyMaterial;
use safire::store::Query;
use safire::store::State;
use safire::store::Store;
use safire_store::KeySource;
use safire_store::SqliteStore;
use tempfile::TempDir;

pub(crate) const SCOPE: &str = "system/*.rs";

/// A server and a store on the disk, as an application has them.
pub(crate) struct Place {
    pub(crate) server: Server,
    pub(crate) store: SqliteStore,
    folder: TempDir,
}

impl Place {
    pub(crate) fn new(fhir_base: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let builder = Server::builder(fhir_base).loopback(LoopbackHttp::Allowed);
        // Tests change keys faster than servers do.
        let server = builder.key_refetch(RefetchPolicy::new(0, 86_400)).build().unwrap();
        let store = open(&folder);
        Self { server, store, folder }
    }

    /// What a fresh process would see.
    pub(crate) fn reopened(&self) -> SqliteStore {
        open(&self.folder)
    }
}

fn open(folder: &TempDir) -> SqliteStore {
    SqliteStore::open_or_create(&folder.path().join("store.db"), KeySource::Beside).unwrap()
}

pub(crate) fn public() -> ClientMetadata {
    ClientMetadata::new()
        .client_name("Public App")
        .redirect_uris(["https://app.example.com/callback"])
        .grant_types(["authorization_code"])
        .response_types(["code"])
        .token_endpoint_auth_method(AuthMethod::None)
        .scope("launch/patient patient/*.rs")
}

/// A client that has only `client_credentials`; `response_types` is empty because some servers want it so.
pub(crate) fn backend(method: AuthMethod) -> ClientMetadata {
    ClientMetadata::new()
        .client_name("Backend App")
        .redirect_uris(Vec::<String>::new())
        .grant_types(["client_credentials"])
        .response_types(Vec::<String>::new())
        .token_endpoint_auth_method(method)
        .scope(SCOPE)
}

pub(crate) async fn register(
    place: &Place,
    metadata: &ClientMetadata,
    token: Option<&str>,
) -> Result<Registered, Error> {
    let call = place.server.register_client(metadata).store(&place.store);
    match token {
        Some(token) => call.initial_access_token(&InitialAccessToken::new(token)).await,
        None => call.await,
    }
}

pub(crate) async fn register_with_key(
    place: &Place,
    metadata: &ClientMetadata,
    token: &str,
    algorithm: Algorithm,
) -> Registered {
    let key = PrivateKey::generate(algorithm).unwrap();
    let material = KeyMaterial::Pem(PrivateKeyPem::new(key.to_pem().as_str()));
    place
        .server
        .register_client(metadata)
        .key(&key, material)
        .initial_access_token(&InitialAccessToken::new(token))
        .store(&place.store)
        .await
        .unwrap()
}

/// A fresh process: nothing but the store is known, and a token comes of it.
pub(crate) async fn token_from_store(place: &Place, registered: &Registered) -> Result<TokenResponse, Error> {
    let id = registered.id().unwrap().clone();
    let record = place.reopened().load(Query::Id(id)).await.unwrap().pop().unwrap();
    assert_eq!(record.state, State::Registered);
    let registration = record.registration()?;
    assert_eq!(registration.client_id(), registered.registration.client_id());
    let credentials = safire::Credentials::of_record(&record, &registration, None)?;
    place.server.client(credentials).request_backend_token(Some(SCOPE)).await
}

pub(crate) fn deviation_codes(registered: &Registered) -> BTreeSet<&str> {
    registered.registration.deviations().iter().map(|deviation| deviation.code).collect()
}

pub(crate) fn different_members(registered: &Registered) -> BTreeSet<&str> {
    registered.registration.differences().iter().map(|difference| &*difference.member).collect()
}

/// A refusal closes the intent, tells the server's reason, and hints at the token.
pub(crate) async fn assert_refused(place: &Place, error: &Error, status: u16, code: &str) {
    let answer = error.server_answer().unwrap();
    assert_eq!(answer.status, status);
    assert_eq!(answer.error.as_deref(), Some(code));
    assert!(error.hint().is_some(), "{error}");
    let records = place.store.load(Query::All).await.unwrap();
    assert_eq!(records.len(), 1);
    assert_eq!(records[0].state, State::Refused);
}
