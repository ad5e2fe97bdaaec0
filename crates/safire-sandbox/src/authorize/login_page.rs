//! The page that asks who is there.

use http::StatusCode;

use super::session::Transaction;
use super::visit::Visit;
use crate::page::Target;
use crate::page::page;
use crate::reply::Reply;
use crate::state::State;
use crate::user::USERS;

/// The form; `refused` is the name that was tried in vain.
pub(super) fn show(state: &State, visit: &Visit, transaction: &Transaction, refused: Option<&str>) -> Reply {
    let request = &transaction.request;
    let status = if refused.is_some() { StatusCode::FORBIDDEN } else { StatusCode::OK };
    let name = refused.or(request.login_hint.as_deref()).unwrap_or_default();
    page(status, "Log in", &Target::Redirect(request.back.redirect_uri.clone()), |html| {
        if refused.is_some() {
            html.markup("<p role=\"alert\" id=\"error\">The name or the password is wrong.</p>\n");
        }
        html.markup("<p>to go on to <strong>").text(request.client.display_name()).markup("</strong></p>\n");
        html.markup("<form method=\"post\" action=\"").text(&state.path).markup("/authorize/login\">\n")
            .hidden("csrf", &visit.csrf)
            .hidden("transaction", &transaction.id)
            .markup("<label for=\"username\">Name</label>\n")
            .markup("<input type=\"text\" id=\"username\" name=\"username\" required autocomplete=\"username\"")
            .markup(" autocapitalize=\"none\" spellcheck=\"false\" value=\"")
            .text(name)
            .markup(if name.is_empty() { "\" autofocus>\n" } else { "\">\n" })
            .markup("<label for=\"password\">Password</label>\n")
            .markup("<input type=\"password\" id=\"password\" name=\"password\" required autocomplete=\"current-password\"")
            .markup(if name.is_empty() { ">\n" } else { " autofocus>\n" })
            .markup("<button id=\"login\">Log in</button>\n</form>\n")
            .markup("<div class=\"note\"><p>A sandbox: its users are no secret.</p>\n<ul>\n");
        for user in &USERS {
            html.markup("<li>").text(user.display).markup(": name <code>").text(user.name);
            html.markup("</code>, password <code>").text(user.name).markup("</code></li>\n");
        }
        html.markup("</ul></div>\n");
    })
}
