//! The `Authorization` value of a registration.

use std::path::Path;

use safire::protocol::secret::AuthorizationHeader;
use zeroize::Zeroizing;

use super::text_file::read_secret;
use crate::args::ReRegisterArgs;
use crate::args::RequestArgs;
use crate::args::SecretText;
use crate::environment;
use crate::failure::Failure;
use crate::output;

/// Where the value is named: on the line itself, in a file, or in a variable.
#[derive(Debug)]
pub(crate) struct Named<'a> {
    value: Option<&'a SecretText>,
    file: Option<&'a Path>,
    variable: Option<&'a str>,
}

impl<'a> From<&'a RequestArgs> for Named<'a> {
    fn from(args: &'a RequestArgs) -> Self {
        Self {
            value: args.authorization.as_ref(),
            file: args.authorization_file.as_deref(),
            variable: args.authorization_env.as_deref(),
        }
    }
}

impl<'a> From<&'a ReRegisterArgs> for Named<'a> {
    fn from(args: &'a ReRegisterArgs) -> Self {
        Self {
            value: args.authorization.as_ref(),
            file: args.authorization_file.as_deref(),
            variable: args.authorization_env.as_deref(),
        }
    }
}

/// The value, from wherever it was named.
pub(crate) fn authorization<'a>(named: impl Into<Named<'a>>) -> Result<Option<AuthorizationHeader>, Failure> {
    let value = read(&named.into())?;
    if let Some(value) = &value {
        // `Bearer …`: a server may repeat the token without its scheme.
        let credential = value.split_once(' ').map_or(value.as_str(), |(_, credential)| credential);
        output::never_show(credential.trim());
    }
    Ok(value.map(|value| AuthorizationHeader::new(value.as_str())))
}

fn read(named: &Named<'_>) -> Result<Option<Zeroizing<String>>, Failure> {
    if let Some(value) = named.value.map(SecretText::expose_secret) {
        if value.trim().is_empty() {
            return Err(Failure::usage(
                "`--authorization` is empty",
                "a value looks like `Bearer` and a token; quote it",
            ));
        }
        return Ok(Some(Zeroizing::new(value.to_owned())));
    }
    if let Some(path) = named.file {
        return read_secret("authorization file", path).map(Some);
    }
    let Some(name) = named.variable else { return Ok(None) };
    environment::secret(name).map(Some).ok_or_else(|| {
        Failure::usage(
            format!("the environment variable `{name}` is not set"),
            "`--authorization-env` takes the name of a variable, not its value; export it first",
        )
    })
}
