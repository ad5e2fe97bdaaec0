//! Logins by the code grant: PKCE, state, and the user's own identity provider.

use safire::protocol::authorize::Callback;
use safire::protocol::credentials::AuthorizationExtensions;
use safire::protocol::fault::Diagnose;
use safire::protocol::identifier::ClientId;
use safire::protocol::url::UrlPolicy;

use super::tokens::site;
use super::world::parts;
use crate::script::form;

const REDIRECT: &str = "https://app.example.com/callback";
const IDP: &str = "https://idp.example.com/base";

async fn client(site: &super::site::Site) -> safire::Client {
    let (udap, identity) = (site.udap(), site.client());
    let id = ClientId::parse("abc").unwrap();
    let credentials = udap.credentials(&identity, id, AuthorizationExtensions::new()).await.unwrap();
    udap.client(credentials)
}

fn parameter(url: &url::Url, name: &str) -> Option<String> {
    url.query_pairs().find(|(found, _)| found == name).map(|(_, value)| value.into_owned())
}

#[tokio::test]
async fn a_code_is_exchanged_by_certificate_with_its_verifier() {
    let site = site().await;
    let client = client(&site).await;
    let request = client.authorization_request(REDIRECT, "user/*.rs").await.unwrap();
    let (url, pending) = client.authorization_url(request).unwrap();
    assert!(url.as_str().starts_with(&format!("{}/authorize?", site.script.origin())), "{url}");
    assert_eq!(parameter(&url, "code_challenge_method").as_deref(), Some("S256"));
    let query = format!("code=planted-code&state={}", pending.state().expose_secret());
    let code = client.complete_authorization(Callback::from_query(&query).unwrap(), Some(pending)).unwrap();
    client.request_access_token(&code).await.unwrap();
    let asked = site.script.asked().into_iter().find(|asked| asked.path == "/token").unwrap();
    let form = form(&asked.body);
    assert_eq!((form["udap"].as_str(), form["grant_type"].as_str()), ("1", "authorization_code"));
    assert!(form.contains_key("code_verifier"));
    assert!(parts(&form["client_assertion"]).1.get("extensions").is_none());
}

#[tokio::test]
async fn a_state_that_is_not_the_one_sent_ends_the_login() {
    let site = site().await;
    let client = client(&site).await;
    let request = client.authorization_request(REDIRECT, "user/*.rs").await.unwrap();
    let (_, pending) = client.authorization_url(request).unwrap();
    let callback = Callback::from_query("code=planted-code&state=another").unwrap();
    let error = client.complete_authorization(callback, Some(pending)).unwrap_err();
    assert_eq!(error.code(), "state-differs");
}

#[tokio::test]
async fn the_users_own_identity_provider_is_named_and_may_be_refused() {
    let site = site().await;
    let client = client(&site).await;
    let request = client.authorization_request(REDIRECT, "user/*.rs").await.unwrap();
    let request = request.with_identity_provider(IDP, &UrlPolicy::default()).unwrap();
    let (url, pending) = client.authorization_url(request).unwrap();
    assert_eq!(parameter(&url, "idp").as_deref(), Some(IDP));
    assert_eq!(parameter(&url, "scope").as_deref(), Some("user/*.rs udap"));
    let query = format!("error=invalid_idp&state={}", pending.state().expose_secret());
    let error =
        client.complete_authorization(Callback::from_query(&query).unwrap(), Some(pending)).unwrap_err();
    assert_eq!(error.code(), "authorization-refused");
    assert!(error.to_string().contains("invalid_idp") && error.hint().unwrap().contains("identity provider"));
}
