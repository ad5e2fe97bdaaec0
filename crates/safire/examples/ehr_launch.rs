//! An app that the EHR opens: EHR launch (SMART App Launch 2.2, EHR Launch).
//!
//! It registers at the one EHR that may launch it, waits for a launch, goes on to the login, and reads the patient
//! who is open there.
//!
//! ```sh
//! cargo run --package safire-cli -- sandbox --port 8765     # in another terminal: it plays the EHR
//! SAFIRE_ALLOW_INSECURE_LOCALHOST=1 cargo run --package safire --example ehr_launch http://127.0.0.1:8765/fhir
//! ```

use std::error::Error;
use std::io::Write as _;
use std::process::ExitCode;

use bytes::Bytes;
use http::Request;
use safire::Server;
use safire::protocol::authorize::AllowedIssuers;
use safire::protocol::authorize::Callback;
use safire::protocol::credentials::AuthMethod;
use safire::protocol::fault::Diagnose as _;
use safire::protocol::registration::ClientMetadata;
use safire::protocol::url::LoopbackHttp;
use safire::token_source::Obtain;
use tokio::net::TcpListener;

use self::loopback::answer;
use self::loopback::browser_at;

mod loopback;

/// `launch` asks for what is open in the EHR.
const SCOPE: &str = "launch openid fhirUser patient/*.rs";

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
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let origin = format!("http://{}", listener.local_addr()?);
    let redirect_uri = format!("{origin}/callback");

    // The registration, before any launch: a web app has a secret.
    let server = Server::builder(base).loopback(loopback).build()?;
    let metadata = ClientMetadata::new()
        .client_name("EHR launch example")
        .redirect_uris([redirect_uri.as_str()])
        .grant_types(["authorization_code"])
        .token_endpoint_auth_method(AuthMethod::ClientSecretBasic)
        .scope(SCOPE);
    let registered = server.register_client(&metadata).await?;

    // The launch: anybody can open this URL, so only a server on the list is gone to.
    tell(format!("launch URL: {origin}/launch"));
    let (url, stream) = browser_at(&listener, "/launch").await?;
    let allowed = AllowedIssuers::none().with_loopback(loopback).exactly(server.base());
    let (launched_by, launch) = match Server::launched_by(&url, &allowed) {
        Ok(launched) => launched,
        Err(error) => {
            answer(stream, "400 Bad Request", "").await;
            return Err(error.into());
        }
    };
    let client = launched_by.loopback(loopback).build()?.client(registered.credentials(None)?);

    // The login goes on in the same browser. An app with many users keeps `pending` in this user's session.
    let request = client.authorization_request(&redirect_uri, SCOPE).await?.with_launch(launch.launch());
    let (page, pending) = client.authorization_url(request)?;
    answer(stream, "303 See Other", &format!("location: {page}\r\n")).await;
    let (url, stream) = browser_at(&listener, "/callback").await?;
    // Away from the URL with the code, so that it stays in no address bar and no history.
    answer(stream, "303 See Other", "location: /done\r\n").await;
    let (_, stream) = browser_at(&listener, "/done").await?;
    answer(stream, "200 OK", "content-type: text/plain\r\n").await;
    let callback = Callback::from_url(&url).map_err(safire::Error::from)?;
    let login = client.complete_authorization(callback, Some(pending))?;

    // The token, who logged in, and what is open in the EHR.
    let token = client.request_access_token(&login).await?;
    let user = client.verify_id_token(&token, &login).await?;
    let name = user.fhir_user().map_or_else(|| user.subject(), |user| user.as_str());
    tell(format!("logged in: {name}"));
    let context = token.launch_context();
    let patient = context.patient.ok_or("no patient is open in the EHR")?;
    tell(format!("encounter: {}", context.encounter.as_deref().unwrap_or("none")));

    // Without a refresh token it lasts as long as it lasts; then the EHR launches the app again.
    let source = client.token_source(Obtain::Login).build()?;
    source.logged_in(token).await?;
    let url = format!("{}/Patient/{patient}", base.trim_end_matches('/'));
    let answer = source.authorized(Request::get(url).body(Bytes::new())?).await?;
    let resource: serde_json::Value = serde_json::from_slice(answer.body())?;
    let born = resource.get("birthDate").and_then(|date| date.as_str()).unwrap_or("unknown");
    tell(format!("{}: patient {patient}, born {born}", answer.status()));
    Ok(())
}
