//! One statement, signed and posted.

use safire_protocol::registration::Answer;
use safire_protocol::secret::ClientAssertion;
use safire_protocol::udap::RegistrationOutcome;
use safire_protocol::udap::UdapError;
use safire_protocol::udap::UdapRegistrationRequest;

use super::identity::ClientIdentity;
use crate::error::Error;
use crate::error::Stage;
use crate::random;
use crate::server::Server;
use crate::store::Change;
use crate::store::Record;
use crate::store::State;
use crate::store::Store;
use crate::transport::ServerSupplied;

/// Why a posted statement brought no answer that can be used, and what came instead.
pub(super) struct Failure {
    pub(super) error: Error,
    answer: Option<Answer>,
}

/// A fresh statement, whose signature is known to be of the certificate's key.
pub(super) async fn sign(
    server: &Server,
    identity: &ClientIdentity,
    step: &UdapRegistrationRequest,
) -> Result<ClientAssertion, Error> {
    let input = step.statement(server.clock().now(), &random::identifier()?)?;
    let signature = identity.sign(step.algorithm(), &input).await?;
    Ok(step.signed(input, &signature)?)
}

/// Posts the statement once, and reads the answer.
pub(super) async fn post(
    server: &Server,
    step: &UdapRegistrationRequest,
    statement: &ClientAssertion,
) -> Result<RegistrationOutcome, Failure> {
    let mut request = step.request(statement);
    request.extensions_mut().insert(ServerSupplied);
    tracing::info!(endpoint = %request.uri().path(), "registration by software statement");
    let sent = server.transport().send(request).await;
    let response = sent.map_err(|source| Failure {
        error: Error::Transport { stage: Stage::Registration, source },
        answer: None,
    })?;
    let now = server.clock().now();
    let outcome = step.accept(&response, statement, now).map_err(|error| Failure {
        answer: Some(Answer::from_response(&response, now)),
        error: error.into(),
    })?;
    for deviation in outcome.registration().deviations() {
        tracing::warn!(code = deviation.code, member = deviation.member, "{}", deviation.detail);
    }
    Ok(outcome)
}

impl Failure {
    /// Whether the server surely refused, and changed nothing.
    pub(super) fn is_refusal(&self) -> bool {
        let Error::Udap(error) = &self.error else { return false };
        matches!(&**error, UdapError::Registration(error) if error.is_definite_refusal())
    }

    pub(super) fn note(&self) -> String {
        if let Error::Transport { source, .. } = &self.error {
            let sent =
                if source.was_not_sent() { "nothing was sent" } else { "the request may have been sent" };
            return format!("{sent}: {source}");
        }
        self.error.to_string()
    }

    /// Writes down what became of the intent: refused for certain, or in doubt with the answer kept.
    pub(super) async fn settle(self, store: &dyn Store, mut record: Record) -> Error {
        record.content.note = Some(self.note());
        if self.is_refusal() {
            record.state = State::Refused;
        }
        record.content.answer = self.answer;
        let id = record.id.clone();
        if let Err(error) = store.commit(Change::Replace(Box::new(record))).await {
            // The intent stands as it was, which is true too; the first failure is the one to tell.
            tracing::error!(%id, %error, "the outcome could not be written to the store");
        }
        self.error.with_record(id)
    }
}
