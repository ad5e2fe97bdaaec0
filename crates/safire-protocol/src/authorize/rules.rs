//! Rules of the request that need no server.

use url::Url;

use super::error::AuthorizeError;
use super::pkce::CHALLENGE_METHOD;
use super::pkce::PkcePolicy;
use crate::url::LoopbackHttp;
use crate::url::UrlError;
use crate::url::UrlPolicy;
use crate::url::display_url;

/// RFC 6749 §3.1: https and no fragment.
///
/// Whether loopback is wanted at all was decided when the endpoint was taken; here nothing leaves in the clear.
pub(super) fn check_endpoint(member: &str, url: &Url) -> Result<(), AuthorizeError> {
    UrlPolicy::new(LoopbackHttp::Allowed).check_parsed(member, url).map_err(AuthorizeError::Endpoint)?;
    let part = if !url.username().is_empty() || url.password().is_some() {
        "user information"
    } else if url.fragment().is_some() {
        "a fragment"
    } else {
        return Ok(());
    };
    Err(AuthorizeError::Endpoint(UrlError::Forbidden {
        member: member.to_owned(),
        part,
        url: display_url(url),
    }))
}

/// Whether the policy and what the server lists go together.
pub(super) fn check_pkce(policy: PkcePolicy, listed: Option<&[String]>) -> Result<(), AuthorizeError> {
    let says_s256 = listed.is_some_and(|methods| methods.iter().any(|name| name == CHALLENGE_METHOD));
    if policy == PkcePolicy::Required && !says_s256 {
        return Err(AuthorizeError::PkceNotAdvertised { listed: listed.map(<[String]>::to_vec) });
    }
    Ok(())
}
