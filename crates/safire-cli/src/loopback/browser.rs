//! The person's browser.

use crate::output;

/// Opens the page in the person's browser; where there is none, it is told where to go.
///
/// It is not waited for: a browser in the terminal runs until the person leaves it.
pub(crate) fn open_browser(url: String) {
    let opening = tokio::task::spawn_blocking(move || {
        let opened = webbrowser::open(&url);
        (opened, url)
    });
    tokio::spawn(async move {
        if let Ok((Err(cause), url)) = opening.await {
            output::write_stderr(&format!("warning: no browser opens here: {cause}\n"));
            output::tell_page(&url);
        }
    });
}
