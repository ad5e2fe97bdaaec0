//! Whatever the text: no panic, the same text back, and coverage that is an order.

use proptest::prelude::*;
use safire_protocol::scope::Scope;
use safire_protocol::scope::Scopes;

fn smart() -> impl Strategy<Value = String> {
    let resource = proptest::sample::select(vec!["*", "Patient", "Observation"]);
    let suffix = proptest::sample::select(vec!["r", "rs", "cud", "cruds", "read", "write", "*", "us"]);
    let query =
        proptest::sample::select(vec!["", "?a=1", "?a=2", "?a=1,2", "?a=1&b=1", "?a:not=1", "?%61=1"]);
    let level = proptest::sample::select(vec!["patient", "user", "system"]);
    (level, resource, suffix, query)
        .prop_map(|(level, resource, suffix, query)| format!("{level}/{resource}.{suffix}{query}"))
}

proptest! {
    #[test]
    fn any_text_is_read_without_a_panic(text in ".{0,60}", other in "[a-z*/.?=&,%|]{0,40}") {
        let (first, second) = (Scopes::read(&text), Scopes::read(&other));
        let _ = (Scopes::parse(&text), first.compare(&second), second.compare(&first));
        let words: Vec<_> = text.split_whitespace().collect();
        prop_assert_eq!(first.to_string(), words.join(" "));
    }

    #[test]
    fn what_may_be_sent_comes_back_byte_for_byte(text in "[!#-\\[\\]-~]{1,40}( [!#-\\[\\]-~]{1,40}){0,4}") {
        prop_assert_eq!(Scopes::parse(&text).unwrap().to_string(), text);
    }

    #[test]
    fn the_v2_form_of_a_scope_is_the_same_scope(text in smart()) {
        let scope = Scope::parse(&text).unwrap();
        let v2 = Scope::parse(&scope.as_resource().unwrap().to_string()).unwrap();
        prop_assert!(Scopes::from_iter([scope.clone()]).covers(&v2));
        prop_assert!(Scopes::from_iter([v2]).covers(&scope));
    }

    #[test]
    fn coverage_is_transitive(a in smart(), b in smart(), c in smart()) {
        let [a, b, c] = [a, b, c].map(|text| Scope::parse(&text).unwrap());
        let covers = |granted: &Scope, need: &Scope| Scopes::from_iter([granted.clone()]).covers(need);
        if covers(&a, &b) && covers(&b, &c) {
            prop_assert!(covers(&a, &c), "{} {} {}", a, b, c);
        }
    }

    #[test]
    fn requested_is_split_into_covered_and_missing(requested in proptest::collection::btree_set(smart(), 0..6), granted in proptest::collection::vec(smart(), 0..6)) {
        let requested = Scopes::parse(&requested.into_iter().collect::<Vec<_>>().join(" ")).unwrap();
        let granted = Scopes::read(&granted.join(" "));
        let comparison = requested.compare(&granted);
        prop_assert_eq!(comparison.covered.len() + comparison.missing.len(), requested.as_slice().len());
        prop_assert!(comparison.missing.iter().all(|missing| !missing.lacking.is_empty()));
        prop_assert!(comparison.extra.iter().all(|extra| !requested.covers(extra)));
    }
}
