//! Where the SMART document is absent its stand-ins are asked, in order, and never merged.

use safire::protocol::fault::Diagnose;
use safire::protocol::server_profile::ProfileSource;

use crate::script::Script;
use crate::script::answer;
use crate::script::document;
use crate::script::json;

async fn served_at(path: &'static str, body: fn(std::net::SocketAddr) -> String) -> Script {
    Script::start(
        move |asked, address| {
            if asked.path == path { json(200, &body(address)) } else { answer(404, &[], "") }
        },
    )
    .await
}

fn statement(address: std::net::SocketAddr) -> String {
    format!(
        r#"{{"resourceType":"CapabilityStatement","rest":[{{"mode":"server","security":{{"extension":[{{
        "url":"http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris","extension":[
        {{"url":"token","valueUri":"http://{address}/token"}},{{"url":"register","valueUri":"http://{address}/register"}}]}}]}}}}]}}"#
    )
}

#[tokio::test]
async fn each_stand_in_is_found_and_named() {
    for (path, source) in [
        ("/fhir/.well-known/openid-configuration", ProfileSource::OpenidConfiguration),
        ("/fhir/.well-known/oauth-authorization-server", ProfileSource::OauthAuthorizationServer),
        ("/.well-known/oauth-authorization-server/fhir", ProfileSource::OauthAuthorizationServer),
    ] {
        let script = served_at(path, document).await;
        let profile = script.server().metadata().await.unwrap();
        assert_eq!(profile.source, source);
        assert_eq!(profile.source_url, format!("{}{path}", script.origin()));
    }
    let script = served_at("/fhir/metadata", statement).await;
    let profile = script.server().metadata().await.unwrap();
    assert_eq!(profile.source, ProfileSource::CapabilityStatement);
    assert!(profile.registration_endpoint.is_some());
}

#[tokio::test]
async fn the_order_is_fixed_and_the_base_path_is_kept() {
    let script = Script::start(|_, _| answer(404, &[], "")).await;
    let error = script.server().metadata().await.unwrap_err();
    let paths: Vec<String> = script.asked().into_iter().map(|asked| asked.path).collect();
    assert_eq!(
        paths,
        [
            "/fhir/.well-known/smart-configuration",
            "/fhir/.well-known/openid-configuration",
            "/fhir/.well-known/oauth-authorization-server",
            "/.well-known/oauth-authorization-server/fhir",
            "/fhir/metadata",
        ]
    );
    assert_eq!(error.server_answer().unwrap().status, 404);
    for path in &paths {
        assert!(error.to_string().contains(path), "{error} does not name {path}");
    }
}

#[tokio::test]
async fn only_absence_leads_on() {
    for status in [401, 403, 500] {
        let script = Script::start(move |_, _| answer(status, &[], "")).await;
        script.server().metadata().await.unwrap_err();
        assert!(script.asked().iter().all(|asked| asked.path.ends_with("smart-configuration")), "{status}");
    }
}
