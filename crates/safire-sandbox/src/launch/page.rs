//! The form that launches an app.

use http::StatusCode;

use crate::fhir;
use crate::page::Target;
use crate::page::page;
use crate::reply::Reply;
use crate::state::State;
use crate::user::USERS;

/// The form, with what was wrong the last time.
pub(super) fn form(state: &State, csrf: &str, wrong: Option<&str>) -> Reply {
    let status = if wrong.is_some() { StatusCode::BAD_REQUEST } else { StatusCode::OK };
    page(status, "Launch an app", &Target::Web, |html| {
        if let Some(wrong) = wrong {
            html.markup("<p role=\"alert\" id=\"error\">").text(wrong).markup("</p>\n");
        }
        html.markup("<p>This page plays the EHR: it opens an app with what is open here.</p>\n")
            .markup("<form method=\"post\" action=\"").text(&state.path).markup("/launch\">\n")
            .hidden("csrf", csrf)
            .markup("<label for=\"launch_url\">Launch URL of the app</label>\n")
            .markup("<input type=\"url\" id=\"launch_url\" name=\"launch_url\" required autofocus autocomplete=\"url\">\n")
            .markup("<label for=\"user\">Logged in</label>\n<select id=\"user\" name=\"user\">\n");
        for user in &USERS {
            html.markup("<option value=\"")
                .text(user.name)
                .markup("\">")
                .text(user.display)
                .markup("</option>\n");
        }
        html.markup("<option value=\"\">nobody: ask</option>\n</select>\n").markup(
            "<label for=\"patient\">Open patient</label>\n<select id=\"patient\" name=\"patient\">\n",
        );
        for (id, name) in fhir::patients() {
            html.markup("<option value=\"").text(id).markup("\">").text(&name).markup("</option>\n");
        }
        html.markup("<option value=\"\">none: ask</option>\n</select>\n")
            .markup("<label class=\"choice\"><input type=\"checkbox\" id=\"encounter\" name=\"encounter\" value=\"open\" checked>")
            .markup("<span>the patient's encounter is open as well</span></label>\n")
            .markup("<button id=\"launch\">Launch</button>\n</form>\n");
    })
}
