//! Registration by software statement: what is checked first, what is sent, what comes of the answer.

use std::sync::Arc;
use std::time::Duration;

use safire::Error;
use safire::error::Stage;
use safire::protocol::fault::Diagnose;
use safire::protocol::identifier::ClientId;
use safire::protocol::jose::Algorithm;
use safire::protocol::jose::PrivateKey;
use safire::protocol::registration::ClientMetadata;
use safire::protocol::udap::Certification;
use safire::protocol::udap::Certifications;
use safire::protocol::udap::RegistrationOutcome;
use safire::protocol::url::LoopbackHttp;
use safire::transport::HttpTransport;
use safire::udap::ClientIdentity;
use safire::udap::UdapTrust;
use serde_json::Value;
use serde_json::json;

use super::site::Site;
use super::site::backend;
use super::site::granted;
use super::site::nothing;
use super::world::CLIENT;
use super::world::World;
use super::world::parts;
use crate::log_lines::capture;
use crate::script::Asked;
use crate::script::Script;
use crate::script::answer;
use crate::script::json as json_answer;
use crate::script::redirect;

async fn answering(status: u16, body: String) -> Site {
    Site::start(move |_, _| json_answer(status, &body)).await
}

async fn register(site: &Site) -> Result<RegistrationOutcome, Error> {
    site.udap().register_client(&site.client(), &backend()).await.map(|registered| registered.outcome)
}

/// A server whose document is changed; no POST may reach it.
async fn with_document(change: impl Fn(&mut serde_json::Map<String, Value>) + Send + Sync + 'static) -> Site {
    let document = move |_: &Asked, world: &World| {
        let mut document = world.document();
        change(&mut document);
        json_answer(200, &Value::Object(document).to_string())
    };
    Site::with_metadata(document, nothing).await
}

#[tokio::test]
async fn n_07_n_08_n_22_tc_139_a_statement_is_posted_to_the_signed_endpoint() {
    let site = answering(201, granted("abc")).await;
    for _ in 0..2 {
        let outcome = register(&site).await.unwrap();
        assert!(matches!(&outcome, RegistrationOutcome::Registered(r) if r.client_id().as_str() == "abc"));
    }
    let posted = site.posted("/register");
    let statements: Vec<(Value, Value)> =
        posted.iter().map(|body| parts(body["software_statement"].as_str().unwrap())).collect();
    let (header, claims) = &statements[0];
    assert_eq!(header["alg"], "ES384");
    assert_eq!((claims["iss"].as_str(), claims["sub"].as_str()), (Some(CLIENT), Some(CLIENT)));
    assert_eq!(claims["aud"], format!("{}/register", site.script.origin()));
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 300);
    assert_ne!(statements[0].1["jti"], statements[1].1["jti"], "each call has a statement of its own");
    assert_eq!(posted[0].as_object().unwrap().keys().collect::<Vec<_>>(), ["software_statement", "udap"]);
    let asked = site.script.asked().into_iter().find(|asked| asked.path == "/register").unwrap();
    assert!(asked.header("authorization").is_none());
}

#[tokio::test]
async fn n_01_tc_139_local_input_is_checked_before_any_request() {
    let site = answering(201, granted("abc")).await;
    let bad = ClientMetadata::new().client_name("no contacts").grant_types(["client_credentials"]);
    let error = site.udap().register_client(&site.client(), &bad).await.unwrap_err();
    assert_eq!((error.code(), error.stage()), ("udap-client-metadata", Stage::Setup));
    site.hands.forward(4 * 365 * 86_400);
    let error = register(&site).await.unwrap_err();
    assert_eq!(error.code(), "trust-expired", "the client's own chain");
    assert!(Certifications::of(["no jws"]).is_err());
    assert!(site.script.asked().is_empty());
}

