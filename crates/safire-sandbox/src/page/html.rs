//! Text for a browser: what comes from outside can only go in escaped.

/// A piece of HTML under construction.
#[derive(Debug, Default)]
pub(crate) struct Html(String);

impl Html {
    /// Markup that stands in this source.
    pub(crate) fn markup(&mut self, markup: &'static str) -> &mut Self {
        self.0.push_str(markup);
        self
    }

    /// Any text, fit for an element and for an attribute in double quotes.
    pub(crate) fn text(&mut self, text: &str) -> &mut Self {
        for character in text.chars() {
            match character {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                '\'' => self.0.push_str("&#39;"),
                // Controls have no place in HTML; U+FFFD shows that something was there.
                control if control.is_control() && control != '\n' && control != '\t' => {
                    self.0.push('\u{fffd}')
                }
                other => self.0.push(other),
            }
        }
        self
    }

    /// A field that the browser sends back unseen.
    pub(crate) fn hidden(&mut self, name: &'static str, value: &str) -> &mut Self {
        self.markup("<input type=\"hidden\" name=\"")
            .text(name)
            .markup("\" value=\"")
            .text(value)
            .markup("\">\n")
    }

    pub(crate) fn into_string(self) -> String {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_from_outside_becomes_markup() {
        let mut html = Html::default();
        html.markup("<p title=\"").text("\"><script>'&\0").markup("\">");
        assert_eq!(html.into_string(), "<p title=\"&quot;&gt;&lt;script&gt;&#39;&amp;\u{fffd}\">");
    }
}
