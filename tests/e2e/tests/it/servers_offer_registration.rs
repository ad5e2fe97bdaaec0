//! The servers themselves, without any Safire: both start, and their SMART documents name a registration endpoint.

use std::io::Read as _;
use std::io::Write as _;
use std::net::TcpStream;

use safire_e2e::Authlib;
use safire_e2e::OidcProvider;
use safire_e2e::Options;
use safire_e2e::Running;
use serde_json::Value;

#[tokio::test]
async fn oidc_provider_offers_registration() {
    let Some(server) = OidcProvider::start(Options::default()).await.unwrap() else { return };
    assert_registration_endpoint(&server);
}

#[tokio::test]
async fn authlib_offers_registration() {
    let Some(server) = Authlib::start(Options::default()).await.unwrap() else { return };
    assert_registration_endpoint(&server);
}

#[tokio::test]
async fn the_patient_needs_a_token() {
    if let Some(server) = OidcProvider::start(Options::default()).await.unwrap() {
        assert_eq!(get(&server, "/fhir/Patient/example").0, 401);
    }
    if let Some(server) = Authlib::start(Options::default()).await.unwrap() {
        assert_eq!(get(&server, "/fhir/Patient/example").0, 401);
    }
}

#[tokio::test]
async fn a_server_ends_with_its_handle() {
    let Some(server) = OidcProvider::start(Options::default()).await.unwrap() else { return };
    let address = address(&server);
    drop(server);
    assert!(TcpStream::connect(address).is_err(), "somebody still listens there");
}

fn assert_registration_endpoint(server: &Running) {
    let (status, body) = get(server, "/fhir/.well-known/smart-configuration");
    assert_eq!(status, 200, "{body}\n{}", server.log());
    let document: Value = serde_json::from_str(&body).unwrap();
    let endpoint = document["registration_endpoint"].as_str().unwrap();
    assert!(endpoint.starts_with(&server.issuer()), "{endpoint}");
    assert_eq!(document["issuer"], server.issuer());
}

/// A request so plain that it needs no client: HTTP/1.0 asks for an answer that ends with the connection.
fn get(server: &Running, path: &str) -> (u16, String) {
    let address = address(server);
    let mut stream = TcpStream::connect(&address).unwrap();
    write!(stream, "GET {path} HTTP/1.0\r\nHost: {address}\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
}

fn address(server: &Running) -> String {
    server.issuer().strip_prefix("http://").unwrap().to_owned()
}
