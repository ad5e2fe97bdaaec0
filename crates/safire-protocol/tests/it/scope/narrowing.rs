//! Search parameters narrow: a narrower grant never covers a broader need.

use super::covers;

fn observation(granted: &str, need: &str) -> bool {
    covers(&format!("patient/Observation.rs{granted}"), &format!("patient/Observation.rs{need}"))
}

#[test]
fn a_grant_without_parameters_covers_a_narrowed_need() {
    assert!(observation("", "?category=laboratory"));
    assert!(covers("patient/*.read", "patient/Observation.rs?category=laboratory"));
}

#[test]
fn a_narrowed_grant_does_not_cover_the_whole() {
    assert!(!observation("?category=laboratory", ""));
    assert!(!observation("?category=laboratory", "?status=final"));
    assert!(!observation("?category=laboratory", "?category=vital-signs"));
    assert!(!observation("?category=laboratory&status=final", "?category=laboratory"));
}

#[test]
fn a_need_may_be_narrower_still_in_any_order() {
    assert!(observation("?category=laboratory", "?status=final&category=laboratory"));
    assert!(observation("?a=1&b=2", "?b=2&a=1"));
}

#[test]
fn values_between_commas_are_alternatives() {
    assert!(observation("?category=laboratory,vital-signs", "?category=vital-signs"));
    assert!(!observation("?category=laboratory", "?category=laboratory,vital-signs"));
    assert!(observation("?category=a,b,c", "?category=c,a"));
}

#[test]
fn alternatives_of_a_modifier_narrow_so_it_must_be_the_same() {
    assert!(observation("?code:not=a", "?code:not=a"));
    assert!(!observation("?code:not=a,b", "?code:not=a"));
    assert!(!observation("?code:not=a", "?code:not=a,b"));
    assert!(!observation("?code:in=http://example.org/vs", "?code=http://example.org/vs"));
}

#[test]
fn escaped_and_plain_characters_are_the_same() {
    let plain = "?category=http://example.org/c|laboratory";
    let escaped = "?category=http%3A%2F%2Fexample.org%2fc%7Claboratory";
    assert!(observation(plain, escaped) && observation(escaped, plain));
    // What is no escape stands for itself.
    assert!(observation("?a=100%", "?a=100%") && !observation("?a=100%", "?a=100"));
}

#[test]
fn interactions_add_up_only_within_what_reaches_the_need() {
    assert!(covers(
        "patient/Observation.r patient/Observation.s?category=a",
        "patient/Observation.rs?category=a"
    ));
    assert!(!covers("patient/Observation.r patient/Observation.s?category=a", "patient/Observation.rs"));
}
