//! What is the matter with a registration, as far as the store knows.

use safire::protocol::registration::SecretExpiry;
use safire::protocol::registration::management::Operation;
use safire::protocol::time::UnixTime;
use safire::store::KeyRotation;
use safire::store::Pending;
use safire::store::Record;
use safire::store::State;

use super::when::date_time;

/// What is the matter with a registration.
#[derive(Debug, Clone)]
pub(crate) struct Trouble {
    urgency: Urgency,
    /// What it is.
    pub(crate) matter: Matter,
    /// Since when, or from when on.
    pub(crate) at: UnixTime,
    /// In words.
    pub(crate) text: String,
    /// What to do about it.
    pub(crate) hint: String,
}

/// What can be the matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Matter {
    InDoubt,
    Gone,
    ManagementInDoubt,
    SecretExpired,
    SecretExpiring,
    KeyRotationUnfinished,
    AwaitingApproval,
}

impl Matter {
    /// The stable name.
    pub(crate) const fn code(&self) -> &'static str {
        match self {
            Self::InDoubt => "in-doubt",
            Self::Gone => "gone",
            Self::ManagementInDoubt => "management-in-doubt",
            Self::SecretExpired => "secret-expired",
            Self::SecretExpiring => "secret-expiring",
            Self::KeyRotationUnfinished => "key-rotation-unfinished",
            Self::AwaitingApproval => "awaiting-approval",
        }
    }
}

/// How soon something has to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Urgency {
    Now,
    ByThen,
    Waiting,
    Nothing,
    History,
}

/// The order of a listing: the soonest trouble first, history last.
pub(crate) fn by_trouble(records: &mut [Record], now: UnixTime) {
    records.sort_by_cached_key(|record| match trouble(record, now) {
        Some(trouble) => (trouble.urgency, trouble.at),
        None if record.state.is_live() => (Urgency::Nothing, record.created_at),
        None => (Urgency::History, record.created_at),
    });
}

/// What is the matter, the worst of it.
pub(crate) fn trouble(record: &Record, now: UnixTime) -> Option<Trouble> {
    let id = &record.id;
    let known = |urgency, matter, at, text: &str, hint: String| {
        Some(Trouble { urgency, matter, at, text: text.to_owned(), hint })
    };
    let at = record.updated_at;
    match record.state_at(now) {
        State::InDoubt => known(
            Urgency::Now,
            Matter::InDoubt,
            at,
            "whether the client is registered is not known",
            format!(
                "`{id}` is in doubt: ask the server's operator whether the client is registered there; if not, `safire registration forget {id}` and register again; if so, add it with `safire registration add`"
            ),
        ),
        State::Gone if record.content.replaced_by.is_none() => known(
            Urgency::Now,
            Matter::Gone,
            at,
            "the server does not know the client any more",
            format!("register again; `safire registration forget {id}` drops the entry"),
        ),
        State::Refused | State::Gone | State::Deleted => None,
        State::Registered | State::AwaitingApproval | State::Active | State::Expiring | _ => {
            managed(record).or_else(|| secret(record, now)).or_else(|| unfinished(record)).or_else(|| {
                (record.state == State::AwaitingApproval).then(|| Trouble {
                    urgency: Urgency::Waiting,
                    matter: Matter::AwaitingApproval,
                    at,
                    text: "the server's administrator has to approve the client".to_owned(),
                    hint: format!("once it is approved, `safire token {id}` or `safire login {id}` shows it"),
                })
            })
        }
    }
}

/// Something was sent and has no usable answer.
fn managed(record: &Record) -> Option<Trouble> {
    let pending = record.content.pending.as_ref()?;
    let text = match (pending.operation, &pending.note) {
        (operation, Some(_)) => format!("{} has no usable answer", named(operation)),
        (operation, None) => format!("{} was sent and its answer was not stored", named(operation)),
    };
    Some(Trouble {
        urgency: Urgency::Now,
        matter: Matter::ManagementInDoubt,
        at: pending.since,
        text,
        hint: format!("`safire registration read {}` shows what the server did", record.id),
    })
}

const fn named(operation: Operation) -> &'static str {
    match operation {
        Operation::Read => "a read",
        Operation::Update => "an update",
        Operation::Delete => "a delete",
    }
}

fn secret(record: &Record, now: UnixTime) -> Option<Trouble> {
    if record.state_at(now) != State::Expiring {
        return None;
    }
    let SecretExpiry::At(at) = record.registration().ok()?.client_secret_expires_at() else { return None };
    let (urgency, matter, text) = if at <= now {
        (Urgency::Now, Matter::SecretExpired, format!("its secret ended {}", date_time(at)))
    } else {
        (Urgency::ByThen, Matter::SecretExpiring, format!("its secret ends {}", date_time(at)))
    };
    let hint = format!(
        "some servers give a new secret to `safire registration update {}`; else register again",
        record.id
    );
    Some(Trouble { urgency, matter, at, text, hint })
}

fn unfinished(record: &Record) -> Option<Trouble> {
    let text = match record.content.key_rotation.as_ref()? {
        KeyRotation::Proving { .. } => "its new key was not seen to work yet",
        KeyRotation::Retiring { .. } => "its old key is still registered",
        _ => "the replacement of its key is not finished",
    };
    Some(Trouble {
        urgency: Urgency::Waiting,
        matter: Matter::KeyRotationUnfinished,
        at: record.updated_at,
        text: text.to_owned(),
        hint: format!("`safire registration rotate-key {}` goes on", record.id),
    })
}

/// What was sent to manage a registration and has no usable answer, for a sentence.
pub(crate) fn pending_text(pending: &Pending) -> String {
    let note = pending.note.as_deref().unwrap_or("its answer was not stored");
    format!("{} was sent {}: {note}", named(pending.operation), date_time(pending.since))
}
