//! Which page comes next.

use http::StatusCode;
use safire_protocol::time::UnixTime;

use super::approve::approve;
use super::consent_page;
use super::login_page;
use super::patient_page;
use super::request::Prompt;
use super::request::Request;
use super::session::Consent;
use super::session::Transaction;
use super::visit;
use super::visit::Visit;
use crate::asked::Asked;
use crate::clock::now;
use crate::fault::Strike;
use crate::lock::lock;
use crate::page::error_page;
use crate::reply::Reply;
use crate::state::State;
use crate::user::SignIn;

/// Begins a login, or answers at once where the app wants no page.
pub(super) fn begin(state: &State, asked: &Asked, request: Request, strike: Option<Strike<'_>>) -> Reply {
    let now = now();
    let opened = lock(&state.sessions).open(visit::cookie(asked));
    let Ok(visit) = opened else { return no_random() };
    let sign_in = standing(&request, &visit, now);
    if request.prompt == Prompt::None {
        let consent = lock(&state.sessions).consent(&visit, &request.client.id);
        return silent(state, &request, sign_in, consent, strike);
    }
    let begun = lock(&state.sessions).begin(&visit, request, now);
    let Ok(mut transaction) = begun else { return no_random() };
    transaction.sign_in = sign_in;
    let reply = next(state, &visit, transaction, strike);
    visit.give_cookie(state, reply)
}

/// The next page of a login that goes on.
pub(super) fn next(
    state: &State,
    visit: &Visit,
    mut transaction: Transaction,
    strike: Option<Strike<'_>>,
) -> Reply {
    let reply = match transaction.sign_in {
        None => login_page::show(state, visit, &transaction, None),
        Some(SignIn { user, .. }) => {
            let patient =
                transaction.patient.take().or_else(|| known_patient(&transaction.request, user.patient));
            if let Some(patient) = &patient
                && !user.sees(patient)
            {
                let why = "the user may not see this patient";
                return transaction.request.back.with_error(state, "access_denied", why, strike);
            }
            transaction.patient = patient;
            if transaction.patient.is_none() && transaction.request.needs_patient() {
                patient_page::show(state, visit, &transaction, user, None)
            } else {
                consent_page::show(state, visit, &transaction, user)
            }
        }
    };
    lock(&state.sessions).keep(transaction);
    reply
}

/// The patient that nobody needs to be asked for: the one that is open in the EHR, or the user.
pub(super) fn known_patient(request: &Request, own: Option<&str>) -> Option<String> {
    let open = request.launch.as_ref().and_then(|launch| launch.context.patient.clone());
    open.or_else(|| own.filter(|_| request.needs_patient()).map(str::to_owned))
}

/// Who is logged in already, if that is good enough for the app.
fn standing(request: &Request, visit: &Visit, now: UnixTime) -> Option<SignIn> {
    if request.prompt == Prompt::Login {
        return None;
    }
    // Whoever is logged in to the EHR that launches the app is logged in here.
    let launched =
        request.launch.as_ref().and_then(|launch| launch.user).map(|user| SignIn { user, at: now });
    let recent = |sign_in: &SignIn| request.max_age.is_none_or(|age| sign_in.at.plus_seconds(age) >= now);
    launched.or(visit.sign_in).filter(recent)
}

/// OpenID Connect Core §3.1.2.1, `prompt=none`: an answer without a page, or the reason why not.
fn silent(
    state: &State,
    request: &Request,
    sign_in: Option<SignIn>,
    consent: Option<Consent>,
    strike: Option<Strike<'_>>,
) -> Reply {
    let refused = |error: &str, why: &str| request.back.with_error(state, error, why, strike);
    let Some(sign_in) = sign_in else { return refused("login_required", "nobody is logged in") };
    let agreed = |scope: &String| {
        consent.as_ref().is_some_and(|consent| consent.scope.split(' ').any(|known| known == scope))
    };
    if !request.scopes.iter().all(agreed) {
        return refused("consent_required", "the user did not agree to these scopes before");
    }
    let patient =
        known_patient(request, sign_in.user.patient).or_else(|| consent.and_then(|consent| consent.patient));
    match patient {
        None if request.needs_patient() => refused("interaction_required", "a patient has to be chosen"),
        Some(patient) if !sign_in.user.sees(&patient) => {
            refused("access_denied", "the user may not see this patient")
        }
        patient => approve(state, request, sign_in, patient, &request.scopes, strike),
    }
}

pub(super) fn no_random() -> Reply {
    error_page(StatusCode::SERVICE_UNAVAILABLE, "There are no random numbers.")
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::Map;

    use super::*;
    use crate::authorize::redirect::Naming;
    use crate::authorize::redirect::Return;
    use crate::client::Client;
    use crate::user::USERS;

    fn request(prompt: Prompt, max_age: Option<i64>) -> Request {
        Request {
            client: Arc::new(Client::of_answer(&Map::new(), &Map::new(), Vec::new())),
            back: Return { redirect_uri: String::new(), naming: Naming::Named, state: None },
            scopes: Vec::new(),
            challenge: String::new(),
            nonce: None,
            launch: None,
            prompt,
            login_hint: None,
            max_age,
        }
    }

    #[test]
    fn a_login_is_good_enough_until_max_age() {
        let at = UnixTime::from_seconds(1000);
        let sign_in = USERS.first().map(|user| SignIn { user, at });
        let visit = Visit { cookie: String::new(), id: String::new(), csrf: String::new(), sign_in };
        let stands = |prompt, max_age, now| {
            standing(&request(prompt, max_age), &visit, UnixTime::from_seconds(now)).is_some()
        };
        assert!(stands(Prompt::Usual, None, 1_000_000));
        assert!(stands(Prompt::Usual, Some(60), 1060) && !stands(Prompt::Usual, Some(60), 1061));
        assert!(stands(Prompt::None, Some(0), 1000) && !stands(Prompt::None, Some(0), 1001));
        assert!(!stands(Prompt::Login, None, 1000));
    }

    #[test]
    fn a_login_may_take_a_quarter_of_an_hour_and_belongs_to_its_browser() {
        use crate::authorize::Sessions;

        let mut sessions = Sessions::new(10);
        let (visit, other) = (sessions.open(None).unwrap(), sessions.open(Some("unknown")).unwrap());
        assert_ne!(visit.cookie, other.cookie);
        let began = UnixTime::from_seconds(1000);
        let id = sessions.begin(&visit, request(Prompt::Usual, None), began).unwrap().id;
        assert!(sessions.take(&other, &id, began).is_none());
        assert!(sessions.take(&visit, &id, began.plus_seconds(900)).is_none());
        assert!(sessions.take(&visit, &id, began.plus_seconds(899)).is_some());
        assert!(sessions.take(&visit, &id, began).is_none(), "it was taken");
    }
}
