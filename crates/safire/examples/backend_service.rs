//! A program without users: SMART Backend Services (SMART App Launch 2.2, client credentials with a signed assertion).
//!
//! It registers its public key, gets a token by signing, and reads patients. Nobody logs in.
//!
//! ```sh
//! cargo run --package safire-cli -- sandbox --port 8765     # in another terminal: a server to try it at
//! SAFIRE_ALLOW_INSECURE_LOCALHOST=1 cargo run --package safire --example backend_service http://127.0.0.1:8765/fhir
//! ```

use std::error::Error;
use std::io::Write as _;
use std::process::ExitCode;
use std::sync::Arc;

use bytes::Bytes;
use http::Request;
use safire::Server;
use safire::protocol::credentials::AuthMethod;
use safire::protocol::fault::Diagnose as _;
use safire::protocol::jose::Algorithm;
use safire::protocol::jose::PrivateKey;
use safire::protocol::registration::ClientMetadata;
use safire::protocol::secret::PrivateKeyPem;
use safire::protocol::url::LoopbackHttp;
use safire::store::KeyMaterial;
use safire::store::MemoryStore;
use safire::store::Store;
use safire::token_source::Obtain;

const SCOPE: &str = "system/*.rs";

#[tokio::main]
async fn main() -> ExitCode {
    let base = std::env::args().nth(1).unwrap_or_else(|| "http://127.0.0.1:8765/fhir".to_owned());
    let loopback = match std::env::var_os("SAFIRE_ALLOW_INSECURE_LOCALHOST") {
        Some(value) if value == "1" => LoopbackHttp::Allowed,
        Some(_) | None => LoopbackHttp::Refused,
    };
    let tell = |line: String| drop(writeln!(std::io::stdout(), "{line}"));
    let Err(error) = run(&base, loopback, tell).await else { return ExitCode::SUCCESS };
    tell(format!("error: {error}"));
    let mut next = error.source();
    while let Some(cause) = next {
        tell(format!("caused by: {cause}"));
        next = cause.source();
    }
    // Most errors of Safire say what to do next.
    if let Some(hint) = error.downcast_ref::<safire::Error>().and_then(|error| error.hint()) {
        tell(format!("hint: {hint}"));
    }
    ExitCode::FAILURE
}

pub(crate) async fn run(
    base: &str,
    loopback: LoopbackHttp,
    tell: impl Fn(String),
) -> Result<(), Box<dyn Error>> {
    let server = Server::builder(base).loopback(loopback).build()?;

    // The key: its public half goes to the server, the private half into the store.
    let key = PrivateKey::generate(Algorithm::Es384)?;
    let material = KeyMaterial::Pem(PrivateKeyPem::new(key.to_pem().as_str()));

    // The registration: once. A real program uses `safire_store::SqliteStore`, which seals and outlives the process.
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let metadata = ClientMetadata::new()
        .client_name("Backend example")
        .grant_types(["client_credentials"])
        .token_endpoint_auth_method(AuthMethod::PrivateKeyJwt)
        .scope(SCOPE);
    let registered = server.register_client(&metadata).key(&key, material).store(&*store).await?;
    tell(format!("registered: {}", registered.registration.client_id().as_str()));

    // From here on there is always a valid token, for all tasks and processes that share the store.
    let record = registered.id().ok_or("the registration is not stored")?.clone();
    let client = server.client(registered.credentials(None)?);
    let obtain = Obtain::Backend { scope: Some(SCOPE.to_owned()) };
    let source = client.token_source(obtain).kept_in(store, record).build()?;

    // The first request gets the token; the second one uses it too.
    let base = base.trim_end_matches('/');
    for path in ["Patient/example", "Observation?patient=example"] {
        let request = Request::get(format!("{base}/{path}")).body(Bytes::new())?;
        let answer = source.authorized(request).await?;
        let resource: serde_json::Value = serde_json::from_slice(answer.body())?;
        let kind = resource.get("resourceType").and_then(|kind| kind.as_str()).unwrap_or("no resource");
        tell(format!("{}: {kind}", answer.status()));
    }

    // It is renewed by itself before its end; here at once, as after a 401.
    let first = source.token().await?;
    source.renew_after(&first.access_token).await?;
    tell("renewed".to_owned());
    Ok(())
}
