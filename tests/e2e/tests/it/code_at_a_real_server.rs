//! A code works once, with the verifier and the redirect URI of its own request.

use safire::Client;
use safire::Error;
use safire::protocol::authorize::AuthorizedCode;
use safire::protocol::fault::Diagnose;
use safire::protocol::token_endpoints::HeldToken;

use crate::site;
use crate::site::Site;

async fn assert_code_refused(client: &Client, code: &AuthorizedCode) {
    let error = client.request_access_token(code).await.unwrap_err();
    assert!(matches!(error, Error::Token(_)), "{error:?}");
    assert_eq!(error.code(), "token-refused");
    assert_eq!(error.server_answer().unwrap().error.as_deref(), Some("invalid_grant"));
    assert!(error.hint().unwrap().contains("start the login again"), "{:?}", error.hint());
    let shown = format!("{error:?}");
    assert!(!shown.contains(code.code.expose_secret()), "{shown}");
}

async fn the_verifier_of_another_login_is_refused(site: &Site) {
    let client = site.client().await;
    let mut code = site::log_in(&client).await;
    code.verifier = site::log_in(&client).await.verifier;
    assert_code_refused(&client, &code).await;
}

async fn a_code_works_once(site: &Site) {
    let client = site.client().await;
    let code = site::log_in(&client).await;
    client.request_access_token(&code).await.unwrap();
    assert_code_refused(&client, &code).await;
}

async fn a_code_does_not_go_to_another_client(site: &Site) {
    let code = site::log_in(&site.client().await).await;
    let method = safire::protocol::credentials::AuthMethod::ClientSecretBasic;
    let other = site.register(&site::app("Other App", method), None).await;
    let error = other.request_access_token(&code).await.unwrap_err();
    assert!(matches!(error, Error::Config(_)), "refused before anything is sent: {error:?}");
    // The server agrees, should somebody insist.
    let mut forced = code.clone();
    forced.client_id = other.credentials().proof.client_id().clone();
    assert_code_refused(&other, &forced).await;
}

at_each_real_server!(
    the_verifier_of_another_login_is_refused,
    a_code_works_once,
    a_code_does_not_go_to_another_client,
);

/// RFC 6749 §4.1.2: what was issued for it before ends as well.
#[tokio::test]
async fn a_code_used_twice_ends_the_first_token() {
    let Some(site) = Site::at_oidc_provider().await else { return };
    let client = site.client().await;
    let code = site::log_in(&client).await;
    let token = client.request_access_token(&code).await.unwrap();
    assert_code_refused(&client, &code).await;
    assert!(!client.introspect(HeldToken::Access(token.access_token.clone())).await.unwrap().active);
    assert!(matches!(client.refresh_token(&token, None).await, Err(Error::LoginNeeded(_))));
}

#[tokio::test]
async fn another_redirect_uri_is_refused() {
    let Some(site) = Site::at_oidc_provider().await else { return };
    let client = site.client().await;
    let mut code = site::log_in(&client).await;
    code.redirect_uri = "https://app.example.com/elsewhere".to_owned();
    assert_code_refused(&client, &code).await;
}
