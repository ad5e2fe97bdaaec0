//! Registration and modification: the request, the answer, what became of it.

use http::Response;
use safire_protocol::fault::Diagnose;
use safire_protocol::fault::Fault;
use safire_protocol::identifier::ClientId;
use safire_protocol::jose::Algorithm;
use safire_protocol::jose::PrivateKey;
use safire_protocol::registration::ClientMetadata;
use safire_protocol::secret::ClientAssertion;
use safire_protocol::udap::Certifications;
use safire_protocol::udap::RegistrationOutcome;
use safire_protocol::udap::UdapClientMetadata;
use safire_protocol::udap::UdapError;
use safire_protocol::udap::UdapMetadata;
use safire_protocol::udap::UdapRegistrationError;
use safire_protocol::udap::UdapRegistrationRequest;
use safire_protocol::url::UrlPolicy;
use serde_json::Value;
use serde_json::json;

use super::BASE;
use super::NOW;
use super::answer;
use super::base_of;
use super::client_metadata::backend;
use super::discover;
use super::identity;
use super::metadata as server;
use super::world::CLIENT;
use super::world::World;
use super::world::parts;

pub(super) fn client_metadata() -> UdapClientMetadata {
    UdapClientMetadata::register(&ClientMetadata::from_json(backend()).unwrap(), &UrlPolicy::default())
        .unwrap()
}

pub(super) fn step_with(
    world: &World,
    server: &UdapMetadata,
    metadata: UdapClientMetadata,
    certifications: Certifications,
) -> Result<UdapRegistrationRequest, UdapError> {
    let identity = identity(world, CLIENT, &world.client_key);
    let policy = UrlPolicy::default();
    UdapRegistrationRequest::new(&base_of(BASE), server, &policy, (&identity, metadata), certifications, None)
}

pub(super) fn step(world: &World) -> UdapRegistrationRequest {
    step_with(world, &server(world), client_metadata(), Certifications::none()).unwrap()
}

pub(super) fn statement(world: &World, step: &UdapRegistrationRequest, jti: &str) -> ClientAssertion {
    let input = step.statement(NOW, jti).unwrap();
    let signature = world.client_key.sign(step.algorithm(), input.as_bytes()).unwrap();
    step.signed(input, &signature).unwrap()
}

fn accept(
    step: &UdapRegistrationRequest,
    status: u16,
    body: &Value,
) -> Result<RegistrationOutcome, UdapRegistrationError> {
    step.accept(&answer(status, body.to_string()), &ClientAssertion::new("planted-statement"), NOW)
}

pub(super) fn granted(client_id: &str) -> Value {
    let mut members = client_metadata().claims().clone();
    members.insert("client_id".to_owned(), json!(client_id));
    Value::Object(members)
}

fn id(text: &str) -> ClientId {
    ClientId::parse(text).unwrap()
}

#[test]
fn n_02_structure_alone_does_not_keep_from_registering() {
    let world = World::new(BASE);
    for (member, value) in [
        ("udap_versions_supported", Some(json!(["1", "2"]))),
        ("udap_authorization_extensions_supported", None),
        ("token_endpoint_auth_methods_supported", Some(json!("private_key_jwt"))),
    ] {
        let mut document = world.document();
        match value {
            Some(value) => document.insert(member.to_owned(), value),
            None => document.shift_remove(member),
        };
        let found = discover(&document, &world.community()).unwrap();
        assert!(found.structure.iter().any(|told| told.member.as_deref() == Some(member)), "{member}");
        assert!(step_with(&world, &found, client_metadata(), Certifications::none()).is_ok(), "{member}");
    }
}

#[test]
fn n_03_tc_139_without_the_registration_profile_nothing_is_built() {
    let world = World::new(BASE);
    let mut document = world.document();
    document.insert("udap_profiles_supported".to_owned(), json!(["udap_authn", "udap_authz", "udap_to"]));
    let found = discover(&document, &world.community()).unwrap();
    let error = step_with(&world, &found, client_metadata(), Certifications::none()).unwrap_err();
    assert!(matches!(error, UdapError::Discovery(_)), "{error}");
    assert_eq!((error.code(), error.fault()), ("udap-not-offered", Fault::Server));
    assert!(error.to_string().contains("udap_dcr") && error.hint().is_some());
}

