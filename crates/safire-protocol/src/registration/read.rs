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
use super::held;
use super::held::Held;
use super::member_reader::MemberReader;
use super::member_reader::is_absent;
use super::registration::Registration;
use super::request::secrets_of;
use crate::auth_method::AuthMethod;
use crate::identifier::ClientId;
use crate::json::JsonError;
use crate::json::JsonObject;
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
        Self::read_over(endpoint, requested.into(), answer, None)
    }

    /// Reads an answer over what was held before it, RFC 7592 §3: a credential that it does not show stays.
    pub(super) fn read_over(
        endpoint: &str,
        requested: Arc<Map<String, Value>>,
        answer: Answer,
        held: Option<&Self>,
    ) -> Result<Self, RegistrationError> {
        let refusal = Refusal { endpoint, requested: &requested, answer: &answer };
        if let Some(status) = answer.status.filter(|status| !(200..300).contains(status)) {
            return Err(refusal.of_status(status));
        }
        let mut object =
            JsonObject::parse(answer.expose_body()).map_err(|reason| refusal.unusable(reason))?;
        let client_id = refusal.client_id(&object.members, held)?;
        let mut deviations = deviations::of_form(&object, &answer);
        deviations.extend(held::note(&object.members, &answer, held));
        held::complete(&mut object.members, &answer, held);

        let method = requested.get("token_endpoint_auth_method").and_then(Value::as_str);
        let method = method.map(|name| AuthMethod::from(name.to_owned()));
        let mut reader = MemberReader::new(&object.members);
        reader.deviations = deviations;
        let granted = Granted::read(&mut reader, method.as_ref());
        let credentials = Held::read(&mut reader, &answer, held);
        let mut deviations = reader.deviations;
        let named = granted.token_endpoint_auth_method.as_ref();
        let (secret, expiry) = (credentials.secret.as_ref(), credentials.secret_expires_at);
        deviations::of_secret(&answer, secret, expiry, (named, method.as_ref()), &mut deviations);
        let management = (credentials.uri.as_deref(), credentials.token.as_ref());
        deviations::of_management(management, &mut deviations);
        let differences = difference::between(Comparison {
            requested: &requested,
            registered: &object.members,
            granted: &granted,
            secret,
        });
        let token_endpoint_auth_method = granted.token_endpoint_auth_method;
        Ok(Self {
            deviations,
            differences,
            endpoint: endpoint.to_owned(),
            client_id,
            client_secret: credentials.secret,
            superseded_secret: credentials.superseded_secret,
            client_id_issued_at: credentials.issued_at,
            client_secret_expires_at: credentials.secret_expires_at,
            registration_client_uri: credentials.uri,
            registration_access_token: credentials.token,
            superseded_token: credentials.superseded_token,
            token_endpoint_auth_method,
            granted: OnceLock::new(),
            registered: object.members,
            requested,
            answer,
        })
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
    fn client_id(
        &self,
        members: &Map<String, Value>,
        held: Option<&Registration>,
    ) -> Result<ClientId, RegistrationError> {
        let endpoint = || self.endpoint.to_owned();
        let seen = match members.get("client_id") {
            Some(value) => match client_id::read(value, self.answer.expose_body()) {
                Ok(client_id) => return Ok(client_id),
                Err(seen) => Some(seen),
            },
            None => None,
        };
        // Some servers answer errors with 200.
        if members.get("error").is_some_and(|error| !is_absent(error)) {
            let asked = Asked::of(self.requested);
            return Err(RegistrationError::ErrorInSuccess {
                endpoint: endpoint(),
                answer: self.shown(),
                asked,
            });
        }
        // Only our own token leads to this answer: whose it is, is known.
        if let (Some(held), true) = (held, members.get("client_id").is_none_or(is_absent)) {
            return Ok(held.client_id.clone());
        }
        Err(match seen {
            Some(seen) => {
                RegistrationError::UnusableClientId { endpoint: endpoint(), answer: self.shown(), seen }
            }
            None => RegistrationError::MissingClientId { endpoint: endpoint(), answer: self.shown() },
        })
    }
}
