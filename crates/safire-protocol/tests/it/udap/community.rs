//! The community's name, and the URL of the metadata.

use safire_protocol::fault::Diagnose;
use safire_protocol::fault::Fault;
use safire_protocol::udap::CommunityUri;
use safire_protocol::udap::UdapLocation;

use super::base_of;

fn url(base: &str, community: Option<&str>) -> String {
    let community = CommunityUri::parse_optional(community).unwrap();
    UdapLocation::new(&base_of(base), community).url().to_string()
}

#[test]
fn u_01_the_document_is_below_the_base() {
    for base in ["https://fhir.example.com/r4", "https://fhir.example.com/r4/"] {
        assert_eq!(url(base, None), "https://fhir.example.com/r4/.well-known/udap");
    }
    assert_eq!(url("https://fhir.example.com", None), "https://fhir.example.com/.well-known/udap");
}

#[test]
fn u_02_a_community_is_percent_encoded_but_for_the_unreserved() {
    let found = url("https://h.example", Some("https://udap.example.org/c1"));
    assert_eq!(found, "https://h.example/.well-known/udap?community=https%3A%2F%2Fudap.example.org%2Fc1");
    let found = url("https://h.example", Some("urn:a-b._~:ü&+"));
    assert_eq!(found, "https://h.example/.well-known/udap?community=urn%3Aa-b._~%3A%C3%BC%26%2B");
}

#[test]
fn u_03_tc_124_blanks_around_a_community_do_not_count_and_a_blank_one_is_none() {
    let trimmed = url("https://h.example", Some("  urn:oid:1.2  "));
    assert_eq!(trimmed, url("https://h.example", Some("urn:oid:1.2")));
    for none in [None, Some(""), Some(" \t")] {
        assert!(!url("https://h.example", none).contains('?'));
    }
}

#[test]
fn u_04_tc_126_a_community_has_a_scheme_and_a_host_or_a_path() {
    for good in ["urn:oid:1.2.3", "https://udap.example.org", "udap://fhirlabs.net/", "tefca://tefca"] {
        assert_eq!(CommunityUri::parse(good).unwrap().as_str(), good);
    }
    for bad in ["not a uri", "udap.example.org", "foo:", "https:", "123"] {
        let error = CommunityUri::parse(bad).unwrap_err();
        assert_eq!((error.code(), error.fault()), ("udap-community-uri", Fault::Caller), "{bad}");
        assert!(error.to_string().contains("`community`"), "{error}");
    }
}
