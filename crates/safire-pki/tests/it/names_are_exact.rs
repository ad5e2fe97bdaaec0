use proptest::proptest;
use safire_pki::Certificate;
use safire_pki::UriMatch;
use safire_pki::UriName;

use crate::twin::Twin;
use crate::twin::uri;

fn name(text: &str) -> UriName {
    let mut twin = Twin::surefhir();
    twin.leaf.subject_alt_names = vec![uri(text)];
    Certificate::from_der(&twin.issue().leaf).unwrap().uri_names()[0].clone()
}

#[test]
fn t25_only_the_slash_after_the_host_is_forgiven() {
    let root = name("https://fhir.example.com");
    let slash = name("https://fhir.example.com/");
    assert_eq!(root.matches("https://fhir.example.com"), Some(UriMatch::Exact));
    assert_eq!(root.matches("https://fhir.example.com/"), Some(UriMatch::RootSlash));
    assert_eq!(slash.matches("https://fhir.example.com"), Some(UriMatch::RootSlash));
    for other in [
        "https://fhir.example.com//",
        "https://FHIR.example.com/",
        "https://fhir.example.com:443",
        "http://fhir.example.com/",
        "https://fhir.example.com/?",
        "https://fhir.example.com/#",
        "https://fhir.example.com/r4",
        "",
        "/",
    ] {
        assert_eq!(root.matches(other), None, "{other}");
        assert_eq!(slash.matches(other), None, "{other}");
    }
    assert_eq!(name("http://localhost:3000").matches("http://localhost:3000/"), None);
    assert_eq!(name("https://").matches("https:///"), None);
    assert_eq!(name("https://h?x").matches("https://h?x/"), None);
    assert_eq!(name("https://h/r4").matches("https://h/r4/"), None);
}

#[test]
fn t25_a_fragment_counts() {
    let treat = name("https://h.example/#T-TREAT");
    assert_eq!(treat.as_str(), "https://h.example/#T-TREAT");
    assert_eq!(treat.matches("https://h.example/#T-TREAT"), Some(UriMatch::Exact));
    assert_eq!(treat.matches("https://h.example/"), None);
    assert_eq!(treat.matches("https://h.example/#T-treat"), None);
}

proptest! {
    #[test]
    fn no_other_text_matches(other in "(https?://)?[a-zA-Z./:#?]{0,16}") {
        // One certificate for all of them: keys are costly.
        static NAME: std::sync::OnceLock<UriName> = std::sync::OnceLock::new();
        let name = NAME.get_or_init(|| name("https://a.b"));
        let expected = match other.as_str() {
            "https://a.b" => Some(UriMatch::Exact),
            "https://a.b/" => Some(UriMatch::RootSlash),
            _ => None,
        };
        assert_eq!(name.matches(&other), expected);
    }
}
