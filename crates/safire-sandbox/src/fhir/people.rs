//! Invented people.

/// A patient.
#[derive(Debug)]
pub(super) struct Person {
    pub(super) id: &'static str,
    pub(super) family: &'static str,
    pub(super) given: &'static str,
    pub(super) gender: &'static str,
    pub(super) birth_date: &'static str,
    pub(super) encounter: &'static str,
    pub(super) weight: f64,
    pub(super) glucose: f64,
}

/// Ids and names.
pub(crate) fn patients() -> impl Iterator<Item = (&'static str, String)> {
    PATIENTS.iter().map(|one| (one.id, format!("{} {}, born {}", one.given, one.family, one.birth_date)))
}

/// The encounter of a patient, of which there is one.
pub(crate) fn encounter_of(patient: &str) -> Option<&'static str> {
    PATIENTS.iter().find(|one| one.id == patient).map(|one| one.encounter)
}

pub(super) const PATIENTS: [Person; 4] = [
    Person {
        id: "example",
        family: "Example",
        given: "Alex",
        gender: "other",
        birth_date: "1980-01-01",
        encounter: "visit-1",
        weight: 72.5,
        glucose: 5.1,
    },
    Person {
        id: "second",
        family: "Second",
        given: "Billie",
        gender: "female",
        birth_date: "1953-07-14",
        encounter: "visit-2",
        weight: 64.0,
        glucose: 6.3,
    },
    // The name holds what a page must escape.
    Person {
        id: "third",
        family: "O'Neill & Søn <jr>",
        given: "Casey",
        gender: "male",
        birth_date: "2019-11-30",
        encounter: "visit-3",
        weight: 21.4,
        glucose: 4.7,
    },
    Person {
        id: "fourth",
        family: "Fourth",
        given: "Dana",
        gender: "unknown",
        birth_date: "1996-02-29",
        encounter: "visit-4",
        weight: 80.2,
        glucose: 5.6,
    },
];