#[test]
fn n_04_tc_139_without_rs256_nothing_is_built_whatever_the_client_signs() {
    let world = World::new(BASE);
    let mut document = world.document();
    document.insert("registration_endpoint_jwt_signing_alg_values_supported".to_owned(), json!(["ES384"]));
    let found = discover(&document, &world.community()).unwrap();
    let error = step_with(&world, &found, client_metadata(), Certifications::none()).unwrap_err();
    assert_eq!(error.code(), "udap-not-offered");
    assert!(error.to_string().contains("RS256"), "{error}");
}

#[test]
fn w_06_tc_138_the_registration_endpoint_is_https() {
    let world = World::new(BASE);
    for (url, is_good) in [
        ("http://fhir.example.com/register", false),
        ("http://127.0.0.1/register", false),
        ("https://a.example/r", true),
    ] {
        let mut found = server(&world);
        let mut profile = (*found.profile).clone();
        profile.registration_endpoint = Some(url.to_owned());
        found.profile = std::sync::Arc::new(profile);
        let outcome = step_with(&world, &found, client_metadata(), Certifications::none());
        assert_eq!(outcome.is_ok(), is_good, "{url}");
        if let Err(error) = outcome {
            assert_eq!(error.code(), "endpoint-refused");
        }
    }
}

#[test]
fn n_07_n_08_tc_139_the_body_has_three_members_at_most_and_goes_to_the_signed_endpoint() {
    let world = World::new(BASE);
    let step = step(&world);
    let statement = statement(&world, &step, "j");
    let request = step.request(&statement);
    assert_eq!(
        (request.method().as_str(), request.uri().to_string().as_str()),
        ("POST", "https://fhir.example.com/register")
    );
    assert_eq!(request.headers()["content-type"], "application/json");
    assert!(!request.headers().contains_key("authorization"));
    let body: Value = serde_json::from_slice(request.body()).unwrap();
    assert_eq!(body, json!({"software_statement": statement.expose_secret(), "udap": "1"}));
    assert_eq!(parts(statement.expose_secret()).1["aud"], "https://fhir.example.com/register");
}

#[test]
fn n_08_w_03_the_audience_is_the_signed_endpoint_byte_for_byte() {
    let world = World::new(BASE);
    let mut claims = world.claims();
    let signed = "https://FHIR.example.com:443/register/";
    claims.insert("registration_endpoint".to_owned(), json!(signed));
    let found = discover(&world.document_with(world.signed(&claims)), &world.community()).unwrap();
    let step = step_with(&world, &found, client_metadata(), Certifications::none()).unwrap();
    assert_eq!(parts(statement(&world, &step, "j").expose_secret()).1["aud"], signed);
    assert_eq!(step.endpoint().as_str(), "https://fhir.example.com/register/");
}

#[test]
fn n_09_tc_139_201_is_a_new_registration() {
    let world = World::new(BASE);
    let outcome = accept(&step(&world), 201, &granted("abc")).unwrap();
    let RegistrationOutcome::Registered(registration) = &outcome else { panic!("{outcome:?}") };
    assert_eq!(registration.client_id().as_str(), "abc");
    assert_eq!(registration.requested()["client_name"], "Acme B2B App");
    assert!(outcome.usable().is_some());
}

#[test]
fn n_09_tc_139_another_success_is_an_error_with_its_status() {
    let world = World::new(BASE);
    for status in [202, 203, 206] {
        let error = accept(&step(&world), status, &granted("abc")).unwrap_err();
        assert_eq!(error.code(), "udap-registration-status");
        assert_eq!(error.server_answer().unwrap().status, status);
        assert!(!error.is_definite_refusal() && error.hint().is_some());
    }
}

#[test]
fn n_12_tc_139_200_modifies_what_is_registered() {
    let world = World::new(BASE);
    for step in [step(&world), step(&world).of_client(Some(id("abc")))] {
        assert!(matches!(accept(&step, 200, &granted("abc")), Ok(RegistrationOutcome::Modified(_))));
    }
    let same = step(&world).of_client(Some(id("abc")));
    assert!(matches!(accept(&same, 201, &granted("abc")), Ok(RegistrationOutcome::Modified(_))));
}

