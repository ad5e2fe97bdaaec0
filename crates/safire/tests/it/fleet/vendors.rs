//! Whose software a server seems to be.

use safire::fleet::vendor;
use safire::protocol::url::FhirBase;
use safire::protocol::url::LoopbackHttp;

#[test]
fn vendors_are_guessed_by_what_their_urls_look_like() {
    for (base, guess) in [
        ("https://fhir.example.org/interconnect-prd-oauth/api/FHIR/R4/", Some("epic")),
        ("https://fhir-myrecord.cerner.com/r4/0b8a0111-e8e6-4c26-a91c-5069cbc6b1ca", Some("oracle-health")),
        ("https://fhir4.healow.com/fhir/r4/ABCDEF", Some("eclinicalworks")),
        ("https://api.platform.athenahealth.com/fhir/r4", Some("athenahealth")),
        ("https://fhir.hospital.example.org:443/v1/uscore/STU3", Some("meditech")),
        ("https://fhir.allscriptscloud.com/R4/open-Sample", Some("veradigm")),
        ("https://idp.example.org/realms/fhir", Some("keycloak")),
        ("https://emr.example.org/apis/default/fhir", Some("openemr")),
        ("https://fhir.example.org/r4", None),
    ] {
        let base = FhirBase::parse(base, LoopbackHttp::Refused).unwrap();
        assert_eq!(vendor(&base, None), guess, "{base}");
    }
}
