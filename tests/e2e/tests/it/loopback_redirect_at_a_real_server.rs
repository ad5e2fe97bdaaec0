//! A program without a web address of its own: its user comes back to a port of this machine, RFC 8252 §7.3.

use safire::Client;
use safire::protocol::authorize::Callback;
use safire::protocol::credentials::AuthMethod;
use safire::protocol::registration::ClientMetadata;
use safire::protocol::token::TokenResponse;
use safire_e2e::Browser;
use safire_e2e::Chromium;
use safire_e2e::Key;
use safire_e2e::Person;
use url::Url;

use crate::chromium::pages;
use crate::site;
use crate::site::SCOPE;
use crate::site::Site;
use crate::site::USER;

/// Nobody listens there: the browser stops before it opens it.
const REDIRECT_URI: &str = "http://127.0.0.1:49152/callback";

/// Without `application_type` (OpenID Connect Registration §2) some servers refuse http even on loopback.
fn program(redirect_uri: &str) -> ClientMetadata {
    site::app("Program", AuthMethod::None).redirect_uris([redirect_uri]).extra("application_type", "native")
}

async fn log_in(client: &Client, redirect_uri: &str) -> TokenResponse {
    let request = client.authorization_request(redirect_uri, SCOPE).await.unwrap().with_prompt("consent");
    let (url, pending) = client.authorization_url(request).unwrap();
    let arrived = Browser::new(redirect_uri).log_in(&url, &Person::new(USER)).await.unwrap();
    let callback = Callback::from_url(&arrived).unwrap();
    let code = client.complete_authorization(callback, Some(pending)).unwrap();
    client.request_access_token(&code).await.unwrap()
}

async fn a_program_gets_its_token(site: &Site) {
    let registered =
        site.place.server.register_client(&program(REDIRECT_URI)).store(&site.place.store).await.unwrap();
    let client = site.place.server.client(registered.credentials(None).unwrap());
    let token = log_in(&client, REDIRECT_URI).await;
    assert_eq!(site.read_patient(&token.access_token).await, 200);
    assert!(token.refresh_token.is_some());
}

at_each_real_server!(a_program_gets_its_token);

/// The port is chosen when the login begins, long after the registration.
#[tokio::test]
async fn any_port_will_do() {
    let Some(site) = Site::at_oidc_provider().await else { return };
    let client = site.register(&program(REDIRECT_URI), None).await;
    let token = log_in(&client, "http://127.0.0.1:49153/callback").await;
    assert_eq!(site.read_patient(&token.access_token).await, 200);
}

/// The same in a real browser, by somebody who uses no mouse.
#[tokio::test]
async fn a_person_logs_in_by_keyboard() {
    let Some(chromium) = Chromium::start().await.unwrap() else { return };
    let Some(site) = Site::at_oidc_provider().await else { return };
    let redirect_uri = format!("{}/callback", pages());
    let client = site.register(&program(&redirect_uri), None).await;
    let request = client.authorization_request(&redirect_uri, SCOPE).await.unwrap().with_prompt("consent");
    let (url, pending) = client.authorization_url(request).unwrap();

    chromium.go_to(url.as_str()).await.unwrap();
    chromium.wait_for("input[name=login]:focus").await.unwrap();
    chromium.type_text(USER).await.unwrap();
    chromium.press(Key::Tab).await.unwrap();
    chromium.type_text("any").await.unwrap();
    chromium.press(Key::Enter).await.unwrap();
    chromium.wait_for("input[value=consent] ~ button:focus").await.unwrap();
    chromium.press(Key::Enter).await.unwrap();
    let arrived: Url = chromium.wait_for_url(&redirect_uri).await.unwrap().parse().unwrap();

    let callback = Callback::from_url(&arrived).unwrap();
    let code = client.complete_authorization(callback, Some(pending)).unwrap();
    let token = client.request_access_token(&code).await.unwrap();
    assert_eq!(site.verified(&token, &code).await.unwrap().subject(), USER);
}
