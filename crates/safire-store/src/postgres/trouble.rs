//! What went wrong at the database, and whether it passes.

use std::error::Error;

use deadpool_postgres::PoolError;
use safire::store::StoreError;
use tokio_postgres::error::SqlState;

use crate::postgres::store::Inner;

/// What went wrong.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// The database or the way to it.
    Database(tokio_postgres::Error),
    /// No connection was to be had.
    Connection(PoolError),
    /// No answer in time.
    Late,
    /// Nothing is wrong with the database: this is the answer.
    Answer(StoreError),
}

impl Trouble {
    /// Whether the same may work in a moment: the connection is lost, the server restarts, another one was quicker.
    pub(crate) fn passes(&self) -> bool {
        match self {
            Self::Database(error) | Self::Connection(PoolError::Backend(error)) => {
                error.code().is_none_or(state_passes)
            }
            Self::Connection(_) | Self::Late => true,
            Self::Answer(_) => false,
        }
    }

    /// What the system says, on one line.
    pub(crate) fn told(&self) -> String {
        match self {
            Self::Database(error) | Self::Connection(PoolError::Backend(error)) => told(error),
            Self::Connection(PoolError::Timeout(_)) => "no connection in time".to_owned(),
            Self::Connection(error) => error.to_string(),
            Self::Late => "no answer in time".to_owned(),
            Self::Answer(error) => error.to_string(),
        }
    }

    /// The error of a store that was doing this.
    pub(crate) fn into_error(self, store: &Inner, doing: &'static str) -> StoreError {
        match self {
            Self::Answer(error) => error,
            Self::Database(_) | Self::Connection(_) | Self::Late => {
                StoreError::Failed { store: store.name.clone(), doing, detail: self.told() }
            }
        }
    }

    /// Whether the statement hit a row that is there, or missed one that it refers to.
    pub(crate) fn is_state(&self, state: &SqlState) -> bool {
        matches!(self, Self::Database(error) if error.code() == Some(state))
    }
}

impl From<tokio_postgres::Error> for Trouble {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Database(error)
    }
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        Self::Answer(error)
    }
}

/// Classes 08 (connection), 40 (rolled back), 57P (shutdown), and a few more (PostgreSQL, appendix A).
fn state_passes(state: &SqlState) -> bool {
    let code = state.code();
    code.starts_with("08")
        || code.starts_with("40")
        || code.starts_with("57P")
        || *state == SqlState::TOO_MANY_CONNECTIONS
        || *state == SqlState::QUERY_CANCELED
        || *state == SqlState::LOCK_NOT_AVAILABLE
        || *state == SqlState::READ_ONLY_SQL_TRANSACTION
}

/// The server's words, or the chain of causes. Neither holds a password; values of rows are in `detail`, not here.
fn told(error: &tokio_postgres::Error) -> String {
    if let Some(said) = error.as_db_error() {
        return format!("{} (SQLSTATE {})", said.message(), said.code().code());
    }
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
