//! Every kind of base URL that lists publish, and what the rules make of it.

use proptest::prelude::any;
use proptest::proptest;
use safire::fleet::BaseNote;
use safire::fleet::CleaningRules;
use safire::fleet::InnerHosts;
use safire::fleet::clean;
use safire::protocol::fault::Diagnose as _;
use safire::protocol::url::LoopbackHttp;

fn refusal(text: &str) -> &'static str {
    clean(text, CleaningRules::default()).expect_err(text).code()
}

fn cleaned(text: &str) -> (String, String, Vec<BaseNote>) {
    let clean = clean(text, CleaningRules::default()).unwrap_or_else(|problem| panic!("{text}: {problem}"));
    (clean.base.as_str().to_owned(), clean.base.key(), clean.notes)
}

#[test]
fn what_is_usual_stays_as_it_is() {
    for text in ["https://fhir.example.com/r4", "https://fhir.example.com/r4/", "https://fhir.example.com"] {
        assert_eq!(cleaned(text), (text.to_owned(), text.trim_end_matches('/').to_owned(), vec![]));
    }
}

#[test]
fn one_server_spelled_twice_has_one_key_and_the_case_of_a_path_counts() {
    let key = |text| cleaned(text).1;
    assert_eq!(key("https://FHIR.Example.com:443/r4/"), key("https://fhir.example.com/r4"));
    assert_ne!(key("https://fhir.example.com/FHIRproxy"), key("https://fhir.example.com/FHIRProxy"));
}

#[test]
fn oddities_are_noted_and_the_text_is_kept() {
    for (text, note) in [
        ("https://fhir.example.com:443/r4", BaseNote::DefaultPort),
        ("https://fhir.example.com:8443/r4", BaseNote::OtherPort),
        ("https://FHIR.example.com/r4", BaseNote::UpperCaseHost),
        ("https://fhir.example.com//r4", BaseNote::DoubleSlash),
        ("https://fhir.example.com/a//r4", BaseNote::DoubleSlash),
        ("https://93.184.216.34/r4", BaseNote::IpAddress),
        ("https://127.0.0.1/r4", BaseNote::IpAddress),
    ] {
        let (base, _, notes) = cleaned(text);
        assert_eq!((base.as_str(), notes), (text, vec![note]));
    }
}

#[test]
fn what_was_only_typed_badly_is_repaired() {
    for (text, base, note) in [
        (" https://fhir.example.com/r4\t", "https://fhir.example.com/r4", BaseNote::BlanksAround),
        ("\u{200b}https://fhir.example.com/r4", "https://fhir.example.com/r4", BaseNote::BlanksAround),
        (": https://fhir.example.com/r4", "https://fhir.example.com/r4", BaseNote::ListMark),
        ("- https://fhir.example.com/r4", "https://fhir.example.com/r4", BaseNote::ListMark),
        ("fhir.example.com/r4", "https://fhir.example.com/r4", BaseNote::SchemeAdded),
    ] {
        let (found, _, notes) = cleaned(text);
        assert_eq!((found.as_str(), notes), (base, vec![note]), "{text}");
    }
    let (base, _, notes) = cleaned("fhir.example.com:8443/r4");
    assert_eq!(base, "https://fhir.example.com:8443/r4");
    assert_eq!(notes, [BaseNote::SchemeAdded, BaseNote::OtherPort]);
}

#[test]
fn what_would_have_to_be_guessed_is_refused() {
    for (text, code) in [
        ("", "base-empty"),
        (" \t ", "base-empty"),
        ("http://fhir.example.com/r4", "base-not-https"),
        ("http://127.0.0.1:8080/r4", "base-not-https"),
        ("ftp://fhir.example.com/r4", "base-not-https"),
        ("https://192.168.1.5/r4", "base-private-address"),
        ("https://10.0.0.1/r4", "base-private-address"),
        ("https://[fe80::1]/r4", "base-private-address"),
        ("https://169.254.169.254/latest", "base-private-address"),
        ("https://fhir.hospital.local/r4", "base-local-name"),
        ("https://ehr/r4", "base-local-name"),
        ("https://fhir.example.com/r4 (production)", "base-blank-inside"),
        ("https://fhir.example.com/\tr4", "base-blank-inside"),
        ("https://fhir.example.com\\r4", "base-backslash"),
        ("https://fhir.example.com/r4?cust=10344843", "base-forbidden-part"),
        ("https://user:secret@fhir.example.com/r4", "base-forbidden-part"),
        ("https://fhir.example.com/r4#top", "base-forbidden-part"),
        ("http://hl7.org/fhir", "base-specification"),
        ("https://www.hl7.org/fhir/R4", "base-specification"),
        ("Endpoint/0f8fad5b-d9cb-469f-a165-70867728950e", "base-relative-reference"),
        ("urn:uuid:0f8fad5b-d9cb-469f-a165-70867728950e", "base-relative-reference"),
        ("#endpoint", "base-relative-reference"),
        ("not a url", "base-blank-inside"),
        ("n/a", "base-malformed"),
        ("https://", "base-malformed"),
        ("https:///r4", "base-malformed"),
        ("mailto:admin@example.com", "base-malformed"),
    ] {
        assert_eq!(refusal(text), code, "{text:?}");
    }
    assert_eq!(refusal(&format!("https://fhir.example.com/{}", "a".repeat(3000))), "base-too-long");
}

#[test]
fn a_list_of_ones_own_may_name_inner_hosts_and_loopback() {
    let rules = CleaningRules { loopback: LoopbackHttp::Allowed, inner_hosts: InnerHosts::Accepted };
    for text in
        ["https://192.168.1.5/r4", "https://ehr/r4", "http://localhost:8080/r4", "http://127.0.0.1/r4"]
    {
        assert_eq!(clean(text, rules).unwrap().base.as_str(), text);
    }
    assert_eq!(clean("http://192.168.1.5/r4", rules).unwrap_err().code(), "base-not-https");
}

#[test]
fn no_refusal_repeats_a_secret() {
    for text in
        ["https://user:planted@fhir.example.com/r4", "https://fhir.example.com/r4?key=planted", "x@/?planted"]
    {
        let problem = clean(text, CleaningRules::default()).unwrap_err();
        assert!(!format!("{problem} {problem:?}").contains("planted"), "{problem:?}");
    }
}

proptest! {
    #[test]
    fn whatever_stands_there_is_cleaned_or_refused(text in any::<String>()) {
        if let Ok(clean) = clean(&text, CleaningRules::default()) {
            assert!(clean.base.as_str().starts_with("https://") || clean.base.as_str().starts_with("HTTPS://"));
        }
    }
}
