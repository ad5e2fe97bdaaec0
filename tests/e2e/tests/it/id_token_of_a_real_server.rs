//! The id token is held against the keys that its issuer really publishes; what is not of this login is refused.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use safire::protocol::authorize::AuthorizedCode;
use safire::protocol::credentials::AuthMethod;
use safire::protocol::fault::Diagnose;
use safire::protocol::id_token::IdTokenCheck;
use safire::protocol::id_token::IdTokenError;
use safire::protocol::jose::Algorithm;
use safire::protocol::jose::ClaimError;
use safire::protocol::jose::VerifyError;
use safire::protocol::secret::AccessToken;
use safire::protocol::secret::IdToken;
use safire::protocol::token::TokenResponse;

use crate::site;
use crate::site::Site;
use crate::site::USER;
use crate::site::app;

async fn logged_in(site: &Site) -> (AuthorizedCode, TokenResponse) {
    let client = site.client().await;
    let code = site::log_in(&client).await;
    let token = client.request_access_token(&code).await.unwrap();
    (code, token)
}

async fn it_says_who_logged_in(site: &Site) {
    let (code, token) = logged_in(site).await;
    let person = site.verified(&token, &code).await.unwrap();
    assert_eq!(person.issuer(), site.running.issuer());
    assert_eq!(person.subject(), USER);
    let user = person.fhir_user().unwrap();
    assert_eq!((user.resource_type(), user.id()), ("Practitioner", USER));
    assert!(person.expires_at().is_some_and(|end| end > site::now()));
    assert!(person.deviations().is_empty(), "{:?}", person.deviations());
}

async fn the_nonce_of_another_login_is_refused(site: &Site) {
    let (_, first) = logged_in(site).await;
    let (other, _) = logged_in(site).await;
    assert_eq!(site.verified(&first, &other).await.unwrap_err(), IdTokenError::OtherNonce);
}

async fn the_token_of_another_client_is_refused(site: &Site) {
    let (code, token) = logged_in(site).await;
    let other = site.register(&app("Other App", AuthMethod::None), None).await;
    let mut code = code;
    code.client_id = other.credentials().proof.client_id().clone();
    let error = site.verified(&token, &code).await.unwrap_err();
    assert!(matches!(error, IdTokenError::Claim(ClaimError::WrongAudience { .. })), "{error:?}");
}

async fn a_changed_token_is_refused(site: &Site) {
    let (code, mut token) = logged_in(site).await;
    let whole = token.id_token.as_ref().unwrap().expose_secret().to_owned();
    let [header, claims, signature] = whole.split('.').collect::<Vec<_>>()[..] else { panic!("{whole}") };
    let claims = String::from_utf8(URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap();
    let claims = URL_SAFE_NO_PAD.encode(claims.replace(USER, "mallory"));
    token.id_token = Some(IdToken::new(format!("{header}.{claims}.{signature}")));
    assert_not_verified(&site.verified(&token, &code).await.unwrap_err());
}

/// Where neither token nor keys name one, all that fit are tried.
fn assert_not_verified(error: &IdTokenError) {
    let is_bad = matches!(error, IdTokenError::Signature(VerifyError::BadSignature { .. }));
    assert!(is_bad || matches!(error, IdTokenError::NoKeyVerifies { .. }), "{error:?}");
}

async fn it_ends(site: &Site) {
    let (code, token) = logged_in(site).await;
    let later = site::now().plus_seconds(86_400);
    let issuer = site.running.issuer();
    let check = IdTokenCheck::new(&issuer, &code.client_id, later);
    let error = check.check(token.id_token.as_ref().unwrap(), &site.key_set().await).unwrap_err();
    assert!(matches!(error, IdTokenError::Claim(ClaimError::Expired { .. })), "{error:?}");
    assert_eq!(error.hint().as_deref(), Some("compare this machine's clock with the server's"));
}

async fn new_keys_are_fetched_once_and_the_old_token_then_fails(site: &Site) {
    let kept = site.key_set().await;
    let (old_code, old_token) = logged_in(site).await;
    site.verified_with(&kept, &old_token, &old_code).unwrap();

    site.running.rotate_signing_keys().await.unwrap();
    let (code, token) = logged_in(site).await;
    let error = site.verified_with(&kept, &token, &code).unwrap_err();
    assert!(error.wants_fresh_keys() || matches!(error, IdTokenError::Signature(_)), "{error:?}");
    assert_eq!(site.verified(&token, &code).await.unwrap().subject(), USER);
    site.verified(&old_token, &old_code).await.unwrap_err();
}

at_each_real_server!(
    it_says_who_logged_in,
    the_nonce_of_another_login_is_refused,
    the_token_of_another_client_is_refused,
    a_changed_token_is_refused,
    it_ends,
    new_keys_are_fetched_once_and_the_old_token_then_fails,
);

/// Two issuers of the same make name their keys alike: the name proves nothing.
#[tokio::test]
async fn the_keys_of_another_issuer_do_not_verify_it() {
    let Some(site) = Site::at_oidc_provider().await else { return };
    let Some(elsewhere) = Site::at_oidc_provider().await else { return };
    let (code, token) = logged_in(&site).await;
    let error = site.verified_with(&elsewhere.key_set().await, &token, &code).unwrap_err();
    assert_not_verified(&error);
}

#[tokio::test]
async fn it_is_signed_as_the_client_registered() {
    let Some(site) = Site::at_oidc_provider().await else { return };
    for (name, algorithm) in [("RS256", Algorithm::Rs256), ("ES384", Algorithm::Es384)] {
        let metadata = app(name, AuthMethod::None).extra("id_token_signed_response_alg", name);
        let client = site.register(&metadata, None).await;
        let code = site::log_in(&client).await;
        let token = client.request_access_token(&code).await.unwrap();
        assert_eq!(site.verified(&token, &code).await.unwrap().algorithm(), algorithm);
    }
}

/// The token that a refresh brings is of the same user, OpenID Connect Core §12.2.
#[tokio::test]
async fn a_refresh_brings_one_of_the_same_user() {
    let Some(site) = Site::at_oidc_provider().await else { return };
    let client = site.client().await;
    let code = site::log_in(&client).await;
    let first = client.request_access_token(&code).await.unwrap();
    // Within the same second it would be the same token.
    site.running.advance_clock(30).await.unwrap();
    let second = client.refresh_token(&first, None).await.unwrap();
    assert_ne!(
        second.id_token.as_ref().unwrap().expose_secret(),
        first.id_token.as_ref().unwrap().expose_secret()
    );
    assert_eq!(site.verified(&second, &code).await.unwrap().subject(), USER);
}

/// Of the two servers only this one sends `at_hash`.
#[tokio::test]
async fn the_access_token_of_another_login_is_refused() {
    let Some(site) = Site::at_authlib().await else { return };
    let (code, mut token) = logged_in(&site).await;
    assert!(site.verified(&token, &code).await.unwrap().claims().contains_key("at_hash"));
    token.access_token = AccessToken::new("another");
    assert_eq!(site.verified(&token, &code).await.unwrap_err(), IdTokenError::OtherAccessToken);
}
