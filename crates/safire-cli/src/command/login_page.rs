//! What the person reads in the browser at the end of a login.

use safire::protocol::fault::Diagnose as _;

use super::known_client::KnownClient;
use super::login::LoggedIn;
use crate::failure::Failure;
use crate::loopback::Page;
use crate::output::scrubbed;

/// Who has logged in where, or why nobody has.
pub(super) fn last_page(known: &KnownClient, outcome: &Result<LoggedIn, Failure>) -> Page {
    let application = known.record.client_name.as_deref();
    let application = application.unwrap_or_else(|| known.registration.client_id().as_str());
    match outcome {
        Ok(login) => {
            let mut page = Page::good("Logged in")
                .fact("application", application)
                .fact("FHIR server", known.record.base_url.as_str());
            if let Some(user) = login.fhir_user() {
                page = page.fact("user", user);
            }
            page.paragraph("The command in the terminal has what it needs. You may close this page.")
        }
        Err(failure) => {
            let mut page = Page::bad("Not logged in")
                .fact("application", application)
                .fact("FHIR server", known.record.base_url.as_str())
                .paragraph(scrubbed(&format!("{failure}.")));
            if let Failure::Library(error) = failure
                && let Some(hint) = error.hint()
            {
                page = page.paragraph(scrubbed(&format!("Hint: {hint}.")));
            }
            page.paragraph("The terminal tells more. You may close this page.")
        }
    }
}
