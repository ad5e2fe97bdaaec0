//! Registration, modification and cancellation by software statement, UDAP Security 2.0 §3.2 and §3.4.

use std::fmt;

use bytes::Bytes;
use http::HeaderValue;
use http::Method;
use http::Request;
use http::Response;
use http::header::ACCEPT;
use http::header::CONTENT_TYPE;
use safire_jose::Algorithm;
use safire_jose::SigningInput;
use serde_json::Map;
use serde_json::Value;
use url::Url;

use super::certification::Certifications;
use super::client_metadata::Operation;
use super::client_metadata::UdapClientMetadata;
use super::discovery_error::UdapDiscoveryError;
use super::error::UdapError;
use super::identity::UdapIdentity;
use super::identity_error::IdentityError;
use super::metadata::UdapMetadata;
use super::outcome::RegistrationOutcome;
use super::outcome::has_no_grants;
use super::registration_error::UdapRegistrationError;
use super::software_statement::SoftwareStatement;
use crate::discovery::EndpointKind;
use crate::identifier::ClientId;
use crate::json::kind_of;
use crate::registration::Answer;
use crate::registration::Asked;
use crate::registration::Registration;
use crate::registration::RegistrationError;
use crate::registration::SecretsShown;
use crate::secret::ClientAssertion;
use crate::server_answer::ServerAnswer;
use crate::time::UnixTime;
use crate::url::FhirBase;
use crate::url::UrlPolicy;
use crate::url::display_url;

/// What is meant by a registration.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Intention {
    /// To register, or to modify what is registered; then the client id so far tells one from the other.
    Register {
        /// The client id so far, where one is known.
        previous: Option<ClientId>,
    },
    /// To cancel the registration of this client, or of whichever the server knows by this certificate.
    Cancel {
        /// The client that is meant; another one in the answer is an error.
        expected: Option<ClientId>,
    },
}

/// One registration, modification or cancellation: sign what [`Self::statement`] returns, send [`Self::request`],
/// read the answer with [`Self::accept`].
#[derive(Clone)]
pub struct UdapRegistrationRequest {
    endpoint: Url,
    audience: String,
    identity: UdapIdentity,
    metadata: UdapClientMetadata,
    certifications: Certifications,
    algorithm: Algorithm,
    intention: Intention,
}

impl UdapRegistrationRequest {
    /// The registration of these metadata at this server. Everything that can be known beforehand is checked here.
    ///
    /// # Errors
    /// [`UdapError::Certification`], [`UdapError::Discovery`] or [`UdapError::Identity`].
    pub fn new(
        base: &FhirBase,
        server: &UdapMetadata,
        policy: &UrlPolicy,
        client: (&UdapIdentity, UdapClientMetadata),
        certifications: Certifications,
        asked: Option<Algorithm>,
    ) -> Result<Self, UdapError> {
        let (identity, metadata) = client;
        server.check_registration()?;
        if metadata.operation() == Operation::Register {
            certifications.check_required(&server.certifications_required)?;
        }
        let endpoint =
            server.profile.endpoint(EndpointKind::Registration, base, policy).map_err(|source| {
                UdapDiscoveryError::Failed { community: server.community.clone(), source: Box::new(source) }
            })?;
        let algorithm = identity.algorithm(asked, &server.registration_algorithms)?;
        let intention = match metadata.operation() {
            Operation::Register => Intention::Register { previous: None },
            Operation::Cancel => Intention::Cancel { expected: None },
        };
        // Byte for byte what the server signed: it compares without normalising (§7.1.5).
        let audience = server.profile.registration_endpoint.clone().unwrap_or_default();
        Ok(Self {
            endpoint,
            audience,
            identity: identity.clone(),
            metadata,
            certifications,
            algorithm,
            intention,
        })
    }

    /// Says which client is modified or cancelled.
    #[must_use]
    pub fn of_client(mut self, client_id: Option<ClientId>) -> Self {
        self.intention = match self.intention {
            Intention::Register { .. } => Intention::Register { previous: client_id },
            Intention::Cancel { .. } => Intention::Cancel { expected: client_id },
        };
        self
    }

    /// Where it goes.
    #[must_use]
    pub const fn endpoint(&self) -> &Url {
        &self.endpoint
    }

    /// What is meant.
    #[must_use]
    pub const fn intention(&self) -> &Intention {
        &self.intention
    }

    /// The algorithm to sign with.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The metadata as the statement carries them.
    #[must_use]
    pub fn requested(&self) -> &Map<String, Value> {
        self.metadata.claims()
    }