#[tokio::test]
async fn w_12_n_19_without_the_key_of_its_certificate_there_is_no_identity() {
    let site = answering(201, granted("abc")).await;
    let world = site.world();
    let chain = world.client_chain(CLIENT, &world.client_key).leaf().der().to_vec();
    assert!(ClientIdentity::new(CLIENT, &chain, world.client_key.clone()).is_ok());
    for algorithm in [Algorithm::Es384, Algorithm::Rs256] {
        let other = PrivateKey::generate(algorithm).unwrap();
        let error = ClientIdentity::new(CLIENT, &chain, other).unwrap_err();
        assert_eq!((error.code(), error.stage()), ("udap-key-of-another-certificate", Stage::Setup));
    }
    assert!(site.script.asked().is_empty());
}

#[tokio::test]
async fn r_20_r_22_what_the_server_cannot_use_or_does_not_list_is_logged_once_each() {
    let site = answering(201, granted("abc")).await;
    let (lines, _guard) = capture();
    let count = |words: [&str; 2]| {
        let logged = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
        logged.lines().filter(|line| words.iter().all(|word| line.contains(word))).count()
    };
    let (loopback, unlisted) = ("for development only", "not among what the server says");
    register(&site).await.unwrap();
    assert_eq!((count([loopback, "redirect_uris"]), count([unlisted, ""])), (0, 0));
    let mut metadata = backend();
    metadata.scope = Some("system/*.cruds".to_owned());
    metadata.grant_types = Some(vec!["authorization_code".to_owned()]);
    metadata.redirect_uris = Some(vec!["http://127.0.0.1/a".to_owned(), "http://localhost/b".to_owned()]);
    metadata.logo_uri = Some("https://app.example.org/logo.png".to_owned());
    site.udap().register_client(&site.client(), &metadata).await.unwrap();
    assert_eq!(count([loopback, "redirect_uris"]), 1);
    assert_eq!((count([unlisted, "system/*.cruds"]), count([unlisted, ""])), (1, 1));
}

#[tokio::test]
async fn n_03_n_04_n_06_tc_139_what_the_server_does_not_offer_is_not_asked_for() {
    let dcr = with_document(|document| document["udap_profiles_supported"] = json!(["udap_authn"])).await;
    let rs256 = with_document(|document| {
        document["registration_endpoint_jwt_signing_alg_values_supported"] = json!(["ES384"]);
    })
    .await;
    let certified = with_document(|document| {
        document["udap_certifications_supported"] = json!(["https://c.example/1"]);
        document["udap_certifications_required"] = json!(["https://c.example/1"]);
    })
    .await;
    let expected =
        [(dcr, "udap-not-offered"), (rs256, "udap-not-offered"), (certified, "udap-certification-required")];
    for (site, code) in expected {
        assert_eq!(register(&site).await.unwrap_err().code(), code);
        assert!(site.posted("/register").is_empty());
    }
}

#[tokio::test]
async fn w_17_tc_138_without_a_common_algorithm_nothing_is_sent() {
    let site = with_document(|document| {
        document["registration_endpoint_jwt_signing_alg_values_supported"] = json!(["RS256", "ES256"]);
    })
    .await;
    assert_eq!(register(&site).await.unwrap_err().code(), "udap-algorithm-not-offered");
    assert!(site.posted("/register").is_empty());
}

#[tokio::test]
async fn n_05_certifications_go_along_and_own_ones_are_signed() {
    let site = answering(201, granted("abc")).await;
    let (udap, client) = (site.udap(), site.client());
    let own = Certification::new("Example", ["https://c.example/1"], ["client_credentials"]);
    let signed = client.certify(&own, udap.server()).await.unwrap();
    let certifications = Certifications::of([signed.clone()]).unwrap();
    udap.register_client(&client, &backend()).certifications(certifications).await.unwrap();
    assert_eq!(site.posted("/register")[0]["certifications"], json!([signed]));
    let (header, claims) = parts(&signed);
    assert_eq!(header["alg"], "ES384");
    assert_eq!(claims["iss"], CLIENT);
}

