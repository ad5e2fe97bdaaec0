//! Reads an answer as servers write it, RFC 7591 §3.2.1.

use std::sync::Arc;
use std::sync::OnceLock;

use serde_json::Map;
use serde_json::Value;

use super::answer::Answer;
use super::client_id;
use super::deviations;
use super::difference;
use super::difference::Comparison;
use super::error::Asked;
use super::error::RegistrationError;
use super::granted::Granted;
use super::member_reader::MemberReader;
use super::registration::Registration;
use super::registration::SecretExpiry;
use super::request::secrets_of;
use crate::auth_method::AuthMethod;
use crate::deviation::Severity;
use crate::identifier::ClientId;
use crate::json::JsonError;
use crate::json::JsonObject;
use crate::json::kind_of;
use crate::secret::ClientSecret;
use crate::secret::RegistrationAccessToken;
use crate::server_answer::ServerAnswer;

impl Registration {
    /// Reads a registration from what was asked and what the server answered.
    ///
    /// Success is an answer with a 2xx status (or one written by hand) that is a JSON object with a usable
    /// `client_id`; all else about it may be odd, and is then told in
    /// [`deviations`](Self::deviations) and [`differences`](Self::differences).
    ///
    /// # Errors
    /// [`RegistrationError`] for any other answer.
    pub fn read(
        endpoint: &str,
        requested: impl Into<Arc<Map<String, Value>>>,
        answer: Answer,
    ) -> Result<Self, RegistrationError> {
        let requested = requested.into();
        let refusal = Refusal { endpoint, requested: &requested, answer: &answer };
        if let Some(status) = answer.status.filter(|status| !(200..300).contains(status)) {
            return Err(refusal.of_status(status));
        }
        let object = JsonObject::parse(answer.expose_body()).map_err(|reason| refusal.unusable(reason))?;
        let client_id = refusal.client_id(&object.members)?;

        let method = requested.get("token_endpoint_auth_method").and_then(Value::as_str);
        let method = method.map(|name| AuthMethod::from(name.to_owned()));
        let mut reader = MemberReader::new(&object.members);
        deviations::of_form(&mut reader, &object, &answer);
        let granted = Granted::read(&mut reader, method.as_ref());
        let client_secret = read_secret(&mut reader, answer.expose_body());
        let client_secret_expires_at = match reader.time("client_secret_expires_at") {
            None => SecretExpiry::Unknown,
            Some(time) if time.as_seconds() == 0 => SecretExpiry::Never,
            Some(time) => SecretExpiry::At(time),
        };
        let client_id_issued_at = reader.time("client_id_issued_at");
        let registration_client_uri = reader.text("registration_client_uri").map(str::to_owned);
        let token = reader.text("registration_access_token").map(RegistrationAccessToken::new);
        let expiry = client_secret_expires_at;
        let management = (registration_client_uri.as_deref(), token.as_ref());
        let named = granted.token_endpoint_auth_method.as_ref();
        let mut deviations = reader.deviations;
        deviations::of_secret(
            &answer,
            client_secret.as_ref(),
            expiry,
            (named, method.as_ref()),
            &mut deviations,
        );
        deviations::of_management(management, &mut deviations);
        let differences = difference::between(Comparison {
            requested: &requested,
            registered: &object.members,
            granted: &granted,
            secret: client_secret.as_ref(),
        });
        let token_endpoint_auth_method = granted.token_endpoint_auth_method;
        Ok(Self {
            deviations,
            differences,
            endpoint: endpoint.to_owned(),
            client_id,
            client_secret,
            client_id_issued_at,
            client_secret_expires_at,
            registration_client_uri,
            registration_access_token: token,
            token_endpoint_auth_method,
            granted: OnceLock::new(),
            registered: object.members,
            requested,
            answer,
        })
    }
}

/// A secret of any length; a whole number is taken by its digits, as for the client id.
fn read_secret(reader: &mut MemberReader<'_>, body: &[u8]) -> Option<ClientSecret> {
    const NAME: &str = "client_secret";
    match reader.value(NAME)? {
        // A secret is used byte for byte: nothing is trimmed.
        Value::String(text) => Some(ClientSecret::new(text.as_str())).filter(|_| !text.trim().is_empty()),
        Value::Number(_) => {
            let secret = client_id::digits(NAME, body).map(ClientSecret::new);
            let detail = format!("`{NAME}` is a number, expected a string");
            reader.note("number-in-place-of-string", Severity::Warning, NAME, detail);
            secret
        }
        other @ (Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_)) => {
            let detail = format!("`{NAME}` is {}, expected a string; it cannot be used", kind_of(other));
            reader.note("client-secret-unusable", Severity::Error, NAME, detail);
            None
        }
    }
}

/// Everything that an error needs.
struct Refusal<'a> {
    endpoint: &'a str,
    requested: &'a Map<String, Value>,
    answer: &'a Answer,
}

impl Refusal<'_> {
    fn shown(&self) -> Box<ServerAnswer> {
        let answer = self.answer;
        Box::new(ServerAnswer::of_body(
            answer.status.unwrap_or_default(),
            answer.content_type.as_deref(),
            answer.expose_body(),
            &secrets_of(self.requested),
        ))
    }

    fn of_status(&self, status: u16) -> RegistrationError {
        let (endpoint, answer) = (self.endpoint.to_owned(), self.shown());
        if (300..400).contains(&status) {
            return RegistrationError::Redirected { endpoint, answer };
        }
        RegistrationError::Refused { endpoint, answer, asked: Asked::of(self.requested) }
    }

    fn unusable(&self, reason: JsonError) -> RegistrationError {
        RegistrationError::Unusable { endpoint: self.endpoint.to_owned(), answer: self.shown(), reason }
    }

    /// Nothing but a usable client id makes a success, RFC 7591 §3.2.1.
    fn client_id(&self, members: &Map<String, Value>) -> Result<ClientId, RegistrationError> {
        let endpoint = || self.endpoint.to_owned();
        let seen = match members.get("client_id") {
            Some(value) => match client_id::read(value, self.answer.expose_body()) {
                Ok(client_id) => return Ok(client_id),
                Err(seen) => Some(seen),
            },
            None => None,
        };
        // Some servers answer errors with 200.
        if members.get("error").is_some_and(|error| !super::member_reader::is_absent(error)) {
            let asked = Asked::of(self.requested);
            return Err(RegistrationError::ErrorInSuccess {
                endpoint: endpoint(),
                answer: self.shown(),
                asked,
            });
        }
        Err(match seen {
            Some(seen) => {
                RegistrationError::UnusableClientId { endpoint: endpoint(), answer: self.shown(), seen }
            }
            None => RegistrationError::MissingClientId { endpoint: endpoint(), answer: self.shown() },
        })
    }
}
