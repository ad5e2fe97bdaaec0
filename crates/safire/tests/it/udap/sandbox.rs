//! The client against the sandbox: two programs that share no line of UDAP.

use safire::Error;
use safire::Server;
use safire::protocol::authorize::Callback;
use safire::protocol::credentials::AuthorizationExtensions;
use safire::protocol::fault::Diagnose;
use safire::protocol::pki::TrustAnchors;
use safire::protocol::pki::TrustCommunity;
use safire::protocol::registration::ClientMetadata;
use safire::protocol::udap::CommunityUri;
use safire::protocol::udap::RegistrationOutcome;
use safire::protocol::url::LoopbackHttp;
use safire::protocol::url::UrlPolicy;
use safire::udap::ClientIdentity;
use safire::udap::UdapServer;
use safire::udap::UdapTrust;
use safire_sandbox::Community;
use safire_sandbox::Sandbox;
use safire_sandbox::SandboxBuilder;
use serde_json::json;

use super::site::backend;
use super::tokens::treatment;
use super::world::CLIENT;
use super::world::object;

const REDIRECT: &str = "https://app.example.com/callback";

struct Place {
    sandbox: Sandbox,
    community: Community,
}

impl Place {
    async fn start(builder: SandboxBuilder) -> Self {
        let sandbox = builder.start().await.unwrap();
        let community = sandbox.udap_communities().await.unwrap().remove(0);
        Self { sandbox, community }
    }

    /// A client's view of the server, with nothing kept from before.
    fn udap(&self) -> UdapServer {
        let anchors = TrustAnchors::parse(self.community.anchors_pem().as_bytes()).unwrap();
        let uri = CommunityUri::parse(self.community.uri()).unwrap();
        let trust = UdapTrust::new(TrustCommunity::new("sandbox", anchors)).community_uri(uri);
        let server = Server::builder(&self.sandbox.fhir_base()).loopback(LoopbackHttp::Allowed);
        server.build_udap(trust).unwrap()
    }

    fn identity(&self) -> ClientIdentity {
        let member = self.community.issue(CLIENT).unwrap();
        ClientIdentity::new(CLIENT, member.chain_pem().as_bytes(), member.key().clone()).unwrap()
    }
}

fn app() -> ClientMetadata {
    ClientMetadata::from_json(object(json!({
        "client_name": "Acme App",
        "contacts": ["mailto:operations@example.com"],
        "grant_types": ["authorization_code", "refresh_token"],
        "redirect_uris": [REDIRECT],
        "logo_uri": "https://app.example.com/logo.png",
        "scope": "openid udap offline_access patient/*.rs",
    })))
    .unwrap()
}

#[tokio::test]
async fn a_client_registers_gets_a_token_and_cancels() {
    let place = Place::start(Sandbox::builder()).await;
    let (udap, identity) = (place.udap(), place.identity());
    let registered = udap.register_client(&identity, &backend()).await.unwrap();
    let credentials = registered.credentials(&identity, treatment()).unwrap();
    let token = udap.client(credentials).request_backend_token(None).await.unwrap();
    assert_eq!(token.scope.as_deref(), Some("system/*.rs"));
    assert_eq!(place.sandbox.counts().tokens_by_credentials, 1);
    let mut metadata = backend();
    metadata.grant_types = None;
    let outcome = udap.cancel_registration(&identity, &metadata).await.unwrap();
    assert!(matches!(outcome, RegistrationOutcome::Cancelled(_)));
    assert!(place.sandbox.clients().is_empty());
}

