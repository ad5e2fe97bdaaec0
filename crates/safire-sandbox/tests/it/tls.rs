use reqwest::Certificate;
use safire_sandbox::Sandbox;

use crate::support::builder;
use crate::support::read;

#[tokio::test]
async fn its_own_authority_is_enough_and_nothing_else_is() {
    let sandbox = Sandbox::builder().tls().start().await.unwrap();
    assert!(sandbox.fhir_base().starts_with("https://127.0.0.1:"));
    let url = format!("{}/.well-known/smart-configuration", sandbox.fhir_base());
    let ca = Certificate::from_pem(sandbox.ca_pem().unwrap().as_bytes()).unwrap();
    let trusting = builder().tls_certs_only([ca]).build().unwrap();
    let document = read(trusting.get(&url)).await.unwrap().json();
    assert_eq!(document["issuer"], sandbox.issuer());
    let by_name = url.replace("127.0.0.1", "localhost");
    assert_eq!(read(trusting.get(&by_name)).await.unwrap().status, 200);

    let other = Sandbox::builder().tls().start().await.unwrap();
    let ca = Certificate::from_pem(other.ca_pem().unwrap().as_bytes()).unwrap();
    let stranger = builder().tls_certs_only([ca]).build().unwrap();
    assert!(read(stranger.get(&url)).await.is_err());
    assert!(Sandbox::start().await.unwrap().ca_pem().is_none());
}

#[tokio::test]
async fn a_cut_answer_is_cut_under_tls_too() {
    let sandbox = Sandbox::builder().tls().fault("cut").start().await.unwrap();
    let ca = Certificate::from_pem(sandbox.ca_pem().unwrap().as_bytes()).unwrap();
    let client = builder().tls_certs_only([ca]).build().unwrap();
    let url = format!("{}/.well-known/smart-configuration", sandbox.fhir_base());
    assert!(read(client.get(&url)).await.is_err());
}

#[tokio::test]
async fn under_tls_the_cookie_never_goes_without() {
    let sandbox = Sandbox::builder().tls().start().await.unwrap();
    let ca = Certificate::from_pem(sandbox.ca_pem().unwrap().as_bytes()).unwrap();
    let client = builder().tls_certs_only([ca]).build().unwrap();
    let page = read(client.get(format!("{}/launch", sandbox.issuer()))).await.unwrap();
    assert!(page.header("set-cookie").unwrap().ends_with("; HttpOnly; SameSite=Lax; Secure"));
}
