//! `safire token`.

use std::borrow::Cow;

use safire::Credentials;
use safire::Error;
use safire::clock::Clock as _;
use safire::clock::SystemClock;
use safire::protocol::credentials::Credentials as Proof;
use safire::protocol::credentials::SecretPlacement;
use safire::protocol::fault::Diagnose as _;
use safire::protocol::registration::Registration;
use safire::protocol::registration::SecretExpiry;
use safire::protocol::secret::ClientSecret;
use safire::protocol::secret::RegistrationAccessToken;
use safire::protocol::token::TokenResponse;
use safire::store::Change;
use safire::store::Record;
use safire::store::State;
use safire::store::Store;
use serde_json::Value;
use serde_json::json;

use crate::args::TokenArgs;
use crate::failure::Failure;
use crate::output;
use crate::output::Sheet;
use crate::output::date_time;
use crate::output::deviation_line;
use crate::output::with_progress;
use crate::plan::ClientKey;
use crate::plan::Keep;
use crate::plan::find;
use crate::session::Session;

/// Gets an access token for a registered client.
pub(crate) async fn token(session: &Session, args: &TokenArgs) -> Result<(), Failure> {
    let key = args.key.as_ref().map(|path| ClientKey::read(path, Keep::Sealed)).transpose()?;
    let connection = session.connection()?;
    let store = session.store()?;
    let record = find(&store, &args.id).await?;
    check_state(&record)?;
    let registration = record.registration().map_err(Error::from)?;
    for secret in [
        registration.client_secret().map(ClientSecret::expose_secret),
        registration.registration_access_token().map(RegistrationAccessToken::expose_secret),
    ] {
        output::never_show(secret.unwrap_or_default());
    }
    let credentials = credentials(args, &record, &registration, key)?;
    check_confidential(&record, &credentials)?;
    warn_of_expiry(session, &registration);
    let mut builder = connection.server(&record.base_url);
    let settings = &record.content.settings;
    if let Some(url) = args.token_endpoint.as_ref().or(settings.token_endpoint.as_ref()) {
        builder = builder.token_endpoint(url);
    }
    let client = builder.build().map_err(Error::from)?.client(credentials);
    let scope = args.scope.clone().or_else(|| settings.scope.clone()).or_else(|| system_scope(&registration));
    let asked = client.request_backend_token(scope.as_deref());
    let token = with_progress(session.output, "asking for a token", asked).await?;
    mark_active(session, &store, record).await;
    show(session, &token)
}

/// Those of the record, with what was said for this time.
fn credentials(
    args: &TokenArgs,
    record: &Record,
    registration: &Registration,
    key: Option<ClientKey>,
) -> Result<Credentials, Failure> {
    let mut record = Cow::Borrowed(record);
    if args.basic_encoding.is_some() {
        record.to_mut().content.settings.basic_encoding.clone_from(&args.basic_encoding);
    }
    let credentials = Credentials::of_record(&record, registration, key.map(|key| key.key));
    let credentials = credentials.map_err(Error::from)?;
    let basic = matches!(
        credentials.proof,
        Proof::Secret { placement: SecretPlacement::Basic(_) | SecretPlacement::BasicWithClientId(_), .. }
    );
    if args.basic_encoding.is_some() && !basic {
        return Err(Failure::usage(
            format!(
                "`--basic-encoding` is for `client_secret_basic`, which client `{}` does not use",
                record.id
            ),
            "leave `--basic-encoding` out",
        ));
    }
    Ok(credentials)
}

/// A registration that never came to be has nothing to prove.
fn check_state(record: &Record) -> Result<(), Failure> {
    let id = &record.id;
    let (code, hint) = match record.state {
        State::InDoubt => (
            "registration-in-doubt",
            format!("`safire registration show {id}` tells what is known of it and what to do"),
        ),
        State::Refused => (
            "registration-refused",
            format!("`safire registration show {id}` tells why; register again once that is mended"),
        ),
        State::Deleted | State::Gone => ("registration-gone", "register the client again".to_owned()),
        State::Registered | State::AwaitingApproval | State::Active | State::Expiring | _ => return Ok(()),
    };
    let message = format!("registration `{id}` is {}: there is no client to get a token for", record.state);
    Err(Failure::Usage { code, message, hint: Some(hint) })
}

fn check_confidential(record: &Record, credentials: &Credentials) -> Result<(), Failure> {
    if matches!(credentials.proof, Proof::Public { .. }) {
        return Err(Failure::Usage {
            code: "public-client",
            message: format!(
                "registration `{}` is a public client: it gets tokens only for a user who logs in",
                record.id
            ),
            hint: Some(
                "logging in comes with a later version of this command; a client with a secret or a key gets tokens now"
                    .to_owned(),
            ),
        });
    }
    Ok(())
}

/// It is asked all the same: the server knows best.
fn warn_of_expiry(session: &Session, registration: &Registration) {
    if let SecretExpiry::At(time) = registration.client_secret_expires_at()
        && time <= SystemClock::new().now()
    {
        let text = format!(
            "the client secret expired {}; `safire register --again` gets a new one",
            date_time(time)
        );
        session.output.note("warning", &text);
    }
}

/// What was granted to the client itself; scopes of users have no place in a token without one.
fn system_scope(registration: &Registration) -> Option<String> {
    let granted = registration.granted().scope.as_deref()?;
    let own: Vec<&str> =
        granted.split_ascii_whitespace().filter(|scope| scope.starts_with("system/")).collect();
    (!own.is_empty()).then(|| own.join(" "))
}

/// The token is there whatever happens to this note in the store.
async fn mark_active(session: &Session, store: &dyn Store, mut record: Record) {
    if record.state == State::Active {
        return;
    }
    record.state = State::Active;
    record.updated_at = SystemClock::new().now();
    let id = record.id.clone();
    if let Err(error) = store.commit(Change::Replace(Box::new(record))).await {
        session.output.note("warning", &format!("`{id}` could not be marked as active: {error}"));
        if let Some(hint) = error.hint() {
            session.output.note("hint", &hint);
        }
    }
}

fn show(session: &Session, token: &TokenResponse) -> Result<(), Failure> {
    let mut json = token.to_json(session.output.secrets());
    // The access token is what the command is for.
    let access_token = token.access_token.expose_secret();
    json.insert("access_token".to_owned(), Value::from(access_token));
    json.insert("deviations".to_owned(), json!(token.deviations));
    for unknown in ["patient", "encounter"] {
        json.entry(unknown).or_insert(Value::Null);
    }
    session.output.data(&Value::Object(json), || {
        Sheet::new()
            .row("access token", access_token)
            .row("type", token.token_type.as_str())
            .row("ends", token.expires_at.map_or_else(|| "unknown".to_owned(), date_time))
            .maybe("scope", token.scope.as_deref())
            .to_string()
    })?;
    if !session.output.is_json() {
        for deviation in &token.deviations {
            session.output.note(&deviation.severity.to_string(), &deviation_line(deviation));
        }
    }
    Ok(())
}
