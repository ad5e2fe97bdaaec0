//! Software statements, UDAP Dynamic Client Registration §2 as UDAP Security 2.0 §3.1 profiles it.

use safire_jose::Algorithm;
use safire_jose::Header;
use safire_jose::SigningInput;
use serde_json::Map;
use serde_json::Value;

use super::client_metadata::UdapClientMetadata;
use super::identity::UdapIdentity;
use super::identity_error::IdentityError;
use crate::time::UnixTime;

/// UDAP Security 2.0 §3.1: no more than five minutes.
const LIFETIME: i64 = 300;

/// What a client says of itself to one registration endpoint; each emission is signed anew.
#[derive(Debug, Clone, Copy)]
pub struct SoftwareStatement<'a> {
    identity: &'a UdapIdentity,
    metadata: &'a UdapClientMetadata,
    audience: &'a str,
    algorithm: Algorithm,
}

impl<'a> SoftwareStatement<'a> {
    /// The statement for the registration endpoint whose URL is `audience`, exactly as the server signed it.
    #[must_use]
    pub const fn new(
        identity: &'a UdapIdentity,
        metadata: &'a UdapClientMetadata,
        audience: &'a str,
        algorithm: Algorithm,
    ) -> Self {
        Self { identity, metadata, audience, algorithm }
    }

    /// What is to be signed at `now`; `jti` must never have been used before.
    ///
    /// # Errors
    /// [`IdentityError::Chain`] when a certificate is not valid now, [`IdentityError::JtiBlank`],
    /// [`IdentityError::Sign`].
    pub fn signing_input(&self, now: UnixTime, jti: &str) -> Result<SigningInput, IdentityError> {
        self.identity.check_at(now)?;
        if jti.trim().is_empty() {
            return Err(IdentityError::JtiBlank);
        }
        let client_uri = self.identity.client_uri().as_str();
        let mut claims: Map<String, Value> = Map::with_capacity(16);
        let mut put = |name: &str, value: Value| claims.insert(name.to_owned(), value);
        put("iss", client_uri.into());
        put("sub", client_uri.into());
        put("aud", self.audience.into());
        put("iat", now.as_seconds().into());
        put("exp", now.plus_seconds(LIFETIME).as_seconds().into());
        put("jti", jti.into());
        claims.extend(self.metadata.claims().iter().map(|(name, value)| (name.clone(), value.clone())));
        SigningInput::new(&header(self.identity, self.algorithm), &claims).map_err(IdentityError::Sign)
    }
}

/// UDAP Security 2.0 §7.1.3: the algorithm and the chain, and nothing else.
pub(super) fn header(identity: &UdapIdentity, algorithm: Algorithm) -> Header {
    Header { x5c: Some(identity.x5c()), ..Header::new(algorithm) }
}
