//! Whatever a server sends, it costs bounded time and memory and ends in a typed error.

use std::sync::Arc;
use std::time::Duration;

use safire::Error;
use safire::Server;
use safire::error::Stage;
use safire::protocol::fault::Diagnose;
use safire::protocol::url::LoopbackHttp;
use safire::transport::HttpTransport;
use safire::transport::HttpTransportBuilder;
use safire::transport::TransportError;
use safire_sandbox::Sandbox;

use crate::script::metadata;
use crate::tokens::secret_credentials;

fn server(sandbox: &Sandbox, set: impl FnOnce(HttpTransportBuilder) -> HttpTransportBuilder) -> Server {
    let transport = set(HttpTransport::builder().loopback(LoopbackHttp::Allowed)).build();
    Server::builder(&sandbox.fhir_base())
        .loopback(LoopbackHttp::Allowed)
        .transport(Arc::new(transport))
        .build()
        .unwrap()
}

/// The error of each stage with this fault at that stage alone.
async fn at_each_stage(
    fault: &str,
    set: impl Fn(HttpTransportBuilder) -> HttpTransportBuilder,
) -> Vec<(Stage, Error)> {
    let mut errors = Vec::new();
    for (stage, name) in
        [(Stage::Discovery, "discovery"), (Stage::Registration, "register"), (Stage::Token, "token")]
    {
        let sandbox = Sandbox::builder().fault(format!("{name}:{fault}")).start().await.unwrap();
        let server = server(&sandbox, &set);
        let error = if stage == Stage::Registration {
            server.register_client(&metadata()).await.unwrap_err()
        } else if stage == Stage::Token {
            server.client(secret_credentials()).request_backend_token(None).await.unwrap_err()
        } else {
            server.metadata().await.unwrap_err()
        };
        assert_eq!(error.stage(), stage, "{fault}: {error:?}");
        assert!(error.hint().is_some(), "{fault}: {error}");
        errors.push((stage, error));
    }
    errors
}

fn transport(error: &Error) -> &TransportError {
    let Error::Transport { source, .. } = error else { panic!("{error:?}") };
    source
}

#[tokio::test]
async fn td_17_a_huge_body_stops_at_the_cap() {
    for fault in ["huge", "gzip-bomb"] {
        for (_, error) in at_each_stage(fault, |builder| builder).await {
            assert!(
                matches!(transport(&error), TransportError::TooLarge { limit: 1_048_576, .. }),
                "{error:?}"
            );
        }
    }
}

#[tokio::test]
async fn an_endless_body_stops_at_the_cap_or_in_time() {
    for (_, error) in at_each_stage("endless", |builder| builder.timeout(Duration::from_secs(1))).await {
        let expected =
            matches!(transport(&error), TransportError::TooLarge { .. } | TransportError::Timeout { .. });
        assert!(expected, "{error:?}");
    }
}

#[tokio::test]
async fn a_silent_server_ends_in_a_timeout() {
    for (_, error) in at_each_stage("slow", |builder| builder.timeout(Duration::from_millis(300))).await {
        assert!(matches!(transport(&error), TransportError::Timeout { .. }), "{error:?}");
        assert_eq!(error.code(), "timeout");
    }
}

#[tokio::test]
async fn a_cut_answer_is_a_network_error() {
    for fault in ["cut", "close"] {
        for (_, error) in at_each_stage(fault, |builder| builder).await {
            assert!(matches!(transport(&error), TransportError::Cut { .. }), "{fault}: {error:?}");
        }
    }
}

#[tokio::test]
async fn a_hundred_thousand_nested_arrays_are_refused() {
    for (stage, error) in at_each_stage("deep", |builder| builder).await {
        let of_the_stage = matches!(
            (stage, &error),
            (Stage::Discovery, Error::Discovery(_))
                | (Stage::Registration, Error::Registration(_))
                | (Stage::Token, Error::Token(_))
        );
        assert!(of_the_stage, "{error:?}");
    }
}

#[tokio::test]
async fn a_large_header_is_refused() {
    for (_, error) in at_each_stage("big-header", |builder| builder.header_limit(16 * 1024)).await {
        let expected =
            matches!(transport(&error), TransportError::HeadersTooLarge { .. } | TransportError::Cut { .. });
        assert!(expected, "{error:?}");
    }
}

#[tokio::test]
async fn tls_with_an_unknown_ca_is_a_matter_of_trust() {
    let sandbox = Sandbox::builder().tls().start().await.unwrap();
    let error = server(&sandbox, |builder| builder).metadata().await.unwrap_err();
    assert!(transport(&error).is_trust(), "{error:?}");
    assert_eq!(error.fault(), safire::protocol::fault::Fault::Trust);
    assert!(error.hint().unwrap().contains("ca"), "{:?}", error.hint());

    let ca = sandbox.ca_pem().unwrap().as_bytes().to_vec();
    server(&sandbox, |builder| builder.only_roots(&ca).unwrap()).metadata().await.unwrap();
    server(&sandbox, |builder| builder.extra_roots(&ca).unwrap()).metadata().await.unwrap();
}

#[tokio::test]
async fn the_guard_refuses_private_addresses_of_supplied_urls() {
    let sandbox = Sandbox::builder().tls().start().await.unwrap();
    let ca = sandbox.ca_pem().unwrap().as_bytes().to_vec();
    let transport = HttpTransport::builder().only_roots(&ca).unwrap().guard_private_addresses().build();
    let server = Server::builder(&sandbox.fhir_base()).transport(Arc::new(transport)).build().unwrap();
    // The base is the caller's own choice; the endpoint in the document is not.
    server.metadata().await.unwrap();
    let error = server.register_client(&metadata()).await.unwrap_err();
    assert_eq!(error.code(), "private-address");
}

#[tokio::test]
async fn http_is_refused_by_the_transport_itself() {
    let sandbox = Sandbox::start().await.unwrap();
    let strict = HttpTransport::default();
    let server = Server::builder(&sandbox.fhir_base())
        .loopback(LoopbackHttp::Allowed)
        .transport(Arc::new(strict))
        .build()
        .unwrap();
    let error = server.metadata().await.unwrap_err();
    assert_eq!(error.code(), "not-https");
    assert!(sandbox.requests().is_empty());
}
