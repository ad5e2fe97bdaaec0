use std::fmt;

use safire_jose::Algorithm;
use serde_json::Map;
use serde_json::Value;

use super::times::Times;
use crate::deviation::Deviation;
use crate::deviation::Severity;
use crate::time::UnixTime;
use crate::token::FhirUser;

/// An id token that holds: signed by the issuer, for this client, in its time.
///
/// What it says of a person is not printed by `Debug`.
#[derive(Clone)]
pub struct ValidIdToken {
    algorithm: Algorithm,
    claims: Map<String, Value>,
    times: Times,
    fhir_user: Option<FhirUser>,
    deviations: Vec<Deviation>,
}

impl ValidIdToken {
    pub(super) fn new(
        algorithm: Algorithm,
        claims: Map<String, Value>,
        times: Times,
        mut deviations: Vec<Deviation>,
    ) -> Self {
        let fhir_user = fhir_user(&claims, &mut deviations);
        Self { algorithm, claims, times, fhir_user, deviations }
    }

    /// `iss`, the issuer that was expected.
    #[must_use]
    pub fn issuer(&self) -> &str {
        self.text("iss")
    }

    /// `sub`: the user, unique at this issuer.
    #[must_use]
    pub fn subject(&self) -> &str {
        self.text("sub")
    }

    /// The user as a FHIR resource: `fhirUser`, or what SMART 1 had in `profile`.
    #[must_use]
    pub const fn fhir_user(&self) -> Option<&FhirUser> {
        self.fhir_user.as_ref()
    }

    /// When the token expires. It says nothing of the session.
    #[must_use]
    pub const fn expires_at(&self) -> Option<UnixTime> {
        self.times.expires_at
    }

    /// When the token was issued.
    #[must_use]
    pub const fn issued_at(&self) -> Option<UnixTime> {
        self.times.issued_at
    }

    /// What it is signed with.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Every claim as it came.
    #[must_use]
    pub const fn claims(&self) -> &Map<String, Value> {
        &self.claims
    }

    /// What departs from the specifications and was taken all the same.
    #[must_use]
    pub fn deviations(&self) -> &[Deviation] {
        &self.deviations
    }

    fn text(&self, claim: &str) -> &str {
        self.claims.get(claim).and_then(Value::as_str).unwrap_or_default()
    }
}

impl fmt::Debug for ValidIdToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.claims.keys().map(String::as_str).collect();
        f.debug_struct("ValidIdToken")
            .field("issuer", &self.issuer())
            .field("algorithm", &self.algorithm)
            .field("expires_at", &self.times.expires_at)
            .field("claims", &names)
            .field("deviations", &self.deviations)
            .finish_non_exhaustive()
    }
}

/// `fhirUser` of SMART 2; else `profile` of SMART 1, where it is a reference and not somebody's web page.
fn fhir_user(claims: &Map<String, Value>, deviations: &mut Vec<Deviation>) -> Option<FhirUser> {
    let mut tell = |code, severity, member: &str, detail: &str| {
        deviations.push(Deviation::new(code, severity, SECTION, detail).of_member(member));
    };
    if let Some(value) = claims.get("fhirUser") {
        let user = value.as_str().and_then(FhirUser::parse);
        if user.is_none() {
            let detail = "`fhirUser` is not a reference such as `Practitioner/123`, relative or absolute";
            tell("id-token-fhir-user", Severity::Warning, "fhirUser", detail);
        }
        return user;
    }
    let user = claims.get("profile").and_then(Value::as_str).and_then(FhirUser::parse)?;
    if !PERSONS.contains(&user.resource_type()) {
        return None;
    }
    let detail = "the user's resource stands in `profile`, as SMART 1 had it, not in `fhirUser`";
    tell("id-token-profile-for-fhir-user", Severity::Info, "profile", detail);
    Some(user)
}

const SECTION: &str = "SMART App Launch 2.2, Scopes for requesting identity data";
const PERSONS: [&str; 5] = ["Patient", "Practitioner", "PractitionerRole", "RelatedPerson", "Person"];
