//! Which URLs are taken, and how they are shown.

use safire_protocol::url::FhirBase;
use safire_protocol::url::LoopbackHttp;
use safire_protocol::url::UrlError;
use safire_protocol::url::UrlPolicy;
use safire_protocol::url::display_url;
use url::Url;

fn base(text: &str, loopback: LoopbackHttp) -> Result<FhirBase, UrlError> {
    FhirBase::parse(text, loopback)
}

fn classify(text: &str, loopback: LoopbackHttp) -> &'static str {
    match UrlPolicy::new(loopback).check_given("token_endpoint", text) {
        Ok(_) => "acceptable",
        Err(UrlError::NotHttps { .. }) => "not https",
        Err(UrlError::Malformed { .. }) => "malformed",
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn tc_001_a_base_url_is_all_that_is_needed() {
    let base = base("https://fhir.example.com", LoopbackHttp::Refused).unwrap();
    assert_eq!(base.as_str(), "https://fhir.example.com");
    assert_eq!(base.to_string(), "https://fhir.example.com");
}

#[test]
fn tc_002_and_c_23_an_empty_base_url_is_malformed() {
    let error = base("", LoopbackHttp::Refused).unwrap_err();
    assert!(matches!(error, UrlError::Malformed { .. }));
    assert_eq!(error.member(), "base_url");
}

#[test]
fn tc_003_not_a_url_is_malformed() {
    let error = base("not a url", LoopbackHttp::Refused).unwrap_err();
    assert!(matches!(error, UrlError::Malformed { .. }));
    assert_eq!(error.member(), "base_url");
}

#[test]
fn tc_005_an_http_base_is_not_https() {
    let error = base("http://fhir.example.com", LoopbackHttp::Refused).unwrap_err();
    assert!(matches!(error, UrlError::NotHttps { .. }));
    assert_eq!(error.member(), "base_url");
}

#[test]
fn tc_007_each_http_endpoint_is_named() {
    for member in ["token_endpoint", "authorization_endpoint", "jwks_uri"] {
        let error = UrlPolicy::default().check_given(member, "http://auth.example.com/x").unwrap_err();
        assert!(matches!(error, UrlError::NotHttps { .. }));
        assert_eq!(error.member(), member);
    }
}

#[test]
fn tc_008_http_on_localhost_needs_leave() {
    let error = base("http://localhost:3000/fhir", LoopbackHttp::Refused).unwrap_err();
    assert!(matches!(error, UrlError::NotHttps { .. }));
}

#[test]
fn tc_009_and_tc_010_http_on_loopback_with_leave() {
    for text in ["http://localhost:3000/fhir", "http://127.0.0.1:8080/fhir"] {
        assert!(base(text, LoopbackHttp::Allowed).is_ok(), "{text}");
    }
}

#[test]
fn tc_011_remote_http_is_refused_with_leave_too() {
    let error = base("http://fhir.example.com/r4", LoopbackHttp::Allowed).unwrap_err();
    assert!(matches!(error, UrlError::NotHttps { .. }));
}

#[test]
fn tc_012_https_needs_no_leave_and_keeps_it() {
    assert!(base("https://fhir.example.com/r4", LoopbackHttp::Allowed).is_ok());
    assert!(base("https://localhost/r4", LoopbackHttp::Refused).is_ok());
}

#[test]
fn tc_025_https_is_acceptable() {
    assert_eq!(classify("https://example.com/path", LoopbackHttp::Refused), "acceptable");
}

#[test]
fn tc_026_other_schemes_are_not_https() {
    for text in ["http://example.com", "ftp://example.com", "ftp://localhost", "ws://localhost"] {
        for loopback in [LoopbackHttp::Refused, LoopbackHttp::Allowed] {
            assert_eq!(classify(text, loopback), "not https", "{text}");
        }
    }
}

#[test]
fn tc_027_what_is_no_url_is_malformed() {
    for text in ["", "not-a-url", "https://exa mple.com"] {
        assert_eq!(classify(text, LoopbackHttp::Refused), "malformed", "{text:?}");
    }
}

#[test]
fn tc_028_and_c_59_an_empty_host_is_malformed() {
    for text in [
        "https:///path",
        "https://",
        "https:/path",
        "https:path",
        "/path",
        "path/only",
        "https://?q",
        "//h/p",
    ] {
        assert_eq!(classify(text, LoopbackHttp::Refused), "malformed", "{text:?}");
    }
    assert_eq!(classify("http://localhost", LoopbackHttp::Refused), "not https");
}

#[test]
fn c_55_every_spelling_of_loopback_counts() {
    for text in ["http://LOCALHOST/", "http://localhost./", "http://127.0.0.2/", "http://[::1]:8080/"] {
        assert_eq!(classify(text, LoopbackHttp::Allowed), "acceptable", "{text}");
    }
    for text in ["http://localhost.example.com/", "http://128.0.0.1/", "http://[::2]/", "http://0.0.0.0/"] {
        assert_eq!(classify(text, LoopbackHttp::Allowed), "not https", "{text}");
    }
}

#[test]
fn c_56_user_information_does_not_make_a_host() {
    assert_eq!(classify("http://localhost@evil.example.com/", LoopbackHttp::Allowed), "not https");
}

#[test]
fn c_58_the_scheme_has_no_letter_case() {
    assert_eq!(classify("HTTPS://example.com/", LoopbackHttp::Refused), "acceptable");
}

#[test]
fn c_60_blanks_anywhere_are_malformed() {
    for text in
        [" https://example.com", "https://example.com ", "https://example.com/a b", "https://exam\tple.com"]
    {
        assert_eq!(classify(text, LoopbackHttp::Refused), "malformed", "{text:?}");
    }
}

#[test]
fn published_bases_that_are_no_urls_are_malformed() {
    for text in [": https://example.com/r4", "example.com/r4", "https:\\\\example.com\\r4", "Endpoint/4711"] {
        assert!(matches!(base(text, LoopbackHttp::Refused), Err(UrlError::Malformed { .. })), "{text:?}");
    }
}

#[test]
fn c_61_a_base_has_no_user_information_query_or_fragment() {
    for (text, expected) in [
        ("https://bob:planted@example.com/r4", "user information"),
        ("https://example.com/r4?cust=planted", "a query"),
        ("https://example.com/r4#planted", "a fragment"),
    ] {
        let error = base(text, LoopbackHttp::Refused).unwrap_err();
        assert!(matches!(&error, UrlError::Forbidden { part, .. } if *part == expected), "{error:?}");
        assert!(!format!("{error} {error:?}").contains("planted"), "{error:?}");
    }
}

#[test]
fn the_key_folds_host_case_default_port_and_trailing_slashes_only() {
    let key = |text: &str| base(text, LoopbackHttp::Refused).unwrap().key();
    assert_eq!(key("https://FHIR.example.com/r4/"), key("https://fhir.example.com/r4"));
    assert_eq!(key("https://fhir.example.com:443/r4"), key("https://fhir.example.com/r4"));
    assert_eq!(key("https://fhir.example.com/"), key("https://fhir.example.com"));
    assert_ne!(key("https://fhir.example.com/FHIRProxy"), key("https://fhir.example.com/FHIRproxy"));
    assert_ne!(key("https://fhir.example.com:8443/r4"), key("https://fhir.example.com/r4"));
}

#[test]
fn the_text_is_kept_as_given() {
    for text in ["https://FHIR.example.com:443/r4/", "https://fhir.example.com/r4"] {
        assert_eq!(base(text, LoopbackHttp::Refused).unwrap().as_str(), text);
    }
}

#[test]
fn shown_urls_lose_user_information_query_and_fragment() {
    let shown = |text: &str| display_url(&Url::parse(text).unwrap());
    assert_eq!(shown("https://bob:pw@example.com:8443/a/b/?c=d#e"), "https://example.com:8443/a/b/");
    assert_eq!(shown("https://example.com/a"), "https://example.com/a");
}

#[test]
fn what_is_malformed_is_shown_without_its_secrets() {
    for text in ["bob:planted@host/x", "host?code=planted", "host#planted"] {
        let error = UrlPolicy::default().check_given("x", text).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("planted"), "{error:?}");
    }
}

#[test]
fn pinned_hosts_match_in_any_letter_case() {
    let at = base("https://fhir.example.com/r4", LoopbackHttp::Refused).unwrap();
    let policy = UrlPolicy::default().with_auth_hosts(["AUTH.example.org".to_owned()]);
    assert!(policy.check_supplied("token_endpoint", "https://auth.example.org/t", &at).is_ok());
    assert!(policy.check_supplied("token_endpoint", "https://fhir.example.com/t", &at).is_ok());
    let error = policy.check_supplied("token_endpoint", "https://other.example.org/t", &at).unwrap_err();
    assert!(matches!(error, UrlError::HostNotPinned { .. }));
}
