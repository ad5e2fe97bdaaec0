//! The client metadata, from a file and from options.

use std::path::Path;

use safire::Error;
use safire::protocol::json::JsonObject;
use safire::protocol::registration::ClientMetadata;
use serde_json::Map;
use serde_json::Value;

use super::text_file::read_file;
use super::text_file::read_secret;
use super::text_file::shown;
use crate::args::MetadataArgs;
use crate::args::UpdateArgs;
use crate::failure::Failure;

/// The metadata to send: the file's members, then those of the options, then `--set`.
pub(crate) fn client_metadata(args: &MetadataArgs) -> Result<ClientMetadata, Failure> {
    let mut members = match &args.metadata {
        Some(path) => object("metadata", path)?,
        None => Map::new(),
    };
    let mut text = |name: &str, value: Option<&String>| {
        if let Some(value) = value {
            members.insert(name.to_owned(), Value::from(value.as_str()));
        }
    };
    text("client_name", args.client_name.as_ref());
    text("token_endpoint_auth_method", args.auth_method.as_ref());
    text("scope", args.scope.as_ref());
    text("client_uri", args.client_uri.as_ref());
    text("logo_uri", args.logo_uri.as_ref());
    text("software_id", args.software_id.as_ref());
    text("software_version", args.software_version.as_ref());
    let mut list = |name: &str, values: &[String]| {
        if !values.is_empty() {
            members.insert(name.to_owned(), Value::from(values));
        }
    };
    list("redirect_uris", &args.redirect_uri);
    list("grant_types", &args.grant_type);
    list("contacts", &args.contact);
    set_keys(args, &mut members)?;
    if let Some(path) = &args.software_statement {
        let statement = read_secret("software statement", path)?;
        members.insert("software_statement".to_owned(), Value::from(statement.trim()));
    }
    for assignment in &args.set {
        set(assignment, &mut members)?;
    }
    Ok(ClientMetadata::from_json(members).map_err(Error::from)?)
}

/// What is registered, with the members of the file and of `--set` in place of its own; `null` takes one out.
pub(crate) fn changed_metadata(
    registered: Map<String, Value>,
    args: &UpdateArgs,
) -> Result<ClientMetadata, Failure> {
    let mut members = registered;
    if let Some(path) = &args.metadata {
        for (name, value) in object("metadata", path)? {
            if value.is_null() {
                members.shift_remove(&name);
            } else {
                members.insert(name, value);
            }
        }
    }
    for assignment in &args.set {
        set(assignment, &mut members)?;
    }
    Ok(ClientMetadata::from_json(members).map_err(Error::from)?)
}

/// One of the two in an option replaces whichever the file has.
fn set_keys(args: &MetadataArgs, members: &mut Map<String, Value>) -> Result<(), Failure> {
    if let Some(url) = &args.jwks_uri {
        members.remove("jwks");
        members.insert("jwks_uri".to_owned(), Value::from(url.as_str()));
    }
    if let Some(path) = &args.jwks {
        members.remove("jwks_uri");
        let keys = object("JWK Set", path)?;
        if !keys.get("keys").is_some_and(Value::is_array) {
            return Err(Failure::usage(
                format!("the JWK Set {} has no array `keys`", path.display()),
                "`safire keys jwks FILE` makes one from a key",
            ));
        }
        members.insert("jwks".to_owned(), Value::Object(keys));
    }
    Ok(())
}

/// `NAME=JSON`; `null` takes the member out.
pub(super) fn set(assignment: &str, members: &mut Map<String, Value>) -> Result<(), Failure> {
    let form = || Failure::usage("`--set` wants NAME=JSON", "such as `--set 'tls_client_auth=true'`");
    let (name, json) = assignment.split_once('=').ok_or_else(form)?;
    if name.trim().is_empty() {
        return Err(form());
    }
    let value: Value = serde_json::from_str(json).map_err(|_| {
        Failure::usage(
            format!("the value of `--set {name}=…` is not JSON"),
            format!("text wants double quotes inside single ones: `--set '{name}=\"…\"'`"),
        )
    })?;
    if value.is_null() {
        members.shift_remove(name);
    } else {
        members.insert(name.to_owned(), value);
    }
    Ok(())
}

/// The one JSON object of a file.
pub(super) fn object(what: &str, path: &Path) -> Result<Map<String, Value>, Failure> {
    let bytes = read_file(what, path)?;
    let shown = shown(path);
    let object = JsonObject::parse(&bytes).map_err(|error| {
        Failure::usage(format!("the {what} {shown} is not usable: {error}"), "give one JSON object")
    })?;
    match object.doubled.first() {
        Some(name) => Err(Failure::usage(
            format!("the {what} {shown} has the member `{name}` more than once"),
            "keep the one that is meant",
        )),
        None => Ok(object.members),
    }
}
