//! TEFCA: one registration, one certificate and one purpose of use for each exchange purpose.

use safire_protocol::credentials::AuthorizationExtensions;
use safire_protocol::credentials::CertificateProfile;
use safire_protocol::credentials::Credentials;
use safire_protocol::fault::Diagnose;
use safire_protocol::identifier::ClientId;
use safire_protocol::token::Grant;
use safire_protocol::token::TokenRequest;
use safire_protocol::udap::B2bAuthorization;
use safire_protocol::udap::ExchangePurpose;
use safire_protocol::udap::IdentityError;
use safire_protocol::udap::TefcaIas;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;
use url::Url;

use super::BASE;
use super::NOW;
use super::identity;
use super::metadata as server;
use super::world::World;
use super::world::object;
use super::world::parts;

fn resource(kind: &str) -> Map<String, Value> {
    object(json!({"resourceType": kind, "name": [{"family": "Planted-Patient"}]}))
}

fn individual() -> TefcaIas {
    TefcaIas::new(
        resource("RelatedPerson"),
        resource("Patient"),
        ["urn:oid:2.16.840.1.113883.3.7204.1.1.1.1.2.1"],
    )
}

fn extensions(purposes: &[&str]) -> AuthorizationExtensions {
    let b2b = B2bAuthorization::new("https://org.example.com", purposes.iter().copied());
    AuthorizationExtensions::new().with_b2b(&b2b).unwrap()
}

fn credentials(
    client_uri: &str,
    extensions: AuthorizationExtensions,
) -> Result<CertificateProfile, IdentityError> {
    let world = World::new(BASE);
    let client_id = ClientId::parse("abc").unwrap();
    identity(&world, client_uri, &world.client_key).credentials(client_id, &server(&world), None, extensions)
}

fn ask(profile: CertificateProfile) -> Result<Value, String> {
    let endpoint = Url::parse("https://fhir.example.com/token").unwrap();
    let grant = Grant::ClientCredentials { scope: Some("system/*.rs".to_owned()) };
    let step = TokenRequest::new(endpoint, grant, Credentials::UdapCertificate(Box::new(profile))).unwrap();
    let input = step.assertion(NOW, "j").map_err(|error| error.code().to_owned())?.unwrap();
    Ok(parts(std::str::from_utf8(input.as_bytes()).unwrap()).1)
}

const TREAT: &str = "https://app.example.org/fhir#T-TREAT";
const IAS: &str = "https://app.example.org/fhir#T-IAS";

#[test]
fn t25_ii_the_purpose_of_use_is_the_one_in_the_client_uri_and_alone() {
    for good in ["T-TREAT", "urn:oid:2.16.840.1.113883.3.7204.1.5.2.1#T-TREAT"] {
        assert!(credentials(TREAT, extensions(&[good])).is_ok(), "{good}");
    }
    for bad in [&["T-IAS"][..], &["T-TREAT", "T-IAS"], &["T-TREAT", "T-TREAT"], &["TREAT"], &["#T-TREAT"]] {
        let error = credentials(TREAT, extensions(bad)).unwrap_err();
        assert_eq!(error.code(), "exchange-purpose-differs", "{bad:?}");
        assert!(error.hint().is_some());
    }
    assert!(
        credentials("https://app.example.org/fhir", extensions(&["ANY", "OTHER"])).is_ok(),
        "no TEFCA client"
    );
}

#[test]
fn individual_access_needs_tefca_ias_with_client_credentials() {
    let without = credentials(IAS, extensions(&["T-IAS"])).unwrap();
    assert_eq!(ask(without).unwrap_err(), "authorization-extension-missing");
    let with = credentials(IAS, extensions(&["T-IAS"]).with_tefca_ias(&individual()).unwrap()).unwrap();
    let claims = ask(with).unwrap();
    assert_eq!(claims["extensions"]["tefca_ias"]["version"], "1");
    assert_eq!(claims["extensions"]["tefca_ias"]["patient_information"]["resourceType"], "Patient");
    let treatment = credentials(TREAT, extensions(&["T-TREAT"])).unwrap();
    assert!(ask(treatment).is_ok(), "other purposes need none");
}

#[test]
fn each_member_of_tefca_ias_is_checked_and_never_shown() {
    let policy = ["urn:oid:1.2"];
    for (bad, member) in [
        (TefcaIas::new(resource("Patient"), resource("Patient"), policy), "user_information"),
        (TefcaIas::new(Map::new(), resource("Patient"), policy), "user_information"),
        (TefcaIas::new(resource("RelatedPerson"), resource("Person"), policy), "patient_information"),
        (
            TefcaIas::new(resource("RelatedPerson"), resource("Patient"), Vec::<String>::new()),
            "consent_policy",
        ),
        (TefcaIas::new(resource("RelatedPerson"), resource("Patient"), ["no uri"]), "consent_policy"),
        (individual().consent_reference(["Consent/1"]), "consent_reference"),
        (individual().id_token(" "), "id_token"),
        (individual().ial_vetted(""), "ial_vetted"),
    ] {
        let error = AuthorizationExtensions::new().with_tefca_ias(&bad).unwrap_err();
        assert_eq!((error.extension, error.member), ("tefca_ias", member));
    }
    let good = individual().id_token("planted-token").consent_reference(["https://h.example/Consent/1"]);
    let extensions = AuthorizationExtensions::new().with_tefca_ias(&good).unwrap();
    assert_eq!(extensions.object("tefca_ias").unwrap()["id_token"], "planted-token");
    let shown = format!("{good:?} {extensions:?} {:?}", credentials(IAS, extensions.clone()).unwrap());
    assert!(!shown.to_lowercase().contains("planted"), "{shown}");
}

#[test]
fn an_exchange_purpose_has_its_form() {
    for code in ["T-TREAT", "T-HCO-CC", "T-PH-ECR2"] {
        assert_eq!(ExchangePurpose::parse(code).unwrap().as_str(), code);
    }
    for bad in ["", "T-", "TREAT", "t-treat", "T-treat", "T-TREAT ", "SAN1", "T--X"] {
        assert!(ExchangePurpose::parse(bad).is_err(), "{bad}");
    }
    let uri = ExchangePurpose::parse("T-IAS").unwrap().to_uri();
    assert_eq!(uri, "urn:oid:2.16.840.1.113883.3.7204.1.5.2.1#T-IAS");
}
