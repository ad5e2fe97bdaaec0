//! One step is sent, with the token that the server takes.

use bytes::Bytes;
use http::Request;
use http::Response;
use safire_protocol::registration::Answer;
use safire_protocol::registration::AnswerTo;
use safire_protocol::registration::Registration;
use safire_protocol::registration::management::DeleteRequest;
use safire_protocol::registration::management::Deleted;
use safire_protocol::registration::management::ManagementError;
use safire_protocol::registration::management::Operation;
use safire_protocol::registration::management::ReadRequest;
use safire_protocol::registration::management::UpdateRequest;
use safire_protocol::secret::RegistrationAccessToken;
use safire_protocol::time::UnixTime;

use crate::server::Server;
use crate::transport::ServerSupplied;
use crate::transport::TransportError;

/// One of the three steps of RFC 7592.
pub(super) trait Step: Sized + Send + Sync {
    type Accepted: Send;

    const OPERATION: Operation;

    fn request(&self) -> Request<Bytes>;

    fn with_token(self, token: &RegistrationAccessToken) -> Result<Self, ManagementError>;

    fn accept(&self, response: &Response<Bytes>, now: UnixTime) -> Result<Self::Accepted, ManagementError>;
}

/// A success, and what it says of the tokens.
pub(super) struct Exchanged<T> {
    pub(super) accepted: T,
    /// The token that the server took.
    pub(super) taken: RegistrationAccessToken,
    /// The newer one that it did not take, where an older one had to do.
    pub(super) refused: Option<RegistrationAccessToken>,
}

/// Why there is no success.
pub(super) enum Failure {
    Transport(TransportError),
    Refused { error: Box<ManagementError>, answer: Answer },
}

/// Sends the step. Where the newest token is not taken, the one before it is tried, once: some servers show a hash, or
/// a token that never worked, in place of the one that does. Nothing was done then, so sending it again is safe.
pub(super) async fn exchange<S: Step>(
    server: &Server,
    (newest, older): (RegistrationAccessToken, Option<RegistrationAccessToken>),
    step: S,
) -> Result<Exchanged<S::Accepted>, Failure> {
    let first = match once(server, &step).await {
        Ok(accepted) => return Ok(Exchanged { accepted, taken: newest, refused: None }),
        Err(failure) => failure,
    };
    let Some(older) = older.filter(|_| first.is_token_refused()) else { return Err(first) };
    let Ok(step) = step.with_token(&older) else { return Err(first) };
    match once(server, &step).await {
        Ok(accepted) => Ok(Exchanged { accepted, taken: older, refused: Some(newest) }),
        Err(second) if second.is_token_refused() => Err(first),
        Err(second) => Err(second),
    }
}

async fn once<S: Step>(server: &Server, step: &S) -> Result<S::Accepted, Failure> {
    let mut request = step.request();
    request.extensions_mut().insert(ServerSupplied);
    tracing::info!(operation = %S::OPERATION, "the registration is managed");
    let response = server.transport().send(request).await.map_err(Failure::Transport)?;
    let now = server.clock().now();
    step.accept(&response, now).map_err(|error| {
        let to = if S::OPERATION == Operation::Update { AnswerTo::Update } else { AnswerTo::Read };
        Failure::Refused { error: Box::new(error), answer: Answer::from_response(&response, now).to(to) }
    })
}

impl Failure {
    fn is_token_refused(&self) -> bool {
        match self {
            Self::Transport(_) => false,
            Self::Refused { error, .. } => error.is_token_refused(),
        }
    }
}

impl Step for ReadRequest {
    type Accepted = Registration;

    const OPERATION: Operation = Operation::Read;

    fn request(&self) -> Request<Bytes> {
        self.request()
    }

    fn with_token(self, token: &RegistrationAccessToken) -> Result<Self, ManagementError> {
        self.with_token(token)
    }

    fn accept(&self, response: &Response<Bytes>, now: UnixTime) -> Result<Registration, ManagementError> {
        self.accept(response, now)
    }
}

impl Step for UpdateRequest {
    type Accepted = Registration;

    const OPERATION: Operation = Operation::Update;

    fn request(&self) -> Request<Bytes> {
        self.request()
    }

    fn with_token(self, token: &RegistrationAccessToken) -> Result<Self, ManagementError> {
        self.with_token(token)
    }

    fn accept(&self, response: &Response<Bytes>, now: UnixTime) -> Result<Registration, ManagementError> {
        self.accept(response, now)
    }
}

impl Step for DeleteRequest {
    type Accepted = Deleted;

    const OPERATION: Operation = Operation::Delete;

    fn request(&self) -> Request<Bytes> {
        self.request()
    }

    fn with_token(self, token: &RegistrationAccessToken) -> Result<Self, ManagementError> {
        self.with_token(token)
    }

    fn accept(&self, response: &Response<Bytes>, _: UnixTime) -> Result<Deleted, ManagementError> {
        self.accept(response)
    }
}
