//! Token introspection, RFC 7662: what the server knows of a token.

use std::fmt;

use bytes::Bytes;
use http::Request;
use http::Response;
use safire_jose::SigningInput;
use serde_json::Map;
use serde_json::Value;
use url::Url;

use crate::credentials::Credentials;
use crate::deviation::Deviation;
use crate::deviation::Severity;
use crate::discovery::EndpointKind;
use crate::json::JsonObject;
use crate::json::kind_of;
use crate::secret::AccessToken;
use crate::secret::ClientAssertion;
use crate::server_answer::ServerAnswer;
use crate::time::UnixTime;
use crate::token::LaunchContext;
use crate::token::lifetime;
use crate::token::scope_text;
use crate::token_endpoints::Call;
use crate::token_endpoints::HeldToken;
use crate::token_endpoints::TokenEndpointError;
use crate::token_endpoints::UnusableAnswer;

const SECTION: &str = "RFC 7662 §2.2";
const SMART: &str = "SMART App Launch 2.2, Token Introspection";

/// How an introspection call proves that it may be made. `Debug` shows no secret.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum IntrospectionProof {
    /// The client's own credentials, as at the token endpoint.
    Client(Credentials),
    /// An access token, for servers that want it so (SMART App Launch 2.2; Epic).
    Bearer(AccessToken),
}

/// One introspection call.
#[derive(Debug, Clone)]
pub struct IntrospectionRequest {
    call: Call,
    proof: IntrospectionProof,
}

impl IntrospectionRequest {
    /// The call of `endpoint` about `token`.
    ///
    /// # Errors
    /// [`TokenEndpointError::Endpoint`] when the endpoint is neither https nor http on loopback, or has user
    /// information; [`TokenEndpointError::TokenBlank`] when there is no token.
    pub fn new(
        endpoint: Url,
        token: HeldToken,
        proof: IntrospectionProof,
    ) -> Result<Self, TokenEndpointError> {
        Ok(Self { call: Call::new(EndpointKind::Introspection, endpoint, token)?, proof })
    }

    /// The endpoint.
    #[must_use]
    pub const fn endpoint(&self) -> &Url {
        self.call.endpoint()
    }

    /// What has to be signed first; `None` when nothing has. The audience is the token endpoint unless the profile
    /// names another.
    ///
    /// # Errors
    /// [`TokenEndpointError::Assertion`] when the assertion cannot be written.
    pub fn assertion(
        &self,
        token_endpoint: &Url,
        now: UnixTime,
        jti: &str,
    ) -> Result<Option<SigningInput>, TokenEndpointError> {
        match &self.proof {
            IntrospectionProof::Client(credentials) => Call::assertion(credentials, token_endpoint, now, jti),
            IntrospectionProof::Bearer(_) => Ok(None),
        }
    }

    /// The HTTP request: a POST with a form, RFC 7662 §2.1.
    ///
    /// # Errors
    /// [`TokenEndpointError`] when the assertion does not fit the proof, or the proof cannot be written.
    pub fn request(&self, assertion: Option<ClientAssertion>) -> Result<Request<Bytes>, TokenEndpointError> {
        match (&self.proof, assertion) {
            (IntrospectionProof::Client(credentials), assertion) => {
                self.call.by_client(credentials, assertion)
            }
            (IntrospectionProof::Bearer(token), None) => self.call.by_bearer(token),
            (IntrospectionProof::Bearer(_), Some(_)) => Err(TokenEndpointError::AssertionUnexpected),
        }
    }

    /// Reads the answer.
    ///
    /// # Errors
    /// [`TokenEndpointError::Redirected`], [`TokenEndpointError::Refused`] or [`TokenEndpointError::Unusable`].
    pub fn accept(&self, response: &Response<Bytes>) -> Result<Introspection, TokenEndpointError> {
        if response.status().is_redirection() {
            return Err(self.call.redirected(response));
        }
        if !response.status().is_success() {
            return Err(self.call.refused(ServerAnswer::read(response)));
        }
        let unusable = |reason| self.call.unusable(response, reason);
        let object =
            JsonObject::parse(response.body()).map_err(|error| unusable(UnusableAnswer::Json(error)))?;
        let has_error = object.members.get("error").is_some_and(|error| !error.is_null());
        match active(&object.members) {
            // An error with the status of a success is still an error.
            Err(_) if has_error => Err(self.call.refused(ServerAnswer::read(response))),
            Err(reason) => Err(unusable(reason)),
            Ok((active, deviation)) => {
                Ok(Introspection::read(active, object.members, deviation.into_iter().collect()))
            }
        }
    }
}

