//! `safire registration add`.

use safire::Error;
use safire::clock::Clock as _;
use safire::clock::SystemClock;
use safire::protocol::identifier::ClientId;
use safire::protocol::registration::Answer;
use safire::protocol::url::FhirBase;
use safire::protocol::url::UrlPolicy;
use safire::store::Change;
use safire::store::Content;
use safire::store::Record;
use safire::store::RecordId;
use safire::store::Repeat;
use safire::store::State;
use safire::store::Store as _;
use serde_json::Map;
use serde_json::Value;
use zeroize::Zeroizing;

use super::next_step::next_step;
use crate::args::AddArgs;
use crate::environment;
use crate::failure::Failure;
use crate::output::record_json;
use crate::plan::ClientKey;
use crate::plan::loopback;
use crate::plan::read_secret;
use crate::session::Session;

/// Adds a client that was registered by hand, in a portal. Nothing is sent.
pub(crate) async fn registration_add(session: &Session, args: &AddArgs) -> Result<(), Failure> {
    let loopback = loopback(&session.global.connection);
    let base = FhirBase::parse(&args.base, loopback).map_err(Error::from)?;
    let policy = UrlPolicy::new(loopback);
    for (name, url) in
        [("token_endpoint", &args.token_endpoint), ("authorization_endpoint", &args.authorization_endpoint)]
    {
        if let Some(url) = url {
            policy.check_given(name, url).map_err(Error::from)?;
        }
    }
    let client_id = ClientId::parse(args.client_id.as_str()).ok_or_else(|| {
        Failure::usage("`--client-id` is blank", "take the client id from the server's portal")
    })?;
    let secret = secret(args)?;
    let key = ClientKey::plan(&args.key)?;
    let method = method(args, secret.is_some().into(), key.is_some().into())?;
    if args.basic_encoding.is_some() && method != "client_secret_basic" {
        return Err(Failure::usage(
            format!("`--basic-encoding` is for `client_secret_basic`, and the method is `{method}`"),
            "leave `--basic-encoding` out",
        ));
    }
    let now = SystemClock::new().now();
    let mut content = Content::default();
    content.answer = Some(Answer::by_hand(members(args, method, secret.as_deref()), now));
    if let Some(key) = key {
        content.key = key.material;
    }
    content.settings.token_endpoint.clone_from(&args.token_endpoint);
    content.settings.authorization_endpoint.clone_from(&args.authorization_endpoint);
    content.settings.scope.clone_from(&args.scope);
    content.settings.basic_encoding.clone_from(&args.basic_encoding);
    let mut record =
        Record::new(new_id()?, base.as_str().to_owned(), base.key(), State::Registered, now, content);
    record.client_id = Some(client_id);
    record.client_name.clone_from(&args.client_name);
    let insert = Change::Insert { record: Box::new(record.clone()), repeat: Repeat::Insert };
    session.store()?.commit(insert).await.map_err(Error::from)?;
    let mut json = record_json(&record, now, session.output.secrets());
    if let Some(existing) = json.get_mut("existing") {
        *existing = Value::Bool(false);
    }
    let registration = record.registration().map_err(Error::from)?;
    session.output.data(&json, || format!("added `{}`\n{}", record.id, next_step(&record, &registration)))
}

fn secret(args: &AddArgs) -> Result<Option<Zeroizing<String>>, Failure> {
    if let Some(path) = &args.secret_file {
        return read_secret("secret file", path).map(Some);
    }
    let Some(name) = &args.secret_env else { return Ok(None) };
    environment::secret(name).map(Some).ok_or_else(|| {
        Failure::usage(
            format!("the environment variable `{name}` is not set"),
            "`--secret-env` takes the name of a variable, not its value; export it first",
        )
    })
}

/// The method named, or the one that what was given is for.
fn method(args: &AddArgs, secret: Given, key: Given) -> Result<&str, Failure> {
    let fitting = match (secret, key) {
        (Given::Yes, _) => "client_secret_basic",
        (Given::No, Given::Yes) => "private_key_jwt",
        (Given::No, Given::No) => "none",
    };
    let Some(named) = args.auth_method.as_deref() else { return Ok(fitting) };
    let (fits, hint) = match named {
        "none" => (fitting == "none", "a public client has neither secret nor key"),
        "private_key_jwt" => (key == Given::Yes, "give the client's private key with `--key FILE`"),
        _ => (secret == Given::Yes, "give the client secret with `--secret-file F` or `--secret-env V`"),
    };
    if fits {
        Ok(named)
    } else {
        Err(Failure::usage(format!("`--auth-method {named}` does not fit what was given with it"), hint))
    }
}

/// What the portal would have answered.
fn members(args: &AddArgs, method: &str, secret: Option<&String>) -> Map<String, Value> {
    let mut members = Map::new();
    let mut put = |name: &str, value: Value| members.insert(name.to_owned(), value);
    put("client_id", args.client_id.as_str().into());
    if let Some(secret) = secret {
        put("client_secret", secret.as_str().into());
    }
    put("token_endpoint_auth_method", method.into());
    if let Some(name) = &args.client_name {
        put("client_name", name.as_str().into());
    }
    if let Some(scope) = &args.scope {
        put("scope", scope.as_str().into());
    }
    if !args.redirect_uri.is_empty() {
        put("redirect_uris", args.redirect_uri.as_slice().into());
    }
    members
}

fn new_id() -> Result<RecordId, Failure> {
    let mut random = [0; 15];
    getrandom::fill(&mut random).map_err(|error| Error::Random { detail: error.to_string() })?;
    Ok(RecordId::from_random(random))
}

/// Whether something was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Given {
    Yes,
    No,
}

impl From<bool> for Given {
    fn from(is: bool) -> Self {
        if is { Self::Yes } else { Self::No }
    }
}
