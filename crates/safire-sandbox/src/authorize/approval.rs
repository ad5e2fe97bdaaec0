//! Consent without a browser.

use super::approve::approve;
use super::flow::known_patient;
use super::request::Request;
use crate::clock::now;
use crate::error::SandboxError;
use crate::fault::Strike;
use crate::launch::check_patient;
use crate::launch::known_user;
use crate::reply::Reply;
use crate::state::State;
use crate::user::SignIn;
use crate::user::User;

/// A user who agrees to everything at once, and the patient that is chosen.
#[derive(Debug, Clone)]
pub(crate) struct Approval {
    user: &'static User,
    patient: String,
}

impl Approval {
    pub(crate) fn read(user: &str, patient: &str) -> Result<Self, SandboxError> {
        let user = known_user(user)?;
        check_patient(Some(user), patient)?;
        Ok(Self { user, patient: patient.to_owned() })
    }

    /// The same for somebody who logged in elsewhere.
    #[cfg(feature = "udap")]
    pub(super) fn by(self, user: &'static User) -> Self {
        Self { user, ..self }
    }

    /// Redirects with a code for all that is asked. What is open at a launch goes first.
    pub(super) fn answer(self, state: &State, request: &Request, strike: Option<Strike<'_>>) -> Reply {
        let user = request.launch.as_ref().and_then(|launch| launch.user).unwrap_or(self.user);
        let patient = known_patient(request, user.patient)
            .or_else(|| Some(self.patient).filter(|_| request.needs_patient()));
        if patient.as_ref().is_some_and(|patient| !user.sees(patient)) {
            let why = "the user may not see this patient";
            return request.back.with_error(state, "access_denied", why, strike);
        }
        approve(state, request, SignIn { user, at: now() }, patient, &request.scopes, strike)
    }
}
