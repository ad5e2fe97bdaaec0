//! Where a token may go: to its FHIR server, at or below the base.

use http::Uri;
use safire_protocol::url::FhirBase;

/// The URLs that a token may be sent to.
#[derive(Debug, Clone)]
pub(super) struct Reach {
    scheme: String,
    host: String,
    port: Option<u16>,
    /// Without slashes at its end.
    path: String,
}

impl Reach {
    pub(super) fn new(base: &FhirBase) -> Self {
        let url = base.as_url();
        Self {
            scheme: url.scheme().to_owned(),
            host: url.host_str().unwrap_or_default().to_owned(),
            port: url.port_or_known_default(),
            path: url.path().trim_end_matches('/').to_owned(),
        }
    }

    /// Whether a token may go there: the same origin, and the base's path or one below it, segment by segment. A path
    /// that a server or a proxy could read as another one is not below anything.
    pub(super) fn covers(&self, uri: &Uri) -> bool {
        let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else { return false };
        let port = authority.port_u16().or(match scheme {
            "https" => Some(443),
            "http" => Some(80),
            _ => None,
        });
        let is_here = scheme == self.scheme
            && port == self.port
            && !authority.as_str().contains('@')
            && authority.host().eq_ignore_ascii_case(&self.host);
        let below = uri.path().strip_prefix(self.path.as_str());
        is_here
            && below.is_some_and(|rest| (rest.is_empty() || rest.starts_with('/')) && is_plain(uri.path()))
    }
}

/// Whether every reader takes the path for the same one: no dot segment, not even an encoded one or one with a
/// parameter (`..;x`), and no slash in disguise.
fn is_plain(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    // `%252e` is a dot to whoever decodes twice.
    let disguised = ["\\", "%2e", "%2f", "%5c", "%25"].iter().any(|part| lower.contains(part));
    let has_dots = lower.split('/').any(|segment| {
        let name = segment.split(';').next().unwrap_or_default();
        name == "." || name == ".."
    });
    !disguised && !has_dots
}

#[cfg(test)]
mod tests {
    use safire_protocol::url::LoopbackHttp;

    use super::*;

    fn covers(base: &str, uri: &str) -> bool {
        let base = FhirBase::parse(base, LoopbackHttp::Allowed).unwrap();
        Reach::new(&base).covers(&uri.parse().unwrap())
    }

    #[test]
    fn the_base_and_what_is_below_it() {
        for base in ["https://fhir.example.com/r4", "https://FHIR.example.com:443/r4/"] {
            for uri in [
                "https://fhir.example.com/r4",
                "https://fhir.example.com/r4/",
                "https://fhir.example.com:443/r4/Patient/1.2",
                "https://FHIR.EXAMPLE.COM/r4/Patient?name=../x&y=%2e%2e",
                "https://fhir.example.com/r4//Patient/..a/b..c",
                "https://fhir.example.com/r4/$export?_type=Patient%2CGroup",
                "https://fhir.example.com/r4?_summary=true",
                "https://fhir.example.com/r4/metadata%20x",
            ] {
                assert!(covers(base, uri), "{base} {uri}");
            }
        }
    }

    #[test]
    fn nothing_else() {
        for uri in [
            "/r4/Patient",
            "http://fhir.example.com/r4/Patient",
            "https://fhir.example.com:8443/r4/Patient",
            "https://fhir.example.com.evil.example/r4/Patient",
            "https://evil.example/r4/Patient",
            "https://evil.example/https://fhir.example.com/r4/Patient",
            "https://fhir.example.com./r4/Patient",
            "https://fhir.example.com@evil.example/r4/Patient",
            "https://evil.example@fhir.example.com/r4/Patient",
            "https://fhir.example.com/",
            "https://fhir.example.com/r",
            "https://fhir.example.com/r40/Patient",
            "https://fhir.example.com/R4/Patient",
            "https://fhir.example.com//r4/Patient",
            "https://fhir.example.com/r4%2f../x",
            "https://fhir.example.com/r4/../admin",
            "https://fhir.example.com/r4/..",
            "https://fhir.example.com/r4/./x",
            "https://fhir.example.com/r4/..;/admin",
            "https://fhir.example.com/r4/..;a=b/admin",
            "https://fhir.example.com/r4/%2e%2e/admin",
            "https://fhir.example.com/r4/.%2E/admin",
            "https://fhir.example.com/r4/%252e%252e/admin",
            "https://fhir.example.com/r4/x%5c..%5cadmin",
            "https://fhir.example.com/r4/x%2fy",
        ] {
            assert!(!covers("https://fhir.example.com/r4", uri), "{uri}");
        }
    }

    #[test]
    fn a_base_without_a_path_is_the_whole_origin() {
        assert!(covers("https://fhir.example.com", "https://fhir.example.com/Patient"));
        assert!(covers("https://fhir.example.com/", "https://fhir.example.com"));
        assert!(!covers("https://fhir.example.com", "https://fhir.example.com/../x"));
        assert!(covers("http://[::1]:8080/fhir", "http://[::1]:8080/fhir/Patient"));
        assert!(!covers("http://127.0.0.1:8080/fhir", "http://127.1:8080/fhir/Patient"));
    }
}
