//! `safire register`.

use std::fmt::Write as _;

use safire::Error;
use safire::Registered;
use safire::Server;
use safire::protocol::credentials::AuthMethod;
use safire::protocol::jose::JwkSet;
use safire::protocol::registration::ClientMetadata;
use safire::protocol::transcript;
use safire::server::Origin;
use safire::server::PreparedRegistration;
use safire::server::RegisterClient;
use safire::store::Settings;
use safire::store::Store;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use super::next_step::next_step;
use crate::args::RegisterArgs;
use crate::args::RequestArgs;
use crate::failure::Failure;
use crate::output::Sheet;
use crate::output::clean;
use crate::output::date_time;
use crate::output::deviation_lines;
use crate::output::registration_json;
use crate::output::show_request;
use crate::output::with_progress;
use crate::plan::Answers;
use crate::plan::ClientKey;
use crate::plan::authorization;
use crate::plan::client_metadata;
use crate::session::Session;

/// Registers a client and keeps what the server answers.
pub(crate) async fn register(session: &Session, args: &RegisterArgs) -> Result<(), Failure> {
    if args.request.no_store && !session.output.shows_secrets() {
        return Err(Failure::usage(
            "`--no-store` alone would lose what the server issues",
            "give `--show-secrets` too, and keep what is printed",
        ));
    }
    let metadata = client_metadata(&args.metadata)?;
    let key = ClientKey::plan(&args.key)?;
    check_key(session, &metadata, key.as_ref())?;
    let server = server(session, args)?;
    let request = request(&server, &metadata, &args.request, key.as_ref())?;
    if args.request.dry_run {
        let prepared = with_progress(session.output, "asking the server", request.prepare()).await?;
        return show_dry_run(session, &prepared);
    }
    let store = if args.request.no_store { None } else { Some(session.store()?) };
    let request = match &store {
        Some(store) => request.store(store as &dyn Store),
        None => request,
    };
    let registered = with_progress(session.output, "registering", request.into_future()).await?;
    let json = registration_json(server.base().as_str(), &registered, session.output.secrets());
    let told = session.output.data(&json, || for_people(session, &server, &registered));
    told.map_err(|failure| with_whereabouts(failure, &registered))
}

/// Where the registration is that could not be told.
fn with_whereabouts(failure: Failure, registered: &Registered) -> Failure {
    let Failure::Output { detail, .. } = failure else { return failure };
    let hint = match registered.id() {
        Some(id) => format!("check where stdout goes; it is in the store: `safire registration show {id}`"),
        None => format!(
            "it is kept nowhere: ask the server's operator to delete client `{}`, then register again",
            registered.registration.client_id()
        ),
    };
    Failure::Output { detail, hint }
}

/// The key must be one that the server will know, and of use to the client.
fn check_key(session: &Session, metadata: &ClientMetadata, key: Option<&ClientKey>) -> Result<(), Failure> {
    let Some(key) = key else { return Ok(()) };
    let sent = metadata.jwks.as_ref().and_then(|jwks| JwkSet::parse(jwks).ok());
    let own = key.key.thumbprint();
    if sent.is_some_and(|sent| !sent.keys().iter().any(|key| key.thumbprint() == own)) {
        return Err(Failure::usage(
            "the public half of `--key` is not in the `jwks` of the metadata",
            "leave `jwks` out: the public half is sent then",
        ));
    }
    match &metadata.token_endpoint_auth_method {
        Some(AuthMethod::None) => Err(Failure::usage(
            "`--key` and the method `none` exclude each other: a public client signs nothing",
            "leave `--key` out, or choose `--auth-method private_key_jwt`",
        )),
        Some(_) => Ok(()),
        None => {
            session.output.note(
                "note",
                "`--key` without `--auth-method private_key_jwt` leaves the method to the server",
            );
            Ok(())
        }
    }
}

fn server(session: &Session, args: &RegisterArgs) -> Result<Server, Failure> {
    let mut builder = session.connection(Answers::Protocol)?.server(&args.base);
    if let Some(url) = &args.request.registration_endpoint {
        builder = builder.registration_endpoint(url);
    }
    // Not needed now, but a mistake in it shows now.
    if let Some(url) = &args.request.token_endpoint {
        builder = builder.token_endpoint(url);
    }
    Ok(builder.build().map_err(Error::from)?)
}

fn request<'a>(
    server: &'a Server,
    metadata: &'a ClientMetadata,
    args: &RequestArgs,
    key: Option<&ClientKey>,
) -> Result<RegisterClient<'a>, Failure> {
    let mut request = server.register_client(metadata);
    if let Some(key) = key {
        request = request.key(&key.key, key.material.clone());
    }
    if let Some(value) = authorization(args)? {
        request = request.authorization(value);
    }
    let mut settings = Settings::default();
    settings.token_endpoint.clone_from(&args.token_endpoint);
    settings.basic_encoding.clone_from(&args.basic_encoding);
    request = request.settings(settings);
    if args.again {
        request = request.again();
    }
    if args.strict {
        request = request.strict();
    }
    Ok(request)
}

fn show_dry_run(session: &Session, prepared: &PreparedRegistration) -> Result<(), Failure> {
    let request = &prepared.request;
    let url = transcript::mask_uri(request.uri());
    let headers = transcript::mask_headers(request.headers());
    let body = transcript::mask_body(Some("application/json"), request.body());
    let fields: Map<String, Value> =
        headers.iter().map(|(name, value)| (name.clone(), Value::from(value.as_str()))).collect();
    let parsed = serde_json::from_str::<Value>(&body).unwrap_or_else(|_| Value::from(body.as_str()));
    let json = json!({ "method": request.method().as_str(), "url": url, "headers": fields, "body": parsed });
    session.output.data(&json, || show_request(request.method().as_str(), &url, &headers, &body))
}

fn for_people(session: &Session, server: &Server, registered: &Registered) -> String {
    let registration = &registered.registration;
    let what = match registered.origin {
        Origin::Sent => "registered",
        Origin::Found => "registered before; nothing was sent",
    };
    let secret = registration.client_secret().map(|secret| {
        if session.output.shows_secrets() {
            secret.expose_secret().to_owned()
        } else if registered.record.is_some() {
            "kept sealed; `--show-secrets` shows it".to_owned()
        } else {
            "not shown".to_owned()
        }
    });
    let method = registration.token_endpoint_auth_method();
    let mut text = Sheet::new()
        .row("state", what)
        .maybe("id", registered.id().map(ToString::to_string))
        .row("client", registration.client_id().as_str())
        .row("FHIR base", server.base().as_str())
        .maybe("method", method.map(AuthMethod::as_str))
        .maybe("secret", secret)
        .maybe("issued", registration.client_id_issued_at().map(date_time))
        .to_string();
    text.push_str(&deviation_lines(registration.deviations()));
    if !registration.differences().is_empty() {
        text.push_str("\ndifferences from what was asked:\n");
    }
    for difference in registration.differences() {
        let _ = writeln!(
            text,
            "  {}: `{}`: asked {}, registered {}",
            difference.severity,
            clean(&difference.member),
            clean(&difference.requested.to_string()),
            clean(&difference.registered.to_string())
        );
    }
    if let Some(record) = &registered.record {
        text.push_str(&next_step(record, registration));
    }
    text
}