#[tokio::test]
async fn each_fault_of_the_metadata_is_refused_by_its_own_code() {
    let place = Place::start(Sandbox::builder()).await;
    for (fault, code) in [
        ("udap:expired-certificate", "trust-expired"),
        ("udap:revoked-certificate", "trust-revoked"),
        ("udap:other-uri-name", "udap-issuer-not-in-certificate"),
        ("udap:other-root", "trust-issuer-not-found"),
        ("udap:other-key", "udap-signed-metadata-signature"),
        ("udap:bad-signature", "udap-signed-metadata-signature"),
        ("udap:alg-none", "udap-signed-metadata-algorithm"),
        ("udap:alg-hs256", "udap-signed-metadata-algorithm"),
        ("udap:no-x5c", "udap-signed-metadata-without-chain"),
        ("udap:many-certificates", "answer-too-large"),
        ("udap:unknown-crit", "udap-signed-metadata-not-jws"),
        ("udap:no-signed-metadata", "udap-signed-metadata-missing"),
        ("udap:huge-jwt", "answer-too-large"),
        ("udap:long-life", "udap-expiry"),
        ("udap:no-jti", "udap-jti"),
        ("udap:wrong-iss", "udap-issuer-not-in-certificate"),
        ("udap:other-sub", "udap-subject-not-issuer"),
        ("udap:expired", "udap-expiry"),
        ("udap:no-content", "udap-no-workflow"),
        ("udap:not-found", "udap-not-supported"),
        ("crl:expired-list", "trust-revocation-unknown"),
        ("crl:other-list-signer", "trust-revocation-unknown"),
        ("crl:revoked-intermediate", "trust-revoked"),
        ("crl:not-found", "trust-revocation-unknown"),
        ("crl:huge", "trust-revocation-unknown"),
    ] {
        place.sandbox.clear_faults();
        place.sandbox.set_fault(fault).unwrap();
        let error: Error = place.udap().metadata().await.unwrap_err();
        assert_eq!(error.code(), code, "{fault}: {error}");
    }
}

#[tokio::test]
async fn an_issuer_that_is_not_sent_is_fetched_or_missed() {
    let place = Place::start(Sandbox::builder().fault("udap:leaf-only")).await;
    place.udap().metadata().await.unwrap();
    for fault in ["aia:not-found", "aia:huge", "aia:empty-200", "aia:cyclic-issuers"] {
        place.sandbox.set_fault(fault).unwrap();
        let error: Error = place.udap().metadata().await.unwrap_err();
        assert_eq!(error.code(), "trust-issuer-not-found", "{fault}: {error}");
    }
}

#[tokio::test]
async fn signed_endpoints_take_precedence() {
    let place = Place::start(Sandbox::builder().fault("udap:other-endpoints")).await;
    let (udap, identity) = (place.udap(), place.identity());
    udap.register_client(&identity, &backend()).await.unwrap();
    assert_eq!(place.sandbox.clients().len(), 1);
}

#[tokio::test]
async fn a_cancellation_that_is_not_confirmed_is_none() {
    let place = Place::start(Sandbox::builder().fault("register:cancellation-unconfirmed")).await;
    let (udap, identity) = (place.udap(), place.identity());
    udap.register_client(&identity, &backend()).await.unwrap();
    let mut metadata = backend();
    metadata.grant_types = None;
    let error = udap.cancel_registration(&identity, &metadata).await.unwrap_err();
    assert_eq!(error.code(), "udap-cancellation-not-confirmed");
}

#[tokio::test]
async fn a_user_logs_in_at_another_sandbox() {
    let place = Place::start(Sandbox::builder().auto_approve("clinician", "example")).await;
    let provider = Sandbox::builder().udap(place.community.clone()).auto_approve("clinician", "example");
    let provider = provider.start().await.unwrap();
    let (udap, identity) = (place.udap(), place.identity());
    let registered = udap.register_client(&identity, &app()).await.unwrap();
    let credentials = registered.credentials(&identity, AuthorizationExtensions::new()).unwrap();
    let client = udap.client(credentials);
    let request = client.authorization_request(REDIRECT, "openid offline_access patient/*.rs").await.unwrap();
    let policy = UrlPolicy::new(LoopbackHttp::Allowed);
    let request = request.with_identity_provider(&provider.issuer(), &policy).unwrap();
    let (url, pending) = client.authorization_url(request).unwrap();
    let mut url = url.to_string();
    while !url.starts_with(REDIRECT) {
        url = next(&url).await;
    }
    let (_, query) = url.split_once('?').unwrap();
    let callback = Callback::from_query(query).unwrap();
    let code = client.complete_authorization(callback, Some(pending)).unwrap();
    let tokens = client.request_access_token(&code).await.unwrap();
    assert!(tokens.refresh_token.is_some());
    assert_eq!(provider.counts().tokens_by_code, 1);
    let refreshed = client.refresh_token(&tokens, None).await.unwrap();
    assert!(refreshed.refresh_token.is_some());
}

/// Where a redirect leads.
async fn next(url: &str) -> String {
    let builder = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy();
    let response = builder.build().unwrap().get(url).send().await.unwrap();
    response.headers()["location"].to_str().unwrap().to_owned()
}
