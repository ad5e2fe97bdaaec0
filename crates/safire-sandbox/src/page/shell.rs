//! What every page has: its frame, its looks, its headers.

use http::HeaderName;
use http::StatusCode;
use http::header::CONTENT_SECURITY_POLICY;
use http::header::REFERRER_POLICY;
use http::header::X_CONTENT_TYPE_OPTIONS;
use http::header::X_FRAME_OPTIONS;
use url::Host;
use url::Url;

use super::Html;
use crate::reply::Reply;

/// Where a form of a page may lead, beside the sandbox itself. Browsers hold redirects to it as well.
#[derive(Debug)]
pub(crate) enum Target {
    /// Nowhere else.
    Here,
    /// To one redirect URI.
    Redirect(String),
    /// To any web address.
    Web,
}

impl Target {
    /// The source expression, CSP Level 3 §2.3.1.
    fn source(&self) -> String {
        match self {
            Self::Here => String::new(),
            Self::Web => " http: https:".to_owned(),
            Self::Redirect(uri) => match Url::parse(uri) {
                Ok(url) if matches!(url.scheme(), "http" | "https") => match url.host() {
                    // The grammar of a source has no IPv6 addresses.
                    Some(Host::Ipv6(_)) | None => format!(" {}:", url.scheme()),
                    Some(Host::Ipv4(_) | Host::Domain(_)) => {
                        format!(" {}", url.origin().ascii_serialization())
                    }
                },
                Ok(url) => format!(" {}:", url.scheme()),
                Err(_) => String::new(),
            },
        }
    }
}

/// A page with its title and content.
pub(crate) fn page(
    status: StatusCode,
    title: &str,
    target: &Target,
    content: impl FnOnce(&mut Html),
) -> Reply {
    let mut html = Html::default();
    html.markup("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
        .markup("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>")
        .text(title)
        .markup("</title>\n<style>")
        .markup(STYLE)
        .markup("</style>\n</head>\n<body>\n<main>\n<h1>")
        .text(title)
        .markup("</h1>\n");
    content(&mut html);
    html.markup(
        "</main>\n<footer>Safire sandbox: for tests, with invented people only</footer>\n</body>\n</html>\n",
    );
    let policy = format!(
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'{}; frame-ancestors 'none'; base-uri 'none'",
        target.source()
    );
    Reply::new(status)
        .with_body("text/html; charset=utf-8", html.into_string())
        .with_header(CONTENT_SECURITY_POLICY, &policy)
        .with_header(REFERRER_POLICY, "no-referrer")
        .with_header(X_FRAME_OPTIONS, "DENY")
        .with_header(X_CONTENT_TYPE_OPTIONS, "nosniff")
        .with_header(HeaderName::from_static("cross-origin-opener-policy"), "same-origin")
        .no_store()
}

/// A page that says what is wrong, where there is nobody to redirect to.
pub(crate) fn error_page(status: StatusCode, description: &str) -> Reply {
    page(status, "This cannot go on", &Target::Here, |html| {
        html.markup("<p role=\"alert\" id=\"error\">").text(description).markup("</p>\n");
        html.markup("<p>Go back to the app and start again from there.</p>\n");
    })
}

const STYLE: &str = "\
:root{color-scheme:light dark;--line:#8886;--accent:#0b5cad;--on:#fff}
*{box-sizing:border-box}
body{margin:0;font:1.05rem/1.5 system-ui,sans-serif;display:flex;flex-direction:column;min-height:100vh}
main{width:100%;max-width:34rem;margin:0 auto;padding:1.5rem 1.25rem;flex:1}
h1{font-size:1.5rem;line-height:1.25;margin:.5rem 0 1rem}
label,legend{font-weight:600}
label.choice{display:flex;gap:.75rem;align-items:flex-start;padding:.65rem .75rem;border:1px solid var(--line);border-radius:.5rem;margin:.5rem 0;font-weight:400}
label.choice input{width:1.25rem;height:1.25rem;margin:.15rem 0 0;flex:none}
fieldset{border:0;padding:0;margin:1rem 0}
input[type=text],input[type=password],input[type=url],select{display:block;width:100%;font:inherit;padding:.6rem .7rem;margin:.25rem 0 1rem;border:1px solid var(--line);border-radius:.5rem}
button{font:inherit;font-weight:600;padding:.65rem 1.4rem;border-radius:.5rem;border:1px solid var(--accent);background:var(--accent);color:var(--on);cursor:pointer;margin:.25rem .5rem .25rem 0}
button.quiet{background:transparent;color:inherit;border-color:var(--line)}
:focus-visible{outline:3px solid #f5a623;outline-offset:2px}
code{font-size:.85em;overflow-wrap:anywhere}
small{display:block;opacity:.8}
[role=alert]{border-left:.3rem solid #c62828;padding:.5rem .75rem;margin:0 0 1rem}
.note{border-left:.3rem solid var(--accent);padding:.5rem .75rem;margin:1.5rem 0}
footer{padding:1rem 1.25rem;text-align:center;font-size:.85rem;opacity:.8}
";
