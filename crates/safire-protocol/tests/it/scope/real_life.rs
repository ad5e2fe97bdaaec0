//! Values seen in discovery documents and token answers of live servers.

use safire_protocol::scope::ScopeKind;
use safire_protocol::scope::ScopeSyntax;
use safire_protocol::scope::Scopes;

use super::covers;
use super::is_other;
use super::scope;

#[test]
fn vendor_scopes_are_kept_as_other() {
    for text in [
        "iops-ccda/ccda-documents.*",
        "epic.scanning.dmsusername",
        "IdentityScope",
        "nlp",
        "system/ChargeItem.create",
        "system/ChargeItem.update",
    ] {
        assert!(is_other(text), "{text}");
        assert!(covers(text, text), "{text}");
    }
}

#[test]
fn a_vendor_verb_does_not_stand_for_letters() {
    assert!(!covers("system/ChargeItem.create", "system/ChargeItem.c"));
    assert!(!covers("system/ChargeItem.update", "system/ChargeItem.u"));
}

#[test]
fn a_narrowed_scope_with_a_url_and_a_bar_is_one_v2_scope() {
    let text = "patient/Observation.rs?category=http://terminology.hl7.org/CodeSystem/observation-category|laboratory";
    let kind = scope(text).kind().clone();
    let ScopeKind::Resource(resource) = kind else { panic!("{kind:?}") };
    assert_eq!(resource.syntax, ScopeSyntax::V2);
    assert_eq!(resource.narrowing.parameters()[0].1.split('|').nth(1), Some("laboratory"));
}

#[test]
fn epic_answers_the_same_permission_in_two_cases() {
    let granted = "patient/Immunization.Read patient/Immunization.read";
    assert_eq!(Scopes::read(granted).to_string(), granted);
    assert!(covers("patient/Immunization.Read", "patient/Immunization.rs"));
}

#[test]
fn both_syntaxes_of_one_resource_stand_together() {
    let granted = "patient/Patient.read patient/Patient.rs";
    assert!(covers(granted, "patient/Patient.r") && covers(granted, "patient/Patient.read"));
}

#[test]
fn a_list_of_several_hundred_entries_round_trips() {
    let list: Vec<String> = (0..600)
        .map(|index| match index % 3 {
            0 => format!("patient/Type{index}.rs"),
            1 => format!("user/Type{index}.read"),
            _ => format!("vendor.{index}"),
        })
        .collect();
    let text = list.join(" ");
    let scopes = Scopes::parse(&text).unwrap();
    assert_eq!(scopes.to_string(), text);
    assert!(scopes.compare(&scopes).is_complete());
}