    /// What is to be signed at `now`; `jti` must never have been used before.
    ///
    /// # Errors
    /// As [`SoftwareStatement::signing_input`].
    pub fn statement(&self, now: UnixTime, jti: &str) -> Result<SigningInput, IdentityError> {
        SoftwareStatement::new(&self.identity, &self.metadata, &self.audience, self.algorithm)
            .signing_input(now, jti)
    }

    /// The statement with its signature, which must be of the certificate's key.
    ///
    /// # Errors
    /// [`IdentityError::OtherKey`]: better here than as a refusal of the server.
    pub fn signed(&self, input: SigningInput, signature: &[u8]) -> Result<ClientAssertion, IdentityError> {
        self.identity.check_signature(self.algorithm, input.as_bytes(), signature)?;
        Ok(ClientAssertion::new(input.attach(signature)))
    }

    /// The POST with this statement, which names the client and the endpoint, and is good for five minutes.
    #[must_use]
    pub fn request(&self, statement: &ClientAssertion) -> Request<Bytes> {
        let mut members = Map::with_capacity(3);
        members.insert("software_statement".to_owned(), statement.expose_secret().into());
        if let Some(certifications) = self.certifications.as_slice() {
            members.insert("certifications".to_owned(), certifications.into());
        }
        members.insert("udap".to_owned(), "1".into());
        let mut request = Request::new(Bytes::from(Value::Object(members).to_string()));
        *request.method_mut() = Method::POST;
        // As for every registration: an unusable URI stays "/", which no transport sends.
        if let Ok(uri) = self.endpoint.as_str().parse() {
            *request.uri_mut() = uri;
        }
        let headers = request.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        request
    }

    /// Reads the answer to `statement`, which came at `now`.
    ///
    /// # Errors
    /// [`UdapRegistrationError`] for every answer that is not what was meant.
    pub fn accept(
        &self,
        response: &Response<Bytes>,
        statement: &ClientAssertion,
        now: UnixTime,
    ) -> Result<RegistrationOutcome, UdapRegistrationError> {
        let endpoint = display_url(&self.endpoint);
        let status = response.status();
        let mut secrets = vec![statement.expose_secret()];
        secrets.extend(self.certifications.as_slice().unwrap_or_default().iter().map(String::as_str));
        let answer = || Box::new(ServerAnswer::read_hiding(response, &secrets));
        if status.is_redirection() {
            let error = RegistrationError::Redirected { endpoint, answer: answer() };
            return Err(UdapRegistrationError::Registration(error));
        }
        if !status.is_success() {
            let asked = Asked::of(self.requested());
            let error = RegistrationError::Refused { endpoint, answer: answer(), asked };
            return Err(UdapRegistrationError::Registration(error));
        }
        let registers = matches!(self.intention, Intention::Register { .. });
        if registers && !matches!(status.as_u16(), 200 | 201) {
            return Err(UdapRegistrationError::OtherStatus { endpoint, answer: answer() });
        }
        let kept = Answer::from_response(response, now);
        let registration = Registration::read(&endpoint, self.metadata.shared_claims(), kept)
            .map_err(UdapRegistrationError::Registration)?;
        match &self.intention {
            Intention::Register { previous } => Ok(RegistrationOutcome::of(registration, previous.as_ref())),
            Intention::Cancel { expected } => {
                let members = registration.registered_json(SecretsShown::Masked);
                if !has_no_grants(&members) {
                    let seen = match members.get("grant_types") {
                        None => "missing",
                        Some(Value::Array(_)) => "an array with grants",
                        Some(other) => kind_of(other),
                    };
                    return Err(UdapRegistrationError::NotConfirmed { endpoint, answer: answer(), seen });
                }
                match expected {
                    Some(expected) if expected != registration.client_id() => {
                        let found = registration.client_id().clone();
                        Err(UdapRegistrationError::OtherClient {
                            endpoint,
                            expected: expected.clone(),
                            found,
                        })
                    }
                    Some(_) | None => Ok(RegistrationOutcome::Cancelled(registration)),
                }
            }
        }
    }
}

impl fmt::Debug for UdapRegistrationRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UdapRegistrationRequest")
            .field("endpoint", &display_url(&self.endpoint))
            .field("identity", &self.identity)
            .field("intention", &self.intention)
            .field("algorithm", &self.algorithm)
            .finish_non_exhaustive()
    }
}
