use bytes::Bytes;
use http::HeaderValue;
use http::Uri;
use http::header::ACCEPT;
use serde_json::Value;
use url::Url;

use super::KeySet;
use super::KeySetError;
use crate::json::JsonObject;
use crate::server_answer::ServerAnswer;
use crate::url::display_url;

/// Asks an issuer for its keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeySetRequest {
    jwks_uri: Url,
}

impl KeySetRequest {
    /// The step for the `jwks_uri` of the server's metadata.
    #[must_use]
    pub const fn new(jwks_uri: Url) -> Self {
        Self { jwks_uri }
    }

    /// The GET, without credentials.
    #[must_use]
    pub fn request(&self) -> http::Request<Bytes> {
        let mut request = http::Request::new(Bytes::new());
        // A URL is a URI of RFC 3986; one too long for `http` leaves `/`, which no transport can send.
        *request.uri_mut() = Uri::try_from(self.jwks_uri.as_str()).unwrap_or_default();
        let accept = HeaderValue::from_static("application/jwk-set+json, application/json");
        request.headers_mut().insert(ACCEPT, accept);
        request
    }

    /// Reads the answer and prepares the keys. The content type is not looked at: many servers send another.
    ///
    /// # Errors
    /// [`KeySetError`] for another status than success and for a body that is no JWK Set.
    pub fn accept(&self, response: &http::Response<Bytes>) -> Result<KeySet, KeySetError> {
        let endpoint = || display_url(&self.jwks_uri);
        let answer = || Box::new(ServerAnswer::read(response));
        let status = response.status();
        if status.is_redirection() {
            return Err(KeySetError::Redirected { endpoint: endpoint(), answer: answer() });
        }
        if !status.is_success() {
            return Err(KeySetError::Refused { endpoint: endpoint(), answer: answer() });
        }
        let object = JsonObject::parse(response.body()).map_err(|reason| KeySetError::Unusable {
            endpoint: endpoint(),
            answer: answer(),
            reason,
        })?;
        KeySet::parse(&Value::Object(object.members)).map_err(|reason| KeySetError::NotAKeySet {
            endpoint: endpoint(),
            answer: answer(),
            reason,
        })
    }
}
