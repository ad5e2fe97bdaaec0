//! Why a registration was not managed.

use std::borrow::Cow;
use std::sync::Arc;

use safire_protocol::fault::Diagnose;
use safire_protocol::fault::Fault;
use safire_protocol::registration::management::ManagementError;
use safire_protocol::registration::management::Operation;
use safire_protocol::server_answer::ServerAnswer;
use safire_protocol::time::UnixTime;
use thiserror::Error;

use super::outcome::Managed;
use crate::store::Pending;
use crate::store::RecordId;
use crate::store::State;
use crate::store::StoreError;

/// Why a registration was not managed, and which.
#[derive(Debug, Clone, Error)]
#[error("{reason}")]
#[non_exhaustive]
pub struct ManageError {
    /// The record.
    pub id: RecordId,
    /// Why.
    pub reason: Unmanaged,
}

/// Why a registration was not managed.
#[derive(Debug, Clone, Error)]
#[non_exhaustive]
pub enum Unmanaged {
    /// The server refused, or there is no way to ask it.
    #[error(transparent)]
    Step(ManagementError),
    /// Another process manages the registration, or died while it did; nothing was sent.
    #[error("another process manages this registration, or ended while it did; nothing was sent")]
    Busy {
        /// When its turn ends at the latest.
        until: UnixTime,
    },
    /// An earlier call has no usable answer; nothing was sent.
    #[error("{}; nothing was sent", doubt(pending))]
    InDoubt {
        /// What was sent then.
        pending: Box<Pending>,
    },
    /// There is no client to manage; nothing was sent.
    #[error("the registration is {state}: there is no client to manage")]
    NoClient {
        /// Where it stands.
        state: State,
    },
    /// The registration is of another server; nothing was sent.
    #[error("the registration is of {base}, not of this server; nothing was sent")]
    OtherServer {
        /// Its FHIR base.
        base: String,
    },
    /// The server has answered, and the store did not take it: it is here and nowhere else.
    #[error("the server's answer could not be stored{}", lost(managed))]
    NotStored {
        /// The registration. Store it elsewhere before this value is dropped.
        managed: Arc<Managed>,
        /// Why it was not stored.
        source: StoreError,
    },
    /// The key cannot be replaced by an update; nothing was sent.
    #[error("the key cannot be replaced: {why}; nothing was sent")]
    KeyNotReplaceable {
        /// Why.
        why: &'static str,
    },
    /// The server has taken the update, and the new key is not among the keys that it shows.
    #[error("the server did not register the new key `{kid}`: the old one stays the client's")]
    KeyNotRegistered {
        /// The `kid` of the new key.
        kid: String,
    },
}

impl From<ManagementError> for Unmanaged {
    fn from(error: ManagementError) -> Self {
        Self::Step(error)
    }
}

impl Diagnose for ManageError {
    fn code(&self) -> &'static str {
        match &self.reason {
            Unmanaged::Step(error) => error.code(),
            Unmanaged::NotStored { source, .. } => source.code(),
            Unmanaged::Busy { .. } => "management-busy",
            Unmanaged::InDoubt { .. } => "management-in-doubt",
            Unmanaged::NoClient { .. } => "management-no-client",
            Unmanaged::OtherServer { .. } => "management-other-server",
            Unmanaged::KeyNotReplaceable { .. } => "key-not-replaceable",
            Unmanaged::KeyNotRegistered { .. } => "key-not-registered",
        }
    }

    fn fault(&self) -> Fault {
        match &self.reason {
            Unmanaged::Step(error) => error.fault(),
            Unmanaged::NotStored { .. } => Fault::Store,
            Unmanaged::Busy { .. }
            | Unmanaged::InDoubt { .. }
            | Unmanaged::NoClient { .. }
            | Unmanaged::OtherServer { .. }
            | Unmanaged::KeyNotReplaceable { .. } => Fault::Caller,
            Unmanaged::KeyNotRegistered { .. } => Fault::Server,
        }
    }

    fn is_retryable(&self) -> bool {
        match &self.reason {
            Unmanaged::Step(error) => error.is_retryable(),
            Unmanaged::Busy { .. } => true,
            Unmanaged::NotStored { .. }
            | Unmanaged::InDoubt { .. }
            | Unmanaged::NoClient { .. }
            | Unmanaged::OtherServer { .. }
            | Unmanaged::KeyNotReplaceable { .. }
            | Unmanaged::KeyNotRegistered { .. } => false,
        }
    }

    fn hint(&self) -> Option<Cow<'_, str>> {
        let id = &self.id;
        let text = match &self.reason {
            Unmanaged::Step(error) => return error.hint(),
            Unmanaged::NotStored { source, .. } => return source.hint(),
            Unmanaged::Busy { .. } => {
                "try again in a minute: its turn has an end even if the process was killed".to_owned()
            }
            Unmanaged::InDoubt { .. } => format!(
                "`safire registration read {id}` shows what the server did, unless it replaced the \
                 registration access token: that answer is lost then, and the client can be used but not managed"
            ),
            Unmanaged::NoClient { .. } => {
                format!("`safire registration show {id}` tells what is known of it and what to do")
            }
            Unmanaged::OtherServer { base } => format!("manage it with a server of base {base}"),
            Unmanaged::KeyNotReplaceable { .. } => {
                "publish both keys where the server takes them from until the new one works, or register a new \
                 client with the new key"
                    .to_owned()
            }
            Unmanaged::KeyNotRegistered { .. } => {
                "this server does not change keys by an update: register a new client with the new key".to_owned()
            }
        };
        Some(Cow::Owned(text))
    }

    fn endpoint(&self) -> Option<&str> {
        if let Unmanaged::Step(error) = &self.reason { error.endpoint() } else { None }
    }

    fn server_answer(&self) -> Option<&ServerAnswer> {
        if let Unmanaged::Step(error) = &self.reason { error.server_answer() } else { None }
    }
}

fn doubt(pending: &Pending) -> String {
    let what = match pending.operation {
        Operation::Read => "a read",
        Operation::Update => "an update",
        Operation::Delete => "a delete",
    };
    let note = pending.note.as_deref().unwrap_or("its process ended before the answer was stored");
    let done = match pending.operation {
        Operation::Read => "whether it replaced the registration access token is not known",
        Operation::Update => {
            "whether the server did it, and whether it replaced the secret or the registration access token, is not \
             known"
        }
        Operation::Delete => "whether the client is deleted is not known",
    };
    format!("{what} was sent at {}, and {note}: {done}", pending.since)
}

/// Whether credentials are lost with the answer, by name.
fn lost(managed: &Managed) -> String {
    let names: Vec<&str> = managed.rotated.iter().map(|rotated| rotated.member()).collect();
    if names.is_empty() { String::new() } else { format!(", with its new {}", names.join(" and ")) }
}
