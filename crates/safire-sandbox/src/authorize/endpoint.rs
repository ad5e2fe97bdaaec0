//! From the request to the first page, or back to the app at once.

use http::Method;
use http::StatusCode;
use http::header::ALLOW;

use super::flow;
use super::parameters::Parameters;
use super::request::Request;
use super::steps;
#[cfg(feature = "udap")]
use super::tiered;
use crate::asked::Asked;
use crate::fault::Strike;
use crate::page::error_page;
use crate::reply::Reply;
use crate::state::State;

/// Answers `/authorize` and its pages, or `None` for other paths.
pub(crate) async fn answer(state: &State, asked: &Asked, strike: Option<Strike<'_>>) -> Option<Reply> {
    let step = match asked.path.strip_prefix("/authorize")? {
        "" => return Some(start(state, asked, strike).await),
        #[cfg(feature = "udap")]
        "/idp" if asked.method == Method::GET => return Some(tiered::callback(state, asked, strike).await),
        "/login" => steps::login,
        "/patient" => steps::patient,
        "/consent" => steps::consent,
        _ => return None,
    };
    if asked.method != Method::POST {
        return Some(Reply::new(StatusCode::METHOD_NOT_ALLOWED).with_header(ALLOW, "POST"));
    }
    Some(step(state, asked, strike).unwrap_or_else(|refusal| *refusal))
}

/// RFC 6749 §3.1: GET, and POST as SMART's `authorize-post` promises.
async fn start(state: &State, asked: &Asked, strike: Option<Strike<'_>>) -> Reply {
    let parameters = match asked.method {
        Method::GET => Parameters::of_query(asked),
        Method::POST => match Parameters::of_form(asked, &[]) {
            Ok(parameters) => parameters,
            Err(why) => return error_page(StatusCode::UNSUPPORTED_MEDIA_TYPE, why),
        },
        _ => return Reply::new(StatusCode::METHOD_NOT_ALLOWED).with_header(ALLOW, "GET, POST"),
    };
    let request = match Request::read(state, &parameters) {
        Ok(request) => request,
        Err(refusal) => return refusal.reply(state, strike),
    };
    if let Some(error) = strike.as_ref().and_then(Strike::refusal) {
        return request.back.with_error(state, error, "the sandbox was told to refuse", strike);
    }
    #[cfg(feature = "udap")]
    if let Some(idp) = tiered::wanted(&request, &parameters) {
        return tiered::begin(state, request, &idp, strike).await;
    }
    match state.approval() {
        Some(approval) => approval.answer(state, &request, strike),
        None => flow::begin(state, asked, request, strike),
    }
}
