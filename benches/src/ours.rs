//! Ours, set up as an application would.

use safire::Server;
use safire::protocol::credentials::AuthMethod;
use safire::protocol::registration::ClientMetadata;
use safire::protocol::url::LoopbackHttp;

/// The server at the fixed address.
///
/// # Panics
/// Never for an address on loopback.
#[must_use]
#[expect(clippy::expect_used, reason = "the address is ours")]
pub fn server(origin: &str) -> Server {
    Server::builder(&format!("{origin}/fhir"))
        .loopback(LoopbackHttp::Allowed)
        .registration_endpoint(format!("{origin}/register"))
        .build()
        .expect("a loopback server")
}

/// The metadata that the fixed answer echoes.
#[must_use]
pub fn metadata() -> ClientMetadata {
    ClientMetadata::new()
        .client_name("Bench App")
        .redirect_uris(["https://app.example.com/callback"])
        .grant_types(["authorization_code", "refresh_token"])
        .response_types(["code"])
        .token_endpoint_auth_method(AuthMethod::ClientSecretBasic)
        .scope("launch/patient patient/*.rs offline_access openid fhirUser")
        .contacts(["mailto:ops@example.com"])
        .client_uri("https://app.example.com/")
        .logo_uri("https://app.example.com/logo.png")
        .software_id("4NRB1-0XZABZI9E6-5SM3R")
        .software_version("2.1.0")
}
