//! The page that asks for a patient.

use http::StatusCode;

use super::session::Transaction;
use super::visit::Visit;
use crate::fhir;
use crate::page::Target;
use crate::page::page;
use crate::reply::Reply;
use crate::state::State;
use crate::user::User;

/// The patients that the user may see, with what was wrong the last time.
pub(super) fn show(
    state: &State,
    visit: &Visit,
    transaction: &Transaction,
    user: &User,
    wrong: Option<&str>,
) -> Reply {
    let request = &transaction.request;
    let status = if wrong.is_some() { StatusCode::BAD_REQUEST } else { StatusCode::OK };
    page(status, "Choose a patient", &Target::Redirect(request.back.redirect_uri.clone()), |html| {
        if let Some(wrong) = wrong {
            html.markup("<p role=\"alert\" id=\"error\">").text(wrong).markup("</p>\n");
        }
        html.markup("<p><strong>").text(request.client.display_name());
        html.markup("</strong> is to see this one patient.</p>\n")
            .markup("<form method=\"post\" action=\"")
            .text(&state.path)
            .markup("/authorize/patient\">\n")
            .hidden("csrf", &visit.csrf)
            .hidden("transaction", &transaction.id)
            .markup("<fieldset>\n<legend>Patient</legend>\n");
        for (index, (id, name)) in fhir::patients().filter(|(id, _)| user.sees(id)).enumerate() {
            html.markup("<label class=\"choice\"><input type=\"radio\" name=\"patient\" required value=\"")
                .text(id)
                .markup(if index == 0 { "\" checked autofocus>" } else { "\">" })
                .markup("<span>")
                .text(&name)
                .markup("</span></label>\n");
        }
        html.markup("</fieldset>\n<button id=\"choose\">Choose</button>\n</form>\n");
    })
}
