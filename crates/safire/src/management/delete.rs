//! Deleting a client at its server.

use safire_protocol::registration::management::DeleteRequest;
use safire_protocol::registration::management::Deleted;

use super::error::Unmanaged;
use super::managed::ManagedRegistration;
use crate::error::Error;
use crate::store::Change;
use crate::store::Record;
use crate::store::State;

/// A client that is not at its server any more. Its record stays as history.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Deletion {
    /// The record, as it is stored: deleted, or gone.
    pub record: Box<Record>,
    /// What the server answered; `None` where the client was gone already.
    pub deleted: Option<Deleted>,
}

impl ManagedRegistration<'_> {
    /// Deletes the client at its server (RFC 7592 §2.3). The record stays as history, with what the server had issued,
    /// until it is removed from the store. Deleting what is deleted already is no error.
    ///
    /// # Errors
    /// [`Error::Manage`] when the server refuses or the registration cannot be managed; those of the store and of the
    /// transport.
    pub async fn delete(&self) -> Result<Deletion, Error> {
        self.in_turn(Box::pin(self.delete_now())).await
    }

    async fn delete_now(&self) -> Result<Deletion, Error> {
        let mut opened = self.open().await?;
        if opened.record.state == State::Deleted {
            return Ok(Deletion { record: Box::new(opened.record), deleted: None });
        }
        let url = self.url(&opened.registration)?;
        let step = DeleteRequest::new(url, &opened.registration).map_err(|error| self.error(error))?;
        let exchanged = match self.call(&mut opened, step, None).await {
            Ok(exchanged) => exchanged,
            Err(error) => return self.gone_already(opened.record, error),
        };
        for deviation in &exchanged.accepted.deviations {
            tracing::warn!(code = deviation.code, "{}", deviation.detail);
        }
        let mut record = opened.record;
        record.state = State::Deleted;
        record.content.pending = None;
        record.content.key_rotation = None;
        record.updated_at = self.server.clock().now();
        let record = Box::new(record);
        self.store.commit(Change::Replace(record.clone())).await?;
        Ok(Deletion { record, deleted: Some(exchanged.accepted) })
    }

    /// The server says that there is nothing to delete: that is what was wanted.
    fn gone_already(&self, record: Record, error: Error) -> Result<Deletion, Error> {
        let is_gone = matches!(record.state, State::Gone | State::Deleted)
            && matches!(&error, Error::Manage(error) if matches!(error.reason, Unmanaged::Step(_)));
        if is_gone { Ok(Deletion { record: Box::new(record), deleted: None }) } else { Err(error) }
    }
}
