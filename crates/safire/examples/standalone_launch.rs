//! An app that its user starts: standalone launch (SMART App Launch 2.2, Standalone Launch).
//!
//! It registers itself, sends the user to the login page, waits for the browser on loopback, and reads the patient.
//!
//! ```sh
//! cargo run --package safire-cli -- sandbox --port 8765     # in another terminal: a server to try it at
//! SAFIRE_ALLOW_INSECURE_LOCALHOST=1 cargo run --package safire --example standalone_launch http://127.0.0.1:8765/fhir
//! ```

use std::error::Error;
use std::io::Write as _;
use std::process::ExitCode;
use std::sync::Arc;

use bytes::Bytes;
use http::Request;
use safire::Server;
use safire::protocol::authorize::Callback;
use safire::protocol::credentials::AuthMethod;
use safire::protocol::fault::Diagnose as _;
use safire::protocol::registration::ClientMetadata;
use safire::protocol::url::LoopbackHttp;
use safire::store::MemoryStore;
use safire::store::Store;
use safire::token_source::Obtain;
use tokio::net::TcpListener;

use self::loopback::answer;
use self::loopback::browser_at;

mod loopback;

const SCOPE: &str = "launch/patient openid fhirUser offline_access patient/*.rs";

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
    // The server: its metadata is fetched when it is needed first, and kept.
    let server = Server::builder(base).loopback(loopback).build()?;

    // The way back: a free port of this machine (RFC 8252 §7.3).
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let redirect_uri = format!("http://{}/callback", listener.local_addr()?);

    // The registration: once. A real app uses `safire_store::SqliteStore`, which outlives the process.
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let metadata = ClientMetadata::new()
        .client_name("Standalone example")
        .redirect_uris([redirect_uri.as_str()])
        .grant_types(["authorization_code", "refresh_token"])
        .token_endpoint_auth_method(AuthMethod::None)
        .extra("application_type", "native")
        .scope(SCOPE);
    let registered = server.register_client(&metadata).store(&*store).await?;
    let client = server.client(registered.credentials(None)?);

    // The login: `pending` remembers what its callback has to match.
    let request = client.authorization_request(&redirect_uri, SCOPE).await?;
    let (page, pending) = client.authorization_url(request)?;
    tell(format!("open {page}"));
    let (url, stream) = browser_at(&listener, "/callback").await?;
    // Away from the URL with the code, so that it stays in no address bar and no history.
    answer(stream, "303 See Other", "location: /done\r\n").await;
    let (_, stream) = browser_at(&listener, "/done").await?;
    answer(stream, "200 OK", "content-type: text/plain\r\n").await;
    let callback = Callback::from_url(&url).map_err(safire::Error::from)?;
    let login = client.complete_authorization(callback, Some(pending))?;

    // The token, and who logged in: nothing is believed before the id token is checked.
    let token = client.request_access_token(&login).await?;
    let user = client.verify_id_token(&token, &login).await?;
    let name = user.fhir_user().map_or_else(|| user.subject(), |user| user.as_str());
    tell(format!("logged in: {name}"));
    let patient = token.launch_context().patient.ok_or("the server named no patient")?;

    // From here on there is always a valid token, kept beside the registration.
    let record = registered.id().ok_or("the registration is not stored")?.clone();
    let source = client.token_source(Obtain::Login).kept_in(store, record).build()?;
    source.logged_in(token).await?;

    let url = format!("{}/Patient/{patient}", base.trim_end_matches('/'));
    let answer = source.authorized(Request::get(url).body(Bytes::new())?).await?;
    let resource: serde_json::Value = serde_json::from_slice(answer.body())?;
    let born = resource.get("birthDate").and_then(|date| date.as_str()).unwrap_or("unknown");
    tell(format!("{}: patient {patient}, born {born}", answer.status()));

    // It is renewed by itself before its end; here at once, as after a 401.
    let first = source.token().await?;
    source.renew_after(&first.access_token).await?;
    tell("renewed".to_owned());

    source.logout().await?;
    tell("logged out".to_owned());
    Ok(())
}
