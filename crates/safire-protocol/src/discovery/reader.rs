//! Reads members whatever their form, and notes what was odd.

use serde_json::Map;
use serde_json::Value;
use url::ParseError;
use url::Url;

use super::duplicates::first_duplicate;
use super::location::printable;
use crate::deviation::Deviation;
use crate::deviation::Severity;
use crate::json::kind_of;
use crate::url::FhirBase;
use crate::url::LoopbackHttp;
use crate::url::UrlError;
use crate::url::UrlPolicy;
use crate::url::display_url;
use crate::url::is_loopback;

/// Reads the members of one document; the deviations gather here.
pub(crate) struct Reader<'a> {
    pub(crate) members: &'a Map<String, Value>,
    pub(crate) base: &'a FhirBase,
    pub(crate) section: &'static str,
    pub(crate) deviations: Vec<Deviation>,
    /// The endpoints that parsed, for the comparison of their hosts.
    pub(crate) endpoints: Vec<(&'static str, Url)>,
    policy: UrlPolicy,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(
        members: &'a Map<String, Value>,
        base: &'a FhirBase,
        section: &'static str,
        deviations: Vec<Deviation>,
    ) -> Self {
        // A base on loopback http exists only where the caller allowed it.
        let loopback = if base.as_url().scheme() == "http" && is_loopback(base.as_url()) {
            LoopbackHttp::Allowed
        } else {
            LoopbackHttp::Refused
        };
        Self {
            members,
            base,
            section,
            deviations,
            endpoints: Vec::with_capacity(8),
            policy: UrlPolicy::new(loopback),
        }
    }

    /// Notes a deviation of `member` from the section that describes the document.
    pub(crate) fn note(
        &mut self,
        code: &'static str,
        severity: Severity,
        member: &str,
        detail: impl Into<String>,
    ) {
        self.deviations.push(Deviation::new(code, severity, self.section, detail).of_member(member));
    }

    /// A string member; `null`, blank and other kinds count as absent.
    pub(crate) fn text(&mut self, member: &'static str) -> Option<&'a str> {
        let value = self.members.get(member)?;
        match value {
            Value::String(text) if text.trim().is_empty() => {
                self.note("blank-member", Severity::Info, member, "blank; read as absent");
                None
            }
            Value::String(text) => Some(text),
            Value::Null => {
                self.null(member);
                None
            }
            // Some servers wrap a single value; the mirror image of a string for an array.
            Value::Array(items) => match items.as_slice() {
                [Value::String(text)] if !text.trim().is_empty() => {
                    let detail = "an array of one where a string belongs; read as that string";
                    self.note("array-for-string", Severity::Warning, member, detail);
                    Some(text)
                }
                _ => self.wrong_type(member, value, "a string"),
            },
            Value::Bool(_) | Value::Number(_) | Value::Object(_) => {
                self.wrong_type(member, value, "a string")
            }
        }
    }

    /// An array of strings; a string is read as an array of one, `null` and other kinds count as absent.
    pub(crate) fn list(&mut self, member: &'static str) -> Option<Vec<String>> {
        self.texts(member).map(owned)
    }

    /// The same, borrowed.
    pub(crate) fn texts(&mut self, member: &'static str) -> Option<Vec<&'a str>> {
        let value = self.members.get(member)?;
        match value {
            Value::Array(items) => Some(self.strings(member, items)),
            Value::String(text) if text.trim().is_empty() => {
                self.note("blank-member", Severity::Info, member, "blank; read as absent");
                None
            }
            Value::String(text) => {
                let detail = format!(
                    "the string {:?} where an array belongs; read as an array of one",
                    printable(text)
                );
                self.note("string-for-array", Severity::Warning, member, detail);
                Some(vec![text.trim()])
            }
            Value::Null => {
                self.null(member);
                None
            }
            Value::Bool(_) | Value::Number(_) | Value::Object(_) => {
                self.wrong_type(member, value, "an array of strings")
            }
        }
    }

    /// The strings of an array; other kinds in it are left out.
    pub(crate) fn strings(&mut self, member: &'static str, items: &'a [Value]) -> Vec<&'a str> {
        let mut list = Vec::with_capacity(items.len());
        let mut odd = None;
        for item in items {
            match item {
                Value::String(text) => list.push(text.as_str()),
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
                    odd.get_or_insert(item);
                }
            }
        }
        if let Some(item) = odd {
            let detail = format!("{} among the strings; left out", kind_of(item));
            self.note("wrong-element-type", Severity::Warning, member, detail);
        }
        if let Some(text) = first_duplicate(&list) {
            let detail = format!("{:?} is listed more than once", printable(text));
            self.note("duplicate-value", Severity::Info, member, detail);
        }
        if items.is_empty() {
            self.note(
                "empty-array",
                Severity::Info,
                member,
                "an empty array says nothing; it should be left out",
            );
        }
        list
    }

    /// An endpoint member, made absolute.
    pub(crate) fn endpoint(&mut self, member: &'static str) -> Option<String> {
        let text = self.text(member)?;
        Some(self.absolute(member, text))
    }

    /// Resolves an endpoint that came relative, and notes what will keep it from being used.
    pub(crate) fn absolute(&mut self, member: &'static str, text: &str) -> String {
        let trimmed = text.trim();
        if trimmed.len() != text.len() {
            self.note("surrounding-blanks", Severity::Info, member, "blanks around the URL; left out");
        }
        let mut text = trimmed.to_owned();
        let mut checked = self.policy.check_given(member, &text);
        if checked.is_err() && Url::parse(trimmed) == Err(ParseError::RelativeUrlWithoutBase) {
            text = self.resolve(member, trimmed);
            checked = self.policy.check_given(member, &text);
        }
        match checked {
            Ok(url) => {
                if url.fragment().is_some() {
                    let detail = "a fragment, which an endpoint must not have";
                    self.push("endpoint-fragment", Severity::Warning, "RFC 6749 §3", member, detail);
                }
                if !url.username().is_empty() || url.password().is_some() {
                    let detail = "user information in the URL; it is refused when it is used";
                    self.push(
                        "endpoint-user-information",
                        Severity::Error,
                        "RFC 9110 §4.2.4",
                        member,
                        detail,
                    );
                }
                self.endpoints.push((member, url));
            }
            Err(UrlError::NotHttps { url, .. }) => {
                let detail = format!("{url:?} is not https; it is refused when it is used");
                self.push("endpoint-not-https", Severity::Error, "RFC 6749 §3.1, §3.2", member, detail);
            }
            Err(UrlError::Malformed { .. } | UrlError::Forbidden { .. } | UrlError::HostNotPinned { .. }) => {
                let detail = "not an absolute URL with a host; it is refused when it is used";
                self.note("endpoint-malformed", Severity::Error, member, detail);
            }
        }
        text
    }

    /// RFC 3986 §5.2 against the base exactly as it was given: SMART 2.2 says `new URL(relative, base)`.
    fn resolve(&mut self, member: &'static str, text: &str) -> String {
        #[expect(
            clippy::disallowed_methods,
            reason = "SMART 2.2 resolves relative endpoints against the base"
        )]
        let Ok(url) = self.base.as_url().join(text) else {
            return text.to_owned();
        };
        let detail = format!(
            "the relative URL {:?} where an absolute one belongs; read as {}",
            printable(text.split(['?', '#']).next().unwrap_or_default()),
            display_url(&url)
        );
        self.note("relative-endpoint", Severity::Warning, member, detail);
        url.into()
    }

    /// Notes a deviation from another section than the document's own.
    pub(crate) fn push(
        &mut self,
        code: &'static str,
        severity: Severity,
        section: &'static str,
        member: &str,
        detail: impl Into<String>,
    ) {
        self.deviations.push(Deviation::new(code, severity, section, detail).of_member(member));
    }

    fn null(&mut self, member: &'static str) {
        self.note("null-member", Severity::Info, member, "null; read as absent");
    }

    fn wrong_type<T>(&mut self, member: &'static str, value: &Value, expected: &str) -> Option<T> {
        let detail = format!("{} where {expected} belongs; read as absent", kind_of(value));
        self.note("wrong-type", Severity::Warning, member, detail);
        None
    }
}

pub(crate) fn owned(texts: Vec<&str>) -> Vec<String> {
    texts.into_iter().map(str::to_owned).collect()
}
