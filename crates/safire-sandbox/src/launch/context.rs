//! What is open in the EHR when an app is launched.

use serde::Deserialize;

use crate::error::SandboxError;
use crate::fhir;
use crate::grant::Context;
use crate::lock::lock;
use crate::random;
use crate::state::State;
use crate::user::USERS;
use crate::user::User;

/// What is open in the EHR when it launches an app: all of it may be left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct LaunchContext {
    /// Who is logged in, `clinician` or `patient`; without one, the login page asks.
    #[serde(default)]
    pub user: Option<String>,
    /// The patient's id; without one, the patient page asks where the app wants a patient.
    #[serde(default)]
    pub patient: Option<String>,
    /// The encounter's id.
    #[serde(default)]
    pub encounter: Option<String>,
    /// What the token answer says as `need_patient_banner`; `false` if not given, as an EHR shows the patient itself.
    #[serde(default)]
    pub need_patient_banner: Option<bool>,
}

impl LaunchContext {
    /// Nothing is open.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// This user is logged in.
    #[must_use]
    pub fn user(mut self, name: impl Into<String>) -> Self {
        self.user = Some(name.into());
        self
    }

    /// This patient is open.
    #[must_use]
    pub fn patient(mut self, id: impl Into<String>) -> Self {
        self.patient = Some(id.into());
        self
    }

    /// This encounter is open.
    #[must_use]
    pub fn encounter(mut self, id: impl Into<String>) -> Self {
        self.encounter = Some(id.into());
        self
    }
}

/// A launch, found by its id.
#[derive(Debug, Clone)]
pub(crate) struct Launch {
    pub(crate) user: Option<&'static User>,
    pub(crate) context: Context,
}

impl Launch {
    /// Remembers a launch and makes its id.
    pub(crate) fn begin(state: &State, context: LaunchContext) -> Result<String, SandboxError> {
        let launch = Self::read(context)?;
        let id = random::identifier()?;
        lock(&state.launches).insert(&id, launch);
        Ok(id)
    }

    fn read(context: LaunchContext) -> Result<Self, SandboxError> {
        let user = context.user.as_deref().map(known_user).transpose()?;
        if let Some(patient) = &context.patient {
            check_patient(user, patient)?;
        }
        let known = context.patient.as_deref().and_then(fhir::encounter_of);
        if let Some(encounter) = &context.encounter
            && known != Some(encounter)
        {
            return Err(SandboxError::UnknownEncounter { name: encounter.clone() });
        }
        let need_patient_banner = Some(context.need_patient_banner.unwrap_or(false));
        Ok(Self {
            user,
            context: Context { patient: context.patient, encounter: context.encounter, need_patient_banner },
        })
    }
}

/// The user of that name.
pub(crate) fn known_user(name: &str) -> Result<&'static User, SandboxError> {
    User::find(name).ok_or_else(|| SandboxError::UnknownUser {
        name: name.to_owned(),
        known: USERS.iter().map(|user| user.name.to_owned()).collect(),
    })
}

/// Checks that there is such a patient, and that the user may see it.
pub(crate) fn check_patient(user: Option<&User>, patient: &str) -> Result<(), SandboxError> {
    let seen = |id: &str| user.is_none_or(|user| user.sees(id));
    let known: Vec<&str> = fhir::patients().map(|(id, _)| id).filter(|id| seen(id)).collect();
    if known.contains(&patient) {
        return Ok(());
    }
    let known = known.into_iter().map(str::to_owned).collect();
    Err(SandboxError::UnknownPatient { name: patient.to_owned(), known })
}
