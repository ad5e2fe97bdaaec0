//! The order that loses nothing: what is about to be sent is stored, it is sent, what came of it is stored.

use std::sync::Arc;

use safire_protocol::fault::Diagnose;
use safire_protocol::registration::Registration;
use safire_protocol::registration::Trial;
use safire_protocol::registration::management::ManagementError;
use safire_protocol::registration::management::Operation;
use serde_json::Map;
use serde_json::Value;
use url::Url;

use super::error::Unmanaged;
use super::exchange::Exchanged;
use super::exchange::Failure;
use super::exchange::Step;
use super::exchange::exchange;
use super::managed::ManagedRegistration;
use super::managed::Opened;
use super::outcome::Managed;
use super::outcome::Rotated;
use super::settle;
use crate::error::Error;
use crate::error::Stage;
use crate::store::Change;
use crate::store::Pending;
use crate::store::State;

impl ManagedRegistration<'_> {
    /// Where the registration is managed.
    pub(super) fn url(&self, registration: &Registration) -> Result<Url, Error> {
        let url = registration.management_url(self.server.policy(), self.server.base());
        url.map_err(|error| self.error(error))
    }

    /// Writes down what is about to be sent, and sends it. After a success the record still says so.
    pub(super) async fn call<S: Step>(
        &self,
        opened: &mut Opened,
        step: S,
        requested: Option<Map<String, Value>>,
    ) -> Result<Exchanged<S::Accepted>, Error> {
        let tokens = (
            opened.registration.registration_access_token().cloned().ok_or_else(|| {
                self.error(ManagementError::NotOffered { missing: "registration_access_token" })
            })?,
            opened.registration.superseded_token().cloned(),
        );
        let before = opened.record.content.pending.clone();
        let now = self.server.clock().now();
        let mut pending = Pending::new(S::OPERATION, now, requested);
        if let (Operation::Read, Some(doubt)) = (S::OPERATION, settle::doubt(before.as_ref())) {
            // A read that dies leaves the doubt that it was to settle.
            pending = Pending { note: None, ..doubt.clone() };
        }
        opened.record.content.pending = Some(pending);
        opened.record.updated_at = now;
        self.store.commit(Change::Replace(Box::new(opened.record.clone()))).await?;
        match exchange(self.server, tokens, step).await {
            Ok(exchanged) => Ok(exchanged),
            Err(failure) => Err(self.settle_failure(opened, before, S::OPERATION, failure).await),
        }
    }

    /// Stores what an answer to a read or an update shows.
    pub(super) async fn keep(
        &self,
        mut opened: Opened,
        exchanged: Exchanged<Registration>,
        requested: Map<String, Value>,
    ) -> Result<Managed, Error> {
        let (shown, requested) = (exchanged.accepted, Arc::new(requested));
        for deviation in shown.deviations() {
            tracing::warn!(code = deviation.code, member = deviation.member, "{}", deviation.detail);
        }
        let record = &mut opened.record;
        let mut answers = record.content.answers();
        if let Some(refused) = &exchanged.refused {
            answers.mark_token(refused, Trial::Refused);
        }
        answers.mark_token(&exchanged.taken, Trial::Works);
        answers.add(&requested, shown.answer().clone());
        record.content.set_answers(answers);
        record.content.requested = Arc::unwrap_or_clone(requested);
        record.content.pending = None;
        record.updated_at = self.server.clock().now();
        // The server answers for the client, so the client is there.
        if matches!(record.state, State::Gone | State::Deleted) {
            record.state = State::Registered;
        }
        settle::follow_metadata(record, self.server.base());
        // By all that is kept, and not only by the last answer.
        let registration = record.registration().unwrap_or(shown);
        let rotated = Rotated::between(&opened.registration, &registration);
        let changed = settle::changed_members(&opened.registration, &registration);
        let record = Box::new(opened.record);
        let stored = self.store.commit(Change::Replace(record.clone())).await;
        let managed = Managed { registration, record, rotated, changed, settled: None };
        match stored {
            Ok(()) => Ok(managed),
            Err(source) => Err(self.error(Unmanaged::NotStored { managed: Arc::new(managed), source })),
        }
    }

    /// Writes down what is known after a failure: nothing was done, the client is gone, or it stays in doubt.
    async fn settle_failure(
        &self,
        opened: &mut Opened,
        before: Option<Pending>,
        operation: Operation,
        failure: Failure,
    ) -> Error {
        let record = &mut opened.record;
        let nothing_done = match &failure {
            Failure::Transport(source) => source.was_not_sent(),
            Failure::Refused { error, .. } => settle::did_nothing(operation, error),
        };
        let keeps_doubt = operation == Operation::Read && settle::doubt(before.as_ref()).is_some();
        if nothing_done || keeps_doubt {
            record.content.pending = before;
            if let Failure::Refused { error, .. } = &failure {
                settle::note_what_is_gone(record, &opened.registration, error);
            }
        } else if let Some(pending) = &mut record.content.pending {
            match &failure {
                Failure::Transport(source) => {
                    pending.note = Some(format!("the request may have been sent: {source}"));
                }
                Failure::Refused { error, answer } => {
                    pending.note = Some(error.to_string());
                    pending.answer = Some(answer.clone());
                }
            }
        }
        record.updated_at = self.server.clock().now();
        if let Err(error) = self.store.commit(Change::Replace(Box::new(record.clone()))).await {
            // What was stored before the call stands, and is true too; the first failure is the one to tell.
            tracing::error!(id = %self.id, code = error.code(), "the outcome could not be written to the store");
        }
        match failure {
            Failure::Transport(source) => {
                let error = Error::Transport { stage: Stage::Management, source };
                if nothing_done { error } else { error.with_record(self.id.clone()) }
            }
            Failure::Refused { error, .. } => self.error(*error),
        }
    }
}
