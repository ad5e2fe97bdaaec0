//! The client's side of an authentication token, UDAP JWT-Based Client Authentication §4 as UDAP Security 2.0 profiles it.

use safire_jose::Algorithm;
use safire_jose::Header;
use safire_jose::SignError;
use safire_jose::SigningInput;
use serde::Serialize;
use serde_json::Map;
use serde_json::Value;

use super::assertion::BACK_DATED;
use super::assertion::DEFAULT_LIFETIME;
use super::assertion::LONGEST;
use super::error::CredentialsError;
use super::extensions::AuthorizationExtensions;
use super::extensions::HL7_B2B;
use super::extensions::TEFCA_IAS;
use super::purpose::Purpose;
use crate::identifier::ClientId;
use crate::time::UnixTime;

/// The exchange purpose of individual access services.
const INDIVIDUAL_ACCESS: &str = "T-IAS";

/// What every authentication token of one client says. It is made by [`crate::udap::UdapIdentity::credentials`], so
/// that certificate, algorithm and server fit together.
#[derive(Debug, Clone, PartialEq)]
pub struct CertificateProfile {
    client_id: ClientId,
    header: Header,
    lifetime: i64,
    extensions: AuthorizationExtensions,
    /// What the server wants in each token request.
    required: Vec<String>,
    /// The TEFCA exchange purpose that the client is registered for.
    exchange_purpose: Option<String>,
}

impl CertificateProfile {
    pub(crate) fn new(client_id: ClientId, algorithm: Algorithm, x5c: Vec<String>) -> Self {
        let header = Header { x5c: Some(x5c), ..Header::new(algorithm) };
        Self {
            client_id,
            header,
            lifetime: DEFAULT_LIFETIME,
            extensions: AuthorizationExtensions::new(),
            required: Vec::new(),
            exchange_purpose: None,
        }
    }

    /// Says what the server wants in each token request, and which exchange purpose the client is registered for.
    pub(crate) fn bound_to(mut self, required: Vec<String>, exchange_purpose: Option<String>) -> Self {
        self.required = required;
        self.exchange_purpose = exchange_purpose;
        self
    }

    /// The same client under other circumstances: a token is for those of its own request alone (UDAP Security 2.0
    /// §5.2.4).
    ///
    /// # Errors
    /// [`CredentialsError::OtherPurpose`] when `purpose_of_use` is not the one that the client is registered for.
    pub fn with_extensions(mut self, extensions: AuthorizationExtensions) -> Result<Self, CredentialsError> {
        if let (Some(registered), Some(object)) = (&self.exchange_purpose, extensions.object(HL7_B2B)) {
            let given = texts(object.get("purpose_of_use"));
            if !matches!(given.as_slice(), [only] if is_code(only, registered)) {
                return Err(CredentialsError::OtherPurpose { registered: registered.clone(), given });
            }
        }
        self.extensions = extensions;
        Ok(self)
    }

    /// Sets how many seconds an authentication token is good for; more than 300 becomes 300.
    ///
    /// # Errors
    /// [`CredentialsError::Lifetime`] when it is not positive.
    pub fn with_lifetime(mut self, seconds: i64) -> Result<Self, CredentialsError> {
        if seconds <= 0 {
            return Err(CredentialsError::Lifetime { seconds });
        }
        self.lifetime = seconds.min(LONGEST);
        Ok(self)
    }

    /// The client.
    #[must_use]
    pub const fn client_id(&self) -> &ClientId {
        &self.client_id
    }

    /// The algorithm to sign with.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        self.header.alg
    }

    /// The extension objects of its token requests.
    #[must_use]
    pub const fn extensions(&self) -> &AuthorizationExtensions {
        &self.extensions
    }

    /// What the server wants in each token request.
    #[must_use]
    pub fn required_extensions(&self) -> &[String] {
        &self.required
    }

    /// Finds out before the call what the server would refuse after it.
    pub(super) fn check_purpose(&self, purpose: Purpose) -> Result<(), CredentialsError> {
        let individual = self.exchange_purpose.as_deref() == Some(INDIVIDUAL_ACCESS);
        let tefca = individual.then_some(TEFCA_IAS).filter(|_| purpose == Purpose::Client);
        let mut needed = self.required.iter().map(String::as_str).chain(tefca);
        match needed.find(|name| self.is_sent(name, purpose) && self.extensions.object(name).is_none()) {
            Some(name) => Err(CredentialsError::ExtensionMissing { name: name.to_owned() }),
            None => Ok(()),
        }
    }

    /// UDAP Security 2.0 §5.2.1: the objects belong to client credentials. Beside a code or a refresh token goes only
    /// what the server demands of every token request, and `hl7-b2b` not even then.
    fn is_sent(&self, name: &str, purpose: Purpose) -> bool {
        match purpose {
            Purpose::Client => true,
            Purpose::User => {
                ![HL7_B2B, TEFCA_IAS].contains(&name) && self.required.iter().any(|wanted| wanted == name)
            }
            Purpose::Held => false,
        }
    }

    pub(super) fn signing_input(
        &self,
        token_endpoint: &str,
        purpose: Purpose,
        now: UnixTime,
        jti: &str,
    ) -> Result<SigningInput, SignError> {
        let client_id = self.client_id.as_str();
        let back = BACK_DATED.min(LONGEST - self.lifetime);
        let claims = Claims {
            iss: client_id,
            sub: client_id,
            aud: token_endpoint,
            exp: now.plus_seconds(self.lifetime).as_seconds(),
            iat: now.plus_seconds(-back).as_seconds(),
            jti,
            extensions: self.extensions.only(|name| self.is_sent(name, purpose)),
        };
        SigningInput::new(&self.header, &claims)
    }
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    sub: &'a str,
    aud: &'a str,
    exp: i64,
    iat: i64,
    jti: &'a str,
    #[serde(skip_serializing_if = "Map::is_empty")]
    extensions: Map<String, Value>,
}

fn texts(value: Option<&Value>) -> Vec<String> {
    let items = value.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    items.iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// A code is written bare, or as the URI of its code system, `#` and the code (UDAP Security 2.0 §5.2.1.3).
fn is_code(text: &str, code: &str) -> bool {
    text == code || text.rsplit_once('#').is_some_and(|(system, last)| !system.is_empty() && last == code)
}
