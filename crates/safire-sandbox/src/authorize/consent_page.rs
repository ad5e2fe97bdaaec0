//! The page that asks for consent.

use http::StatusCode;

use super::scope_words::words;
use super::session::Transaction;
use super::visit::Visit;
use crate::fhir;
use crate::page::Html;
use crate::page::Target;
use crate::page::page;
use crate::reply::Reply;
use crate::state::State;
use crate::user::User;

/// Each scope in plain words, to be unticked one by one.
pub(super) fn show(state: &State, visit: &Visit, transaction: &Transaction, user: &User) -> Reply {
    let request = &transaction.request;
    page(StatusCode::OK, "Allow access?", &Target::Redirect(request.back.redirect_uri.clone()), |html| {
        html.markup("<p>You are <strong>").text(user.display).markup("</strong>. The app <strong>");
        html.text(request.client.display_name()).markup("</strong> asks for what is ticked here");
        if let Some(patient) = &transaction.patient {
            let name = fhir::patients().find(|(id, _)| id == patient).map(|(_, name)| name);
            html.markup(", for the patient <strong>").text(&name.unwrap_or_default()).markup("</strong>");
        }
        html.markup(".</p>\n<form method=\"post\" action=\"")
            .text(&state.path)
            .markup("/authorize/consent\">\n")
            .hidden("csrf", &visit.csrf)
            .hidden("transaction", &transaction.id)
            .markup("<fieldset>\n<legend>The app may</legend>\n");
        for scope in &request.scopes {
            choice(html, scope);
        }
        html.markup("</fieldset>\n")
            .markup("<button id=\"allow\" name=\"decision\" value=\"allow\" autofocus>Allow</button>\n")
            .markup("<button id=\"deny\" name=\"decision\" value=\"deny\" class=\"quiet\">Deny</button>\n")
            .markup("<p><small>Afterwards you return to <code>")
            .text(&request.back.redirect_uri)
            .markup("</code></small></p>\n</form>\n");
    })
}

fn choice(html: &mut Html, scope: &str) {
    html.markup("<label class=\"choice\"><input type=\"checkbox\" name=\"scope\" checked value=\"")
        .text(scope)
        .markup("\"><span>")
        .text(&words(scope))
        .markup("<small><code>")
        .text(scope)
        .markup("</code></small></span></label>\n");
}