/// What the server knows of a token. `Debug` shows neither people nor what the server added.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Introspection {
    /// Whether the token is good now. The rest is there only if it is.
    pub active: bool,
    /// The scopes of the token.
    pub scope: Option<String>,
    /// Whose token it is.
    pub client_id: Option<String>,
    /// Who permitted it, for people to read.
    pub username: Option<String>,
    /// The type of the token.
    pub token_type: Option<String>,
    /// When it ends.
    pub expires_at: Option<UnixTime>,
    /// When it was issued.
    pub issued_at: Option<UnixTime>,
    /// From when on it is good.
    pub not_before: Option<UnixTime>,
    /// Who permitted it.
    pub sub: Option<String>,
    /// For whom it is.
    pub aud: Vec<String>,
    /// Who issued it.
    pub iss: Option<String>,
    /// Its identifier.
    pub jti: Option<String>,
    /// Every other member as it came, such as `patient`.
    pub extra: Map<String, Value>,
    /// Where the answer departs from the specifications.
    pub deviations: Vec<Deviation>,
}

impl Introspection {
    fn read(active: bool, mut members: Map<String, Value>, mut deviations: Vec<Deviation>) -> Self {
        members.remove("active");
        if active {
            let absent = |name: &&str| members.get(*name).is_none_or(Value::is_null);
            for name in ["scope", "client_id", "exp"].into_iter().filter(absent) {
                let detail = format!("no `{name}` came with an active token");
                deviations.push(
                    Deviation::new("introspection-member-missing", Severity::Info, SMART, detail)
                        .of_member(name),
                );
            }
        }
        let mut time = |name: &str| {
            let value = members.remove(name)?;
            lifetime(&value).map(UnixTime::from_seconds)
        };
        let (expires_at, issued_at, not_before) = (time("exp"), time("iat"), time("nbf"));
        let scope = members.remove("scope").as_ref().and_then(scope_text);
        let aud = match members.remove("aud") {
            Some(Value::String(text)) => vec![text],
            Some(Value::Array(items)) => items.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_)) | None => Vec::new(),
        };
        let mut text = |name: &str| match members.get(name) {
            Some(Value::String(text)) if !text.trim().is_empty() => {
                let text = text.clone();
                members.remove(name);
                Some(text)
            }
            _ => None,
        };
        Self {
            active,
            scope,
            client_id: text("client_id"),
            username: text("username"),
            token_type: text("token_type"),
            expires_at,
            issued_at,
            not_before,
            sub: text("sub"),
            aud,
            iss: text("iss"),
            jti: text("jti"),
            extra: members,
            deviations,
        }
    }

    /// The launch context that came with the token, SMART App Launch 2.2.
    #[must_use]
    pub fn launch_context(&self) -> LaunchContext {
        LaunchContext::read(&self.extra)
    }
}

impl fmt::Debug for Introspection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let extra: Vec<&String> = self.extra.keys().collect();
        f.debug_struct("Introspection")
            .field("active", &self.active)
            .field("scope", &self.scope)
            .field("client_id", &self.client_id)
            .field("token_type", &self.token_type)
            .field("expires_at", &self.expires_at)
            .field("aud", &self.aud)
            .field("iss", &self.iss)
            .field("extra", &extra)
            .field("deviations", &self.deviations)
            .finish_non_exhaustive()
    }
}

fn active(members: &Map<String, Value>) -> Result<(bool, Option<Deviation>), UnusableAnswer> {
    let as_text = |text: &str| match text.trim() {
        text if text.eq_ignore_ascii_case("true") => Some(true),
        text if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    };
    match members.get("active") {
        Some(Value::Bool(active)) => Ok((*active, None)),
        Some(Value::String(text)) => {
            let active = as_text(text).ok_or(UnusableAnswer::ActiveNotBoolean("a string"))?;
            let detail = "`active` is a text; a boolean was expected";
            let deviation = Deviation::new("active-text", Severity::Warning, SECTION, detail);
            Ok((active, Some(deviation.of_member("active"))))
        }
        None | Some(Value::Null) => Err(UnusableAnswer::NoActive),
        Some(other @ (Value::Number(_) | Value::Array(_) | Value::Object(_))) => {
            Err(UnusableAnswer::ActiveNotBoolean(kind_of(other)))
        }
    }
}
