//! The `Authorization` value of a registration.

use safire::protocol::secret::AuthorizationHeader;
use zeroize::Zeroizing;

use super::text_file::read_secret;
use crate::args::RequestArgs;
use crate::args::SecretText;
use crate::environment;
use crate::failure::Failure;
use crate::output;

/// The value, from wherever it was named.
pub(crate) fn authorization(args: &RequestArgs) -> Result<Option<AuthorizationHeader>, Failure> {
    let value = named(args)?;
    if let Some(value) = &value {
        // `Bearer …`: a server may repeat the token without its scheme.
        let credential = value.split_once(' ').map_or(value.as_str(), |(_, credential)| credential);
        output::never_show(credential.trim());
    }
    Ok(value.map(|value| AuthorizationHeader::new(value.as_str())))
}

fn named(args: &RequestArgs) -> Result<Option<Zeroizing<String>>, Failure> {
    if let Some(value) = args.authorization.as_ref().map(SecretText::expose_secret) {
        if value.trim().is_empty() {
            return Err(Failure::usage(
                "`--authorization` is empty",
                "a value looks like `Bearer` and a token; quote it",
            ));
        }
        return Ok(Some(Zeroizing::new(value.to_owned())));
    }
    if let Some(path) = &args.authorization_file {
        return read_secret("authorization file", path).map(Some);
    }
    let Some(name) = &args.authorization_env else { return Ok(None) };
    environment::secret(name).map(Some).ok_or_else(|| {
        Failure::usage(
            format!("the environment variable `{name}` is not set"),
            "`--authorization-env` takes the name of a variable, not its value; export it first",
        )
    })
}
