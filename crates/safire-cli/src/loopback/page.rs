//! The pages that the person sees at the end of a login.

use std::fmt::Write as _;

/// No text on a page is longer; some of them come from a server.
const LONGEST: usize = 600;

const STYLE: &str = "\
body{font:1.05rem/1.5 system-ui,sans-serif;max-width:34rem;margin:12vh auto 0;padding:0 1.2rem;color:#1c1c1c;background:#fff}\
h1{font-size:1.5rem;margin:0 0 .6rem}dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1rem;margin:1rem 0}\
dt{color:#555}dd{margin:0;overflow-wrap:anywhere}p{overflow-wrap:anywhere}\
@media(prefers-color-scheme:dark){body{color:#eee;background:#161616}dt{color:#aaa}}";

/// A page without scripts. Every text is escaped, freed of control characters, and clipped.
#[derive(Debug, Clone)]
pub(crate) struct Page {
    status: u16,
    title: &'static str,
    facts: Vec<(&'static str, String)>,
    paragraphs: Vec<String>,
}

impl Page {
    /// A page about something that went well.
    pub(crate) const fn good(title: &'static str) -> Self {
        Self::with_status(200, title)
    }

    /// A page about something that did not.
    pub(crate) const fn bad(title: &'static str) -> Self {
        Self::with_status(400, title)
    }

    pub(super) const fn with_status(status: u16, title: &'static str) -> Self {
        Self { status, title, facts: Vec::new(), paragraphs: Vec::new() }
    }

    /// Adds a name and its value.
    pub(crate) fn fact(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.facts.push((name, value.into()));
        self
    }

    /// Adds a paragraph.
    pub(crate) fn paragraph(mut self, text: impl Into<String>) -> Self {
        self.paragraphs.push(text.into());
        self
    }

    pub(super) const fn status(&self) -> u16 {
        self.status
    }

    pub(super) fn html(&self) -> String {
        let title = escaped(self.title);
        let mut html = format!(
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <title>{title} – Safire</title>\n<link rel=\"icon\" href=\"data:,\">\n<style>{STYLE}</style>\n\
             </head>\n<body>\n<main>\n<h1>{title}</h1>\n"
        );
        if !self.facts.is_empty() {
            html.push_str("<dl>\n");
            for (name, value) in &self.facts {
                let _ = writeln!(html, "<dt>{}</dt><dd>{}</dd>", escaped(name), escaped(value));
            }
            html.push_str("</dl>\n");
        }
        for text in &self.paragraphs {
            let _ = writeln!(html, "<p>{}</p>", escaped(text));
        }
        html.push_str("</main>\n</body>\n</html>\n");
        html
    }
}

fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    let clipped = text.chars().filter(|c| !c.is_control()).take(LONGEST);
    for c in clipped {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    if text.chars().count() > LONGEST {
        safe.push('…');
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_texts_stay_texts() {
        let html = Page::bad("Not logged in")
            .fact("server", "\"><script>alert(1)</script>")
            .paragraph(format!("a\u{0}\u{1b}[31m<b>&'{}", "x".repeat(2000)))
            .html();
        assert!(!html.contains("<script") && !html.contains("<b>") && !html.contains('\u{1b}'), "{html}");
        assert!(html.contains("&quot;&gt;&lt;script&gt;") && html.contains("&lt;b&gt;&amp;&#39;"), "{html}");
        assert!(html.len() < 3000 && html.contains('…'), "{}", html.len());
    }
}
