//! From a consent to a code.

use std::sync::Arc;

use super::redirect::Naming;
use super::request::Request;
use crate::clock::now;
use crate::fault::Strike;
use crate::fhir;
use crate::grant::Code;
use crate::grant::Context;
use crate::grant::Grant;
use crate::grant::Login;
use crate::lock::lock;
use crate::random;
use crate::reply::Reply;
use crate::state::State;
use crate::user::SignIn;

/// Grants the scopes and returns to the app with a code.
pub(super) fn approve(
    state: &State,
    request: &Request,
    sign_in: SignIn,
    patient: Option<String>,
    scopes: &[String],
    strike: Option<Strike<'_>>,
) -> Reply {
    let Ok(text) = random::token() else {
        return request.back.with_error(state, "server_error", "there are no random numbers", strike);
    };
    let context = context(request, patient, scopes);
    let login = Login { sign_in, nonce: request.nonce.clone(), context };
    let code = Code {
        grant: Arc::new(Grant::new(&request.client, scopes.join(" "), Some(login))),
        redirect_uri: match request.back.naming {
            Naming::Named => Some(request.back.redirect_uri.clone()),
            Naming::Understood => None,
        },
        challenge: request.challenge.clone(),
        expires_at: now().plus_seconds(LIFETIME),
        used: false,
    };
    lock(&state.grants).codes.insert(&text, code);
    state.count(|counters| &counters.codes_issued);
    request.back.with_code(state, &text, strike)
}

/// What the granted scopes show of the patient and of the launch.
fn context(request: &Request, patient: Option<String>, scopes: &[String]) -> Context {
    let has = |name: &str| scopes.iter().any(|scope| scope == name);
    let launched = request.launch.as_ref().filter(|_| has("launch")).map(|launch| &launch.context);
    let open = launched.is_some_and(|context| context.patient.is_some());
    let wanted = has("launch/patient") || has("launch/encounter");
    let patient =
        patient.filter(|_| open || wanted || scopes.iter().any(|scope| scope.starts_with("patient/")));
    let encounter = launched.and_then(|context| context.encounter.clone());
    let encounter = encounter.or_else(|| {
        let found = patient.as_deref().filter(|_| has("launch/encounter")).and_then(fhir::encounter_of);
        found.map(str::to_owned)
    });
    let banner = launched.and_then(|context| context.need_patient_banner).unwrap_or(true);
    Context { need_patient_banner: patient.as_ref().map(|_| banner), patient, encounter }
}

/// RFC 6749 §4.1.2 recommends at most ten minutes for a code.
const LIFETIME: i64 = 60;
