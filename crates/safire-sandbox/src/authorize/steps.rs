//! What the pages send: a login, a patient, a decision.

use http::StatusCode;

use super::approve::approve;
use super::flow;
use super::login_page;
use super::parameters::Parameters;
use super::patient_page;
use super::session::Consent;
use super::session::Transaction;
use super::visit;
use super::visit::Visit;
use crate::asked::Asked;
use crate::clock::now;
use crate::fault::Strike;
use crate::launch::check_patient;
use crate::lock::lock;
use crate::page::error_page;
use crate::reply::Reply;
use crate::state::State;
use crate::user::SignIn;
use crate::user::User;

/// Somebody logs in.
pub(super) fn login(state: &State, asked: &Asked, strike: Option<Strike<'_>>) -> Result<Reply, Box<Reply>> {
    let (visit, fields, mut transaction) = resume(state, asked)?;
    let field = |name: &str| fields.get(name).unwrap_or_default();
    let Some(user) = User::with_password(field("username"), field("password")) else {
        let page = login_page::show(state, &visit, &transaction, Some(field("username")));
        lock(&state.sessions).keep(transaction);
        return Ok(page);
    };
    let sign_in = SignIn { user, at: now() };
    let signed_in = lock(&state.sessions).sign_in(visit, sign_in);
    let visit = signed_in.map_err(|_| Box::new(flow::no_random()))?;
    transaction.sign_in = Some(sign_in);
    let reply = flow::next(state, &visit, transaction, strike);
    Ok(visit.give_cookie(state, reply))
}

/// A patient is chosen.
pub(super) fn patient(state: &State, asked: &Asked, strike: Option<Strike<'_>>) -> Result<Reply, Box<Reply>> {
    let (visit, fields, mut transaction) = resume(state, asked)?;
    let sign_in = transaction.sign_in.ok_or_else(over)?;
    let chosen = fields.get("patient").unwrap_or_default();
    if check_patient(Some(sign_in.user), chosen).is_err() {
        let page = patient_page::show(
            state,
            &visit,
            &transaction,
            sign_in.user,
            Some("Choose one of these patients."),
        );
        lock(&state.sessions).keep(transaction);
        return Ok(page);
    }
    transaction.patient = Some(chosen.to_owned());
    Ok(flow::next(state, &visit, transaction, strike))
}

/// The user decides.
pub(super) fn consent(state: &State, asked: &Asked, strike: Option<Strike<'_>>) -> Result<Reply, Box<Reply>> {
    let (visit, fields, transaction) = resume(state, asked)?;
    let Transaction { request, sign_in, patient, .. } = transaction;
    let sign_in = sign_in.ok_or_else(over)?;
    if patient.is_none() && request.needs_patient() {
        return Err(over());
    }
    let denied = |why: &str| request.back.with_error(state, "access_denied", why, strike);
    match fields.get("decision") {
        Some("allow") => {}
        Some("deny") => return Ok(denied("the user said no")),
        _ => {
            return Err(Box::new(error_page(
                StatusCode::BAD_REQUEST,
                "The form says neither allow nor deny.",
            )));
        }
    }
    let ticked: Vec<&str> = fields.all("scope").collect();
    let scopes: Vec<String> =
        request.scopes.iter().filter(|scope| ticked.contains(&scope.as_str())).cloned().collect();
    if scopes.is_empty() {
        return Ok(denied("the user allowed none of the scopes"));
    }
    let consent =
        Consent { client_id: request.client.id.clone(), scope: scopes.join(" "), patient: patient.clone() };
    lock(&state.sessions).remember(&visit, consent);
    Ok(approve(state, &request, sign_in, patient, &scopes, strike))
}

fn resume(state: &State, asked: &Asked) -> Result<(Visit, Parameters, Transaction), Box<Reply>> {
    let (visit, fields) = visit::of_form(state, asked)?;
    let id = fields.get("transaction").unwrap_or_default();
    let transaction = lock(&state.sessions).take(&visit, id, now());
    Ok((visit, fields, transaction.ok_or_else(over)?))
}

fn over() -> Box<Reply> {
    Box::new(error_page(
        StatusCode::BAD_REQUEST,
        "This step is over: it was done before, or it took too long.",
    ))
}
