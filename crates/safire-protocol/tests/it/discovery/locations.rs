use safire_protocol::discovery::locations;
use safire_protocol::url::FhirBase;
use safire_protocol::url::LoopbackHttp;

fn urls(base: &str) -> Vec<String> {
    let base = FhirBase::parse(base, LoopbackHttp::Refused).unwrap();
    locations(&base).into_iter().map(|location| location.url.to_string()).collect()
}

#[test]
fn tc_040_a_trailing_slash_makes_no_difference() {
    assert_eq!(urls("https://fhir.example.com/r4"), urls("https://fhir.example.com/r4/"));
    assert_eq!(urls("https://fhir.example.com"), urls("https://fhir.example.com/"));
    assert_eq!(
        urls("https://fhir.example.com")[0],
        "https://fhir.example.com/.well-known/smart-configuration"
    );
}

#[test]
fn m_02_two_trailing_slashes_leave_none() {
    assert_eq!(urls("https://fhir.example.com/r4//"), urls("https://fhir.example.com/r4"));
}

#[test]
fn the_order_is_smart_then_its_stand_ins() {
    assert_eq!(
        urls("https://www.ehr.example.com/apis/fhir"),
        [
            "https://www.ehr.example.com/apis/fhir/.well-known/smart-configuration",
            "https://www.ehr.example.com/apis/fhir/.well-known/openid-configuration",
            "https://www.ehr.example.com/apis/fhir/.well-known/oauth-authorization-server",
            "https://www.ehr.example.com/.well-known/oauth-authorization-server/apis/fhir",
            "https://www.ehr.example.com/apis/fhir/metadata",
        ]
    );
}

#[test]
fn letter_case_of_the_path_and_the_port_are_kept() {
    assert_eq!(
        urls("https://FHIR.example.com:8443/FHIRProxy")[0],
        "https://fhir.example.com:8443/FHIRProxy/.well-known/smart-configuration"
    );
}

#[test]
fn m_03_the_request_is_a_plain_get_for_json() {
    let base = FhirBase::parse("https://fhir.example.com/r4", LoopbackHttp::Refused).unwrap();
    let locations = locations(&base);
    let request = locations[0].request();
    assert_eq!(request.method(), http::Method::GET);
    assert_eq!(request.uri(), "https://fhir.example.com/r4/.well-known/smart-configuration");
    assert_eq!(request.headers().len(), 1);
    assert_eq!(request.headers()["accept"], "application/json");
    assert!(request.body().is_empty());
    assert_eq!(locations[4].request().headers()["accept"], "application/fhir+json, application/json");
}
