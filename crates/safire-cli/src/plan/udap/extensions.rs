//! For whom and what for a token is asked.

use std::path::Path;

use safire::Error;
use safire::protocol::credentials::AuthorizationExtensions;
use safire::protocol::credentials::HL7_B2B;
use safire::protocol::udap::B2bAuthorization;
use safire::protocol::udap::Subject;
use serde_json::Map;
use serde_json::Value;

use crate::args::ExtensionArgs;
use crate::args::UsualArgs;
use crate::failure::Failure;
use crate::output;
use crate::plan::metadata::object;

const TOKENS: [&str; 2] = ["id_token", "ial_vetted"];

/// For whom and what for a token is asked: the extension objects that go along.
#[derive(Debug)]
pub(crate) struct Circumstances(pub(crate) AuthorizationExtensions);

impl Circumstances {
    /// What was said; every member is checked before anything is sent.
    pub(crate) fn plan(args: &ExtensionArgs) -> Result<Self, Failure> {
        let mut extensions = AuthorizationExtensions::new();
        if let Some(authorization) = b2b(args) {
            extensions = extensions.with_b2b(&authorization).map_err(Error::from)?;
        }
        for assignment in &args.extension {
            let (name, json) = parts("--extension", assignment.expose_secret())?;
            // It may name a patient, so no message shows it.
            let value: Value = serde_json::from_str(json).map_err(|_| not_an_object(name))?;
            let Value::Object(members) = value else { return Err(not_an_object(name)) };
            extensions = with(extensions, name, members)?;
        }
        for assignment in &args.extension_file {
            let (name, path) = parts("--extension-file", assignment)?;
            extensions = with(extensions, name, object("extension object", Path::new(path))?)?;
        }
        Ok(Self(extensions))
    }

    /// Whether nothing was said.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.names().next().is_none()
    }
}

/// What is kept for the token requests of a registration.
pub(crate) fn usual(args: &UsualArgs) -> Result<Map<String, Value>, Failure> {
    let mut kept = Map::new();
    if let Some(organization) = &args.organization_id {
        let mut authorization = B2bAuthorization::new(organization, &args.purpose_of_use);
        if let Some(name) = &args.organization_name {
            authorization = authorization.organization_name(name);
        }
        let object = authorization.to_object().map_err(Error::from)?;
        kept.insert(HL7_B2B.to_owned(), Value::Object(object));
    }
    Ok(kept)
}

fn b2b(args: &ExtensionArgs) -> Option<B2bAuthorization> {
    let organization = args.organization_id.as_ref()?;
    let mut authorization = B2bAuthorization::new(organization, &args.purpose_of_use);
    if let Some(name) = &args.organization_name {
        authorization = authorization.organization_name(name);
    }
    if let Some(name) = args.subject_name.clone() {
        let (id, role) = (args.subject_id.clone(), args.subject_role.clone());
        let is_person = id.is_some() || role.is_some();
        authorization = authorization.subject(if is_person {
            Subject::Person { name, id, role }
        } else {
            Subject::System { name }
        });
    }
    let authorization = authorization.consent_policy(&args.consent_policy);
    Some(authorization.consent_reference(&args.consent_reference))
}

fn parts<'a>(option: &str, assignment: &'a str) -> Result<(&'a str, &'a str), Failure> {
    let parts = assignment.split_once('=').filter(|(name, _)| !name.trim().is_empty());
    parts.ok_or_else(|| {
        Failure::usage(
            format!("`{option}` wants the name of an extension object, `=`, and the object"),
            "such as `--extension-file tefca_ias=who-asks.json`",
        )
    })
}

fn with(
    extensions: AuthorizationExtensions,
    name: &str,
    members: Map<String, Value>,
) -> Result<AuthorizationExtensions, Failure> {
    if extensions.object(name).is_some() {
        return Err(Failure::usage(
            format!("the extension object `{name}` is given twice"),
            "keep the one that is meant",
        ));
    }
    // TEFCA's `id_token` and `ial_vetted` let their holder act: a server may repeat them in a message.
    for token in members.iter().filter(|(name, _)| TOKENS.contains(&name.as_str())) {
        output::never_show(token.1.as_str().unwrap_or_default());
    }
    Ok(extensions.with(name, members))
}

fn not_an_object(name: &str) -> Failure {
    Failure::usage(
        format!("the value of `--extension {name}=…` is not a JSON object"),
        "quote it, or put it into a file for `--extension-file`",
    )
}
