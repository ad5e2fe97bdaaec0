//! Forms and links of a page: just enough of HTML for the pages that log a person in.

/// A form, with the values that it would send untouched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Form {
    pub(crate) action: String,
    pub(crate) method: String,
    pub(crate) fields: Vec<Field>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) value: String,
}

impl Form {
    /// The first form of a page.
    pub(crate) fn first(html: &str) -> Option<Self> {
        let mut form = None;
        for tag in Tags(html) {
            match (tag.name.as_str(), &mut form) {
                ("form", None) => {
                    let method = tag.attribute("method").unwrap_or_else(|| "get".to_owned());
                    form = Some(Self {
                        action: tag.attribute("action").unwrap_or_default(),
                        method: method.to_ascii_lowercase(),
                        fields: Vec::new(),
                    });
                }
                ("input", Some(form)) => form.fields.extend(Field::of(&tag)),
                ("/form", Some(_)) => return form,
                _ => {}
            }
        }
        form
    }

    /// Whether there is a field of this kind, such as `password`.
    pub(crate) fn has(&self, kind: &str) -> bool {
        self.fields.iter().any(|field| field.kind == kind)
    }

    /// Writes into each field of this kind.
    pub(crate) fn fill(&mut self, kind: &str, value: &str) {
        for field in self.fields.iter_mut().filter(|field| field.kind == kind) {
            value.clone_into(&mut field.value);
        }
    }
}

impl Field {
    fn of(tag: &Tag<'_>) -> Option<Self> {
        Some(Self {
            name: tag.attribute("name")?,
            kind: tag.attribute("type").unwrap_or_else(|| "text".to_owned()),
            value: tag.attribute("value").unwrap_or_default(),
        })
    }
}

/// Where the first link leads whose text has `text` in it.
pub(crate) fn link(html: &str, text: &str) -> Option<String> {
    let mut links = Tags(html).filter(|tag| tag.name == "a");
    links
        .find(|tag| tag.rest.split("</a").next().is_some_and(|inner| inner.contains(text)))?
        .attribute("href")
}

struct Tag<'a> {
    name: String,
    attributes: &'a str,
    /// The page behind the tag.
    rest: &'a str,
}

impl Tag<'_> {
    fn attribute(&self, wanted: &str) -> Option<String> {
        let mut rest = self.attributes.trim_start();
        while !rest.is_empty() {
            let end = rest.find(|c: char| c == '=' || c.is_ascii_whitespace()).unwrap_or(rest.len());
            let (name, after) = rest.split_at(end);
            let (value, after) = match after.trim_start().strip_prefix('=') {
                Some(after) => value(after.trim_start()),
                None => ("", after),
            };
            if name.eq_ignore_ascii_case(wanted) {
                return Some(unescaped(value));
            }
            rest = after.trim_start();
        }
        None
    }
}

/// A quoted value or a bare one, and what is behind it.
fn value(text: &str) -> (&str, &str) {
    for quote in ['"', '\''] {
        if let Some(inner) = text.strip_prefix(quote) {
            return inner.split_once(quote).unwrap_or((inner, ""));
        }
    }
    text.split_at(text.find(|c: char| c.is_ascii_whitespace()).unwrap_or(text.len()))
}

struct Tags<'a>(&'a str);

impl<'a> Iterator for Tags<'a> {
    type Item = Tag<'a>;

    fn next(&mut self) -> Option<Tag<'a>> {
        let (_, after) = self.0.split_once('<')?;
        let (tag, rest) = after.split_once('>')?;
        self.0 = rest;
        let end = tag.find(|c: char| c.is_ascii_whitespace()).unwrap_or(tag.len());
        let (name, attributes) = tag.split_at(end);
        Some(Tag { name: name.to_ascii_lowercase(), attributes: attributes.trim_end_matches('/'), rest })
    }
}

fn unescaped(text: &str) -> String {
    let mut plain = text.to_owned();
    for (entity, character) in
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#34;", "\""), ("&#39;", "'")]
    {
        plain = plain.replace(entity, character);
    }
    // The last one, so that nothing is unescaped twice.
    plain.replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = r#"<!DOCTYPE html><title>x</title><form autocomplete="off" method="POST"
        action="/login?a=1&amp;b=&quot;2&quot;"><input type="hidden" name="prompt" value="login"/>
        <input required type='text' name=login><input type="password" name="password"><button>Go</button></form>
        <input name="outside"><a href="/terms">Terms</a><a href="/abort?x&amp;y">[ Cancel ]</a>"#;

    #[test]
    fn a_form_is_read_with_its_fields() {
        let mut form = Form::first(PAGE).unwrap();
        assert_eq!((form.method.as_str(), form.action.as_str()), ("post", r#"/login?a=1&b="2""#));
        let names: Vec<&str> = form.fields.iter().map(|field| field.name.as_str()).collect();
        assert_eq!(names, ["prompt", "login", "password"]);
        form.fill("text", "alice");
        assert_eq!(form.fields[1].value, "alice");
        assert_eq!(form.fields[0].value, "login");
        assert!(form.has("password"));
    }

    #[test]
    fn a_link_is_found_by_its_text() {
        assert_eq!(link(PAGE, "Cancel").as_deref(), Some("/abort?x&y"));
        assert_eq!(link(PAGE, "Elsewhere"), None);
    }
}
