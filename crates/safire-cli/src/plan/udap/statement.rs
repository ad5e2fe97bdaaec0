//! What a software statement says of the client, from files, options, and what was registered before.

use std::path::PathBuf;

use safire::Error;
use safire::protocol::registration::ClientMetadata;
use safire::protocol::udap::Certifications;
use safire::store::Record;
use serde_json::Map;
use serde_json::Value;

use crate::args::StatementArgs;
use crate::failure::Failure;
use crate::plan::metadata::object;
use crate::plan::metadata::set;
use crate::plan::text_file::read_secret;

/// What the guide fixes, and a cancellation does not say.
const FIXED: [&str; 2] = ["token_endpoint_auth_method", "response_types"];
const OF_GRANTS: [&str; 3] = ["grant_types", "redirect_uris", "logo_uri"];

/// The metadata that were given.
pub(crate) fn statement(args: &StatementArgs) -> Result<ClientMetadata, Failure> {
    over(Map::new(), args)
}

/// What was asked for before, with what was given now in its place.
pub(crate) fn statement_of(record: &Record, args: &StatementArgs) -> Result<ClientMetadata, Failure> {
    let mut members = record.content.requested.clone();
    members.retain(|name, _| !FIXED.contains(&name.as_str()));
    over(members, args)
}

/// Who cancels: name, contacts and scope of the registration.
pub(crate) fn cancellation_of(record: &Record) -> Result<ClientMetadata, Failure> {
    let mut members = record.content.requested.clone();
    members.retain(|name, _| !FIXED.contains(&name.as_str()) && !OF_GRANTS.contains(&name.as_str()));
    Ok(ClientMetadata::from_json(members).map_err(Error::from)?)
}

/// The signed texts of these files.
pub(crate) fn certifications(paths: &[PathBuf]) -> Result<Certifications, Failure> {
    if paths.is_empty() {
        return Ok(Certifications::none());
    }
    let read = |path: &PathBuf| Ok(read_secret("certification", path)?.trim().to_owned());
    let signed = paths.iter().map(read).collect::<Result<Vec<String>, Failure>>()?;
    Ok(Certifications::of(signed).map_err(Error::from)?)
}

fn over(mut members: Map<String, Value>, args: &StatementArgs) -> Result<ClientMetadata, Failure> {
    if let Some(path) = &args.metadata {
        members.extend(object("metadata", path)?);
    }
    for (name, value) in
        [("client_name", &args.client_name), ("scope", &args.scope), ("logo_uri", &args.logo_uri)]
    {
        if let Some(value) = value {
            members.insert(name.to_owned(), Value::from(value.as_str()));
        }
    }
    for (name, values) in [
        ("grant_types", &args.grant_type),
        ("contacts", &args.contact),
        ("redirect_uris", &args.redirect_uri),
    ] {
        if !values.is_empty() {
            members.insert(name.to_owned(), Value::from(values.as_slice()));
        }
    }
    for assignment in &args.set {
        set(assignment, &mut members)?;
    }
    Ok(ClientMetadata::from_json(members).map_err(Error::from)?)
}
