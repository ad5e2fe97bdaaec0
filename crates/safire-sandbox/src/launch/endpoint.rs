//! The page that plays the EHR, and its style.

use http::Method;
use http::StatusCode;
use http::header::ALLOW;
use http::header::LOCATION;
use serde_json::json;
use url::Url;

use super::Launch;
use super::LaunchContext;
use super::page;
use crate::asked::Asked;
use crate::authorize::visit;
use crate::lock::lock;
use crate::page::error_page;
use crate::reply::Reply;
use crate::state::State;

/// Shows the page, or launches the app that was picked on it.
pub(crate) fn answer(state: &State, asked: &Asked) -> Reply {
    match asked.method {
        Method::GET => {
            let opened = lock(&state.sessions).open(visit::cookie(asked));
            match opened {
                Ok(visit) => visit.give_cookie(state, page::form(state, &visit.csrf, None)),
                Err(_) => error_page(StatusCode::SERVICE_UNAVAILABLE, "There are no random numbers."),
            }
        }
        Method::POST => launch(state, asked).unwrap_or_else(|refusal| *refusal),
        _ => Reply::new(StatusCode::METHOD_NOT_ALLOWED).with_header(ALLOW, "GET, POST"),
    }
}

fn launch(state: &State, asked: &Asked) -> Result<Reply, Box<Reply>> {
    let (visit, fields) = visit::of_form(state, asked)?;
    let wrong = |text: &str| Box::new(page::form(state, &visit.csrf, Some(text)));
    let field = |name: &str| fields.get(name).map(str::to_owned);
    let url = field("launch_url").unwrap_or_default();
    let mut url = Url::parse(url.trim())
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https") && url.fragment().is_none())
        .ok_or_else(|| wrong("The launch URL must be an http or https URL without a fragment."))?;
    let (patient, encounter) = match field("patient") {
        Some(patient) => {
            let open = field("encounter").is_some();
            let encounter = open.then(|| crate::fhir::encounter_of(&patient).map(str::to_owned)).flatten();
            (Some(patient), encounter)
        }
        None => (None, None),
    };
    let context = LaunchContext { user: field("user"), patient, encounter, need_patient_banner: None };
    let id = Launch::begin(state, context).map_err(|error| wrong(&error.to_string()))?;
    url.query_pairs_mut().append_pair("iss", &state.fhir_base()).append_pair("launch", &id);
    Ok(Reply::new(StatusCode::SEE_OTHER).with_header(LOCATION, url.as_str()).no_store())
}

/// SMART 2.2, "Styling": the colours and sizes of the EHR.
pub(crate) fn style() -> Reply {
    Reply::json(
        StatusCode::OK,
        &json!({
            "color_background": "#ffffff",
            "color_error": "#c62828",
            "color_highlight": "#0b5cad",
            "color_modal_backdrop": "",
            "color_success": "#2e7d32",
            "color_text": "#202124",
            "dim_border_radius": "8px",
            "dim_font_size": "16px",
            "dim_spacing_size": "16px",
            "font_family_body": "system-ui, sans-serif",
            "font_family_heading": "system-ui, sans-serif",
        }),
    )
}
