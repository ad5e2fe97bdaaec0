//! What each scope is, and that its text is kept.

use safire_protocol::scope::Interactions;
use safire_protocol::scope::Level;
use safire_protocol::scope::Resource;
use safire_protocol::scope::ScopeKind;
use safire_protocol::scope::ScopeSyntax;

use super::is_other;
use super::scope;

#[test]
fn a_v2_scope_has_level_type_interactions_and_search_parameters() {
    let text = "patient/Observation.rs?category=http://terminology.hl7.org/CodeSystem/observation-category|laboratory&status=final";
    let read = scope(text);
    let resource = read.as_resource().unwrap();
    assert_eq!((resource.level, resource.syntax), (Level::Patient, ScopeSyntax::V2));
    assert_eq!(resource.resource, Resource::Type("Observation".to_owned()));
    assert_eq!(resource.interactions, Interactions::READ.union(Interactions::SEARCH));
    let names: Vec<_> = resource.narrowing.parameters().iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["category", "status"]);
    assert_eq!((read.to_string(), resource.to_string()), (text.to_owned(), text.to_owned()));
}

#[test]
fn v1_permissions_mean_rs_cud_and_cruds() {
    for (text, v2) in [
        ("patient/Observation.read", "patient/Observation.rs"),
        ("user/*.write", "user/*.cud"),
        ("system/*.*", "system/*.cruds"),
    ] {
        let read = scope(text);
        let resource = read.as_resource().unwrap();
        assert_eq!((read.as_str(), resource.to_string().as_str()), (text, v2));
        assert_eq!(resource.syntax, ScopeSyntax::V1);
    }
}

#[test]
fn every_in_order_subset_of_cruds_is_read_and_printed() {
    for bits in 1..32_u8 {
        let suffix: String =
            "cruds".chars().enumerate().filter(|(place, _)| bits >> place & 1 == 1).map(|(_, c)| c).collect();
        assert_eq!(Interactions::parse(&suffix).unwrap().to_string(), suffix);
    }
}

#[test]
fn letters_out_of_order_doubled_or_unknown_are_no_smart_scope() {
    for suffix in ["dus", "sr", "rr", "rsx", "", "RS", "create", "update", "ALL"] {
        assert!(is_other(&format!("patient/Observation.{suffix}")), "{suffix:?}");
    }
}

#[test]
fn level_and_type_are_held_to_the_letter() {
    for text in [
        "Patient/Observation.rs",
        "patient/observation.rs",
        "patient/.rs",
        "patient/*Observation.rs",
        "patient/Obser-vation.rs",
        "patients/Observation.rs",
        "patient/Observation",
        "patient/",
        "/Observation.rs",
    ] {
        assert!(is_other(text), "{text}");
    }
}

#[test]
fn search_parameters_have_a_name_and_a_value() {
    for query in ["", "category", "category=", "=a", "a=b&", "a=b&&c=d"] {
        assert!(is_other(&format!("patient/Observation.rs?{query}")), "{query:?}");
    }
}

#[test]
fn contexts_and_identity_are_known() {
    let context = |context: &str, role: Option<&str>| ScopeKind::LaunchContext {
        context: context.to_owned(),
        role: role.map(str::to_owned),
    };
    for (text, kind) in [
        ("launch", ScopeKind::Launch),
        ("launch/patient", context("patient", None)),
        ("launch/encounter", context("encounter", None)),
        ("launch/relatedperson?role=friend", context("relatedperson", Some("friend"))),
        (
            "launch/list?role=https://example.org/roles/med-list",
            context("list", Some("https://example.org/roles/med-list")),
        ),
        ("openid", ScopeKind::OpenId),
        ("fhirUser", ScopeKind::FhirUser),
        ("profile", ScopeKind::Profile),
        ("offline_access", ScopeKind::OfflineAccess),
        ("online_access", ScopeKind::OnlineAccess),
    ] {
        assert_eq!((scope(text).kind(), scope(text).as_str()), (&kind, text));
    }
    for text in ["launch/", "launch/patient?role=", "launch/patient?x=y", "Launch", "OpenID", "fhiruser"] {
        assert!(is_other(text), "{text}");
    }
}
