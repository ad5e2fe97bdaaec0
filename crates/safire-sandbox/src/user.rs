//! The people who log in.

use safire_protocol::time::UnixTime;

/// Somebody with a password.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct User {
    /// What is typed at the login; the password is the same.
    pub(crate) name: &'static str,
    pub(crate) display: &'static str,
    /// The subject of id tokens: it says nothing about the user and never changes.
    pub(crate) subject: &'static str,
    /// The user as a FHIR resource.
    pub(crate) resource: &'static str,
    /// The patient that this user is, and the only one that this user sees.
    pub(crate) patient: Option<&'static str>,
}

/// A user who showed a password, and when.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SignIn {
    pub(crate) user: &'static User,
    pub(crate) at: UnixTime,
}

impl User {
    pub(crate) fn find(name: &str) -> Option<&'static Self> {
        USERS.iter().find(|user| user.name == name)
    }

    /// The user whose name and password these are.
    pub(crate) fn with_password(name: &str, password: &str) -> Option<&'static Self> {
        Self::find(name).filter(|user| user.name == password)
    }

    /// Whether the user may see this patient.
    pub(crate) fn sees(&self, patient: &str) -> bool {
        self.patient.is_none_or(|own| own == patient)
    }
}

/// All of them.
pub(crate) static USERS: [User; 2] = [
    User {
        name: "clinician",
        display: "Dr. Robin Clinician",
        subject: "5d1c0f0e-7d55-4f3c-9c0b-7a3c3f0a6c01",
        resource: "Practitioner/example",
        patient: None,
    },
    User {
        name: "patient",
        display: "Alex Example",
        subject: "5d1c0f0e-7d55-4f3c-9c0b-7a3c3f0a6c02",
        resource: "Patient/example",
        patient: Some("example"),
    },
];