#[tokio::test]
async fn n_09_n_10_n_16_tc_139_answers_that_register_nothing_are_typed() {
    for (status, body, code) in [
        (202, granted("abc"), "udap-registration-status"),
        (201, "{}".to_owned(), "registration-without-client-id"),
        (201, "{oops".to_owned(), "registration-answer-unusable"),
        (400, json!({"error": "invalid_software_statement"}).to_string(), "registration-refused"),
    ] {
        let site = answering(status, body).await;
        let error = register(&site).await.unwrap_err();
        assert_eq!((error.code(), error.stage()), (code, Stage::Registration));
        assert_eq!(error.server_answer().unwrap().status, status);
        assert_eq!(site.posted("/register").len(), 1, "a POST is never repeated");
    }
}

#[tokio::test]
async fn tc_139_an_answer_that_never_ends_is_a_transport_error() {
    let site = Site::start(|_, _| b"HTTP/1.1 201 Created\r\ncontent-length: 100\r\n\r\n{".to_vec()).await;
    let trust = UdapTrust::new(site.world().community());
    let hasty =
        HttpTransport::builder().loopback(LoopbackHttp::Allowed).timeout(Duration::from_millis(500)).build();
    let udap = site.builder().transport(Arc::new(hasty)).build_udap(trust).unwrap();
    let error = udap.register_client(&site.client(), &backend()).await.unwrap_err();
    assert!(matches!(error, Error::Transport { stage: Stage::Registration, .. }), "{error:?}");
    assert!(!error.is_retryable(), "whether it went through is not known");
}

#[tokio::test]
async fn n_17_a_redirect_of_a_registration_is_never_followed() {
    for status in [302, 307] {
        let evil = Script::start(|_, _| json_answer(200, &granted("evil"))).await;
        let target = format!("{}/register", evil.origin());
        let site = Site::start(move |_, _| redirect(status, &target)).await;
        assert_eq!(register(&site).await.unwrap_err().code(), "registration-redirected");
        assert!(evil.asked().is_empty());
    }
}

#[tokio::test]
async fn n_11_td_22_a_registration_answered_by_empty_grants_is_a_cancellation() {
    let site = answering(200, json!({"client_id": "abc", "grant_types": []}).to_string()).await;
    assert!(matches!(register(&site).await.unwrap(), RegistrationOutcome::Cancelled(_)));
}

#[tokio::test]
async fn n_12_t25_v_a_modification_may_keep_or_replace_the_client_id() {
    let old = ClientId::parse("old").unwrap();
    for (status, id) in [(200, "old"), (201, "new")] {
        let site = answering(status, granted(id)).await;
        let (udap, client, metadata) = (site.udap(), site.client(), backend());
        let outcome = udap.register_client(&client, &metadata).modifies(old.clone()).await.unwrap().outcome;
        let registration = outcome.usable().unwrap();
        assert_eq!(registration.client_id().as_str(), id);
        let replaced = matches!(&outcome, RegistrationOutcome::Replaced { previous, .. } if *previous == old);
        assert_eq!(
            (replaced, matches!(outcome, RegistrationOutcome::Modified(_))),
            (id == "new", id == "old")
        );
    }
}

#[tokio::test]
async fn n_18_n_20_n_21_an_algorithm_may_be_fixed_for_one_identity() {
    let site = answering(201, granted("abc")).await;
    let (udap, metadata) = (site.udap(), backend());
    let fixed = site.client().with_algorithm(Algorithm::Es384);
    udap.register_client(&fixed, &metadata).await.unwrap();
    let wrong = site.client().with_algorithm(Algorithm::Rs256);
    assert_eq!(
        udap.register_client(&wrong, &metadata).await.unwrap_err().code(),
        "udap-algorithm-not-of-key"
    );
}

#[tokio::test]
async fn a_gateway_that_answers_html_is_told_as_such() {
    let site =
        Site::start(|_, _| answer(502, &["content-type: text/html"], "<html><title>Bad</title>")).await;
    let error = register(&site).await.unwrap_err();
    assert_eq!(error.code(), "registration-refused");
    assert!(error.to_string().contains("502"), "{error}");
}
