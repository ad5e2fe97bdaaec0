//! What is asked of a FHIR server: a path below its base, and no other place.

use safire::protocol::url::FhirBase;
use url::Url;

use crate::failure::Failure;

/// A URL below a FHIR base.
#[derive(Debug, Clone)]
pub(crate) struct FhirPath(Url);

impl FhirPath {
    /// `Patient/123`, `Patient?name=a`, or an absolute URL below `base`.
    ///
    /// A token goes there: what looks like a way out is refused, not repaired.
    pub(crate) fn plan(base: &FhirBase, text: &str) -> Result<Self, Failure> {
        if text.chars().any(|c| c.is_whitespace() || c.is_control() || c == '\\' || c == '#') {
            return Err(refuse(text, "blanks, backslashes and fragments have no place in it"));
        }
        let relative = match text.split_once("://") {
            // In a search, a URL may be the value of a parameter.
            Some((front, _)) if !front.contains(['/', '?']) => below(base, text)?,
            Some(_) | None => text,
        };
        if relative.starts_with("//") {
            return Err(refuse(text, "it names another host"));
        }
        let (path, query) = match relative.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (relative, None),
        };
        if path.split('/').any(is_dots) {
            return Err(refuse(text, "`.` and `..` have no place in it"));
        }
        let mut url = base.append(path);
        url.set_query(query);
        let root = format!("{}/", base.as_url().path().trim_end_matches('/'));
        // `append` writes the base's own slash where the path is empty.
        if url.path().starts_with(&root) && url.origin() == base.as_url().origin() {
            Ok(Self(url))
        } else {
            Err(refuse(text, "it is not below the FHIR base"))
        }
    }

    /// The URL.
    pub(crate) fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

/// What stands behind the base in an absolute URL.
fn below<'a>(base: &FhirBase, text: &'a str) -> Result<&'a str, Failure> {
    let root = base.as_str().trim_end_matches('/');
    let rest = text.strip_prefix(root).filter(|rest| rest.is_empty() || rest.starts_with(['/', '?']));
    rest.ok_or_else(|| refuse(text, &format!("it is not below the FHIR base {root}")))
}

/// `.` and `..`, also percent-encoded, and with an encoded separator beside them.
fn is_dots(segment: &str) -> bool {
    let lower = segment.to_ascii_lowercase().replace("%2e", ".");
    lower.split("%2f").flat_map(|part| part.split("%5c")).any(|part| part == "." || part == "..")
}

fn refuse(text: &str, why: &str) -> Failure {
    let shown: String = text
        .split(['?', '#'])
        .next()
        .unwrap_or_default()
        .chars()
        .filter(|c| !c.is_control())
        .take(120)
        .collect();
    let shown = shown.rsplit_once('@').map_or(shown.as_str(), |(_, rest)| rest);
    Failure::Usage {
        code: "path-not-below-base",
        message: format!("`{shown}` is no path of this FHIR server: {why}; nothing was sent"),
        hint: Some(
            "write it relative to the FHIR base, such as `Patient/123` or `Patient?name=Ada`".to_owned(),
        ),
    }
}

#[cfg(test)]
mod tests {
    use safire::protocol::url::LoopbackHttp;

    use super::*;

    fn plan(path: &str) -> Result<String, Failure> {
        let base = FhirBase::parse("https://fhir.example.com/r4", LoopbackHttp::Refused).unwrap();
        FhirPath::plan(&base, path).map(|path| path.as_str().to_owned())
    }

    #[test]
    fn paths_below_the_base() {
        for (path, url) in [
            ("Patient/123", "https://fhir.example.com/r4/Patient/123"),
            ("/Patient/123", "https://fhir.example.com/r4/Patient/123"),
            ("Patient?name=a%20b&_count=1", "https://fhir.example.com/r4/Patient?name=a%20b&_count=1"),
            ("https://fhir.example.com/r4/metadata", "https://fhir.example.com/r4/metadata"),
            (
                "Observation?code=http://loinc.org|1-8",
                "https://fhir.example.com/r4/Observation?code=http://loinc.org|1-8",
            ),
            ("", "https://fhir.example.com/r4/"),
            ("$export?_type=Patient", "https://fhir.example.com/r4/$export?_type=Patient"),
        ] {
            assert_eq!(plan(path).unwrap(), url, "{path}");
        }
    }

    #[test]
    fn ways_out_are_refused() {
        for path in [
            "https://evil.example/r4/Patient",
            "https://fhir.example.com.evil.example/r4/Patient",
            "https://fhir.example.com@evil.example/r4/Patient",
            "https://fhir.example.com/r4evil/Patient",
            "https://fhir.example.com/Patient",
            "http://fhir.example.com/r4/Patient",
            "//evil.example/Patient",
            "../admin",
            "Patient/../../admin",
            "Patient/%2e%2E/admin",
            "Patient/..%2fadmin",
            "Patient/.%2e%5cadmin",
            "./Patient",
            "Patient\\..\\admin",
            "Patient/1#x",
            "Patient/1\r\nHost: evil",
            "Patient/a b",
        ] {
            assert!(plan(path).is_err(), "{path}");
        }
    }
}
