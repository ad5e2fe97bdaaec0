//! The `Authorization` value of a registration.

use safire::protocol::secret::AuthorizationHeader;

use super::text_file::read_secret;
use crate::args::RequestArgs;
use crate::environment;
use crate::failure::Failure;

/// The value, from wherever it was named.
pub(crate) fn authorization(args: &RequestArgs) -> Result<Option<AuthorizationHeader>, Failure> {
    if let Some(value) = &args.authorization {
        if value.trim().is_empty() {
            return Err(Failure::usage(
                "`--authorization` is empty",
                "a value looks like `Bearer` and a token; quote it",
            ));
        }
        return Ok(Some(AuthorizationHeader::new(value.as_str())));
    }
    if let Some(path) = &args.authorization_file {
        let value = read_secret("authorization file", path)?;
        return Ok(Some(AuthorizationHeader::new(value.as_str())));
    }
    let Some(name) = &args.authorization_env else { return Ok(None) };
    match environment::secret(name) {
        Some(value) => Ok(Some(AuthorizationHeader::new(value.as_str()))),
        None => Err(Failure::usage(
            format!("the environment variable `{name}` is not set"),
            "`--authorization-env` takes the name of a variable, not its value; export it first",
        )),
    }
}