#[test]
fn n_12_t25_v_another_client_id_replaces_the_old_one() {
    let world = World::new(BASE);
    for status in [200, 201] {
        let outcome = accept(&step(&world).of_client(Some(id("old"))), status, &granted("new")).unwrap();
        let RegistrationOutcome::Replaced { registration, previous } = &outcome else {
            panic!("{outcome:?}")
        };
        assert_eq!((registration.client_id().as_str(), previous.as_str()), ("new", "old"));
        assert_eq!(outcome.usable().unwrap().client_id().as_str(), "new");
    }
}

#[test]
fn n_10_tc_139_an_answer_without_a_usable_client_id_is_an_error() {
    let world = World::new(BASE);
    for (body, code) in [
        (json!({}), "registration-without-client-id"),
        (json!({"client_id": ""}), "registration-client-id-unusable"),
        (json!({"client_id": ["a"]}), "registration-client-id-unusable"),
    ] {
        assert_eq!(accept(&step(&world), 201, &body).unwrap_err().code(), code);
    }
}

#[test]
fn n_11_td_22_empty_grants_are_a_cancellation_even_after_a_registration() {
    let world = World::new(BASE);
    let outcome = accept(&step(&world), 200, &json!({"client_id": "abc", "grant_types": []})).unwrap();
    assert!(matches!(outcome, RegistrationOutcome::Cancelled(_)), "{outcome:?}");
    assert!(outcome.usable().is_none());
}

#[test]
fn n_16_tc_139_a_refusal_has_status_code_and_a_hint_of_certificates() {
    let world = World::new(BASE);
    let body =
        json!({"error": "invalid_software_statement", "error_description": "no trust in planted-statement"});
    let error = accept(&step(&world), 400, &body).unwrap_err();
    let answer = error.server_answer().unwrap();
    assert_eq!((answer.status, answer.error.as_deref()), (400, Some("invalid_software_statement")));
    assert!(error.is_definite_refusal());
    assert!(error.hint().unwrap().contains("certificate"), "{:?}", error.hint());
    assert!(!error.to_string().contains("planted-statement"), "{error}");
    let error = accept(&step(&world), 401, &json!({"error": "unapproved_software_statement"})).unwrap_err();
    assert!(error.hint().unwrap().contains("approved"));
}

#[test]
fn n_17_a_redirect_is_an_error_and_no_answer() {
    let world = World::new(BASE);
    for status in [301, 302, 303, 307, 308] {
        let response = Response::builder()
            .status(status)
            .header("location", "https://evil.example/r")
            .body(granted("abc").to_string().into())
            .unwrap();
        let error = step(&world).accept(&response, &ClientAssertion::new("s"), NOW).unwrap_err();
        assert_eq!(error.code(), "registration-redirected", "{status}");
        assert!(error.is_definite_refusal());
    }
}

#[test]
fn n_18_w_16_the_algorithm_may_be_asked_for() {
    let world = World::new(BASE);
    let (found, policy) = (server(&world), UrlPolicy::default());
    let identity = identity(&world, CLIENT, &world.client_key);
    let with = |asked| {
        let client = (&identity, client_metadata());
        UdapRegistrationRequest::new(&base_of(BASE), &found, &policy, client, Certifications::none(), asked)
    };
    assert_eq!(with(Some(Algorithm::Es384)).unwrap().algorithm(), Algorithm::Es384);
    assert_eq!(with(Some(Algorithm::Rs256)).unwrap_err().code(), "udap-algorithm-not-of-key");
}

#[test]
fn n_20_n_21_a_registration_needs_a_client_uri_and_no_client_id() {
    let world = World::new(BASE);
    let step = step(&world);
    let claims = parts(statement(&world, &step, "j").expose_secret()).1;
    assert_eq!((claims["iss"].as_str(), claims.get("client_id")), (Some(CLIENT), None));
}

#[test]
fn n_22_two_calls_have_two_statements() {
    let world = World::new(BASE);
    let step = step(&world);
    let (first, second) = (statement(&world, &step, "a"), statement(&world, &step, "b"));
    assert_ne!(parts(first.expose_secret()).1["jti"], parts(second.expose_secret()).1["jti"]);
}

#[test]
fn a_signature_by_another_key_is_found_before_it_is_sent() {
    let world = World::new(BASE);
    let step = step(&world);
    let other = PrivateKey::generate(Algorithm::Es384).unwrap();
    let input = step.statement(NOW, "j").unwrap();
    let signature = other.sign(Algorithm::Es384, input.as_bytes()).unwrap();
    assert_eq!(step.signed(input, &signature).unwrap_err().code(), "udap-key-of-another-certificate");
}
