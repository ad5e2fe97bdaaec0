//! What became of a registration, UDAP Security 2.0 §3.2 and §3.4.

use serde_json::Map;
use serde_json::Value;

use crate::identifier::ClientId;
use crate::registration::Registration;

/// What became of a registration.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum RegistrationOutcome {
    /// The server registered a new client.
    Registered(Registration),
    /// The server knew the client and took the new metadata; the client id stays.
    Modified(Registration),
    /// The server knew the client and gave it another client id: only the new one may be used.
    Replaced {
        /// The new registration.
        registration: Registration,
        /// The client id that is dead.
        previous: ClientId,
    },
    /// The server confirms that the registration is cancelled, whether that was asked for or not.
    Cancelled(Registration),
}

impl RegistrationOutcome {
    /// What the server answered.
    #[must_use]
    pub const fn registration(&self) -> &Registration {
        match self {
            Self::Registered(registration)
            | Self::Modified(registration)
            | Self::Replaced { registration, .. }
            | Self::Cancelled(registration) => registration,
        }
    }

    /// The registration that may be used from now on; `None` once it is cancelled.
    #[must_use]
    pub const fn usable(&self) -> Option<&Registration> {
        match self {
            Self::Registered(registration)
            | Self::Modified(registration)
            | Self::Replaced { registration, .. } => Some(registration),
            Self::Cancelled(_) => None,
        }
    }

    /// By what the server answered, and the client id that was registered before, where one is known.
    pub(super) fn of(registration: Registration, previous: Option<&ClientId>) -> Self {
        if has_no_grants(&registration.registered_json(crate::registration::SecretsShown::Masked)) {
            return Self::Cancelled(registration);
        }
        match previous {
            Some(previous) if previous == registration.client_id() => Self::Modified(registration),
            Some(previous) => Self::Replaced { registration, previous: previous.clone() },
            // UDAP Security 2.0 §3.4: 200 says that the client id is that of an earlier registration.
            None if registration.status() == Some(200) => Self::Modified(registration),
            None => Self::Registered(registration),
        }
    }
}

/// An empty array is the confirmation; a missing one says nothing.
pub(super) fn has_no_grants(members: &Map<String, Value>) -> bool {
    members.get("grant_types").and_then(Value::as_array).is_some_and(Vec::is_empty)
}
