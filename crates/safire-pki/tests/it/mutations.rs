use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::cases;
use crate::cases::Case;
use crate::openssl;
use crate::twin::Twin;
use crate::verdict::verdict;

fn refused_or_not(cases: &[Case]) {
    let is_signed_by_openssl = |case: &Case| case.name.contains("rsa-1024") || case.name.contains("sha-1");
    let left_out = cases.iter().any(is_signed_by_openssl)
        && !openssl::is_here("mutations of the twins that only OpenSSL is willing to sign");
    let mut wrong = Vec::new();
    for make in [Twin::surefhir, Twin::emrdirect] {
        for case in cases.iter().filter(|case| !(left_out && is_signed_by_openssl(case))) {
            let mut twin = make();
            (case.change)(&mut twin);
            let came = verdict(&twin, &twin.issue());
            let as_expected = match (&came, case.refused) {
                (Some((code, message)), Some((expected, says))) => code == expected && message.contains(says),
                (None, None) => true,
                _ => false,
            };
            if !as_expected {
                wrong.push(format!("{}/{}: expected {:?}, got {came:?}", twin.name, case.name, case.refused));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn paths_with_a_flaw_are_refused_with_its_reason() {
    refused_or_not(&cases::path_mutations());
}

#[test]
fn revocation_with_a_flaw_is_refused_with_its_reason() {
    refused_or_not(&cases::list_mutations());
}

#[test]
fn td_15_names_elsewhere_than_in_a_uri_entry_are_refused() {
    refused_or_not(&cases::name_mutations());
}

#[test]
fn harmless_changes_are_accepted() {
    refused_or_not(&cases::harmless());
}

#[test]
fn there_are_enough_mutations_and_no_name_twice() {
    let all = [cases::path_mutations(), cases::list_mutations(), cases::name_mutations()];
    let names: Vec<_> = all.iter().flatten().map(|case| case.name).collect();
    assert!(names.len() > 50, "{}", names.len());
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
}

/// The reason without the fingerprints, which differ for every certificate.
fn without_fingerprints(message: &str) -> String {
    let is_fingerprint = |word: &str| word.len() == 8 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    message.split(['(', ')']).filter(|word| !is_fingerprint(word)).collect()
}

#[test]
fn each_refusal_has_a_reason_of_its_own() {
    if !openssl::is_here("the comparison of the reasons of all mutations") {
        return;
    }
    for make in [Twin::surefhir, Twin::emrdirect] {
        let (mut said, mut twice) = (BTreeMap::new(), Vec::new());
        for case in
            [cases::path_mutations(), cases::list_mutations(), cases::name_mutations()].iter().flatten()
        {
            let mut twin = make();
            (case.change)(&mut twin);
            let (code, message) = verdict(&twin, &twin.issue()).unwrap();
            if let Some(other) = said.insert((code, without_fingerprints(&message)), case.name) {
                twice.push((other, case.name));
            }
        }
        // No key usage at all and one without `cRLSign` come to the same for a list.
        assert_eq!(twice, [("anchor-without-crlsign", "anchor-without-key-usage")]);
    }
}

#[test]
fn td_16_a_uri_name_with_a_comma_is_compared_whole() {
    let mut twin = Twin::surefhir();
    twin.base = "https://fhirlabs.net/fhir/r4,5";
    twin.leaf.subject_alt_names = vec![crate::twin::uri(twin.base)];
    assert_eq!(verdict(&twin, &twin.issue()), None);
}
