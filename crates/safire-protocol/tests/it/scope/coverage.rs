//! Does a grant cover a need: the table of SMART 2.2, Wildcard scopes, and both syntaxes.

use super::covers;

#[test]
fn the_specification_s_table_for_allergies() {
    let need = "patient/AllergyIntolerance.cruds";
    assert!(covers("patient/AllergyIntolerance.cruds", need));
    assert!(covers("patient/AllergyIntolerance.rs patient/AllergyIntolerance.cud", need));
    assert!(!covers("patient/AllergyIntolerance.rs", need));
    assert!(!covers("patient/AllergyIntolerance.cud", need));
    assert!(!covers("patient/*.rs", need));
    assert!(covers("patient/*.cruds", need));
    assert!(!covers("patient/Observation.rs", need));
    assert!(!covers("", need));
}

#[test]
fn v1_read_is_rs_and_write_is_cud() {
    for (granted, need, expected) in [
        ("patient/Observation.read", "patient/Observation.rs", true),
        ("patient/Observation.rs", "patient/Observation.read", true),
        ("patient/Observation.r", "patient/Observation.read", false),
        ("patient/Observation.read", "patient/Observation.c", false),
        ("patient/Observation.write", "patient/Observation.cud", true),
        ("patient/Observation.write", "patient/Observation.r", false),
        ("patient/Observation.*", "patient/Observation.cruds", true),
        ("patient/Observation.read patient/Observation.write", "patient/Observation.*", true),
        ("patient/Observation.cruds", "patient/Observation.*", true),
        ("patient/Observation.cru", "patient/Observation.*", false),
    ] {
        assert_eq!(covers(granted, need), expected, "{granted} for {need}");
    }
}

#[test]
fn observation_rs_is_r_and_s() {
    assert!(covers("patient/Observation.r patient/Observation.s", "patient/Observation.rs"));
}

#[test]
fn one_type_never_covers_every_type() {
    assert!(covers("user/*.read", "user/Patient.rs"));
    assert!(!covers("user/Patient.rs user/Observation.rs", "user/*.rs"));
}

#[test]
fn the_levels_stand_apart() {
    for granted in ["patient", "user", "system"] {
        for need in ["patient", "user", "system"] {
            let covered = covers(&format!("{granted}/*.cruds"), &format!("{need}/Patient.r"));
            assert_eq!(covered, granted == need, "{granted} for {need}");
        }
    }
}

#[test]
fn contexts_identity_and_vendor_scopes_are_covered_by_themselves_only() {
    for text in
        ["launch", "launch/patient", "launch/list?role=a", "openid", "fhirUser", "offline_access", "vendor.x"]
    {
        assert!(covers(&format!("patient/*.cruds {text}"), text), "{text}");
        assert!(!covers("patient/*.cruds user/*.cruds system/*.cruds", text), "{text}");
    }
    assert!(!covers("launch/patient", "launch"));
    assert!(!covers("launch", "launch/patient"));
    assert!(!covers("launch/list", "launch/list?role=a"));
    assert!(!covers("profile", "fhirUser"));
}
