//! What comes back from the browser: refusals, callbacks of other logins, and logins that outlive the process.

use safire::Credentials;
use safire::Error;
use safire::protocol::authorize::AuthorizationErrorCode;
use safire::protocol::authorize::Callback;
use safire::protocol::authorize::CallbackError;
use safire::protocol::authorize::PendingAuthorization;
use safire::protocol::fault::Diagnose;
use safire::store::Query;
use safire::store::Store;
use safire_e2e::Person;
use url::Url;

use crate::site;
use crate::site::Site;
use crate::site::USER;
use crate::steps::Place;

async fn refused_consent_is_told_as_such(site: &Site) {
    let client = site.client().await;
    let error = site::log_in_as(&client, &Person::new(USER).who_refuses()).await.unwrap_err();
    let Error::Callback(callback) = &error else { panic!("{error:?}") };
    let CallbackError::Refused(refusal) = &**callback else { panic!("{error:?}") };
    assert_eq!(refusal.code, AuthorizationErrorCode::AccessDenied);
    assert!(refusal.description.is_some(), "{refusal:?}");
    assert_eq!(error.code(), "authorization-refused");
    assert!(error.hint().unwrap().contains("refused"), "{:?}", error.hint());
}

async fn the_callback_of_another_login_is_refused(site: &Site) {
    let client = site.client().await;
    let (url, _) = site::request(&client).await;
    let (_, other) = site::request(&client).await;
    let arrived = site::arrival(&url, &Person::new(USER)).await;
    let error =
        client.complete_authorization(Callback::from_url(&arrived).unwrap(), Some(other)).unwrap_err();
    assert_eq!(error.code(), "state-differs");
}

/// A web application keeps the login under its state; by the time the user comes back, another process may answer.
async fn a_login_outlives_the_process(site: &Site) {
    let client = site.client().await;
    let (url, pending) = site::request(&client).await;
    let kept = pending.to_bytes();
    drop((client, pending));
    let arrived = site::arrival(&url, &Person::new(USER)).await;

    let record = site.place.reopened().load(Query::All).await.unwrap().pop().unwrap();
    let credentials = Credentials::of_record(&record, &record.registration().unwrap(), None).unwrap();
    let client = Place::new(&site.running.fhir_base()).server.client(credentials);
    let pending = PendingAuthorization::from_bytes(&kept).unwrap();
    let code = client.complete_authorization(Callback::from_url(&arrived).unwrap(), Some(pending)).unwrap();
    let token = client.request_access_token(&code).await.unwrap();
    assert_eq!(site.read_patient(&token.access_token).await, 200);
    assert_eq!(site.verified(&token, &code).await.unwrap().subject(), USER);
}

at_each_real_server!(
    refused_consent_is_told_as_such,
    the_callback_of_another_login_is_refused,
    a_login_outlives_the_process,
);

/// The arrival without its `iss`, or with another one (RFC 9207).
fn with_iss(arrived: &Url, iss: Option<&str>) -> Callback {
    let mut changed = arrived.clone();
    let others = arrived.query_pairs().filter(|(name, _)| name != "iss");
    changed.query_pairs_mut().clear().extend_pairs(others).extend_pairs(iss.map(|iss| ("iss", iss)));
    Callback::from_url(&changed).unwrap()
}

#[tokio::test]
async fn the_issuer_in_the_callback_is_compared() {
    let Some(site) = Site::at_oidc_provider().await else { return };
    let client = site.client().await;
    let (url, pending) = site::request(&client).await;
    let arrived = site::arrival(&url, &Person::new(USER)).await;
    for (iss, code) in [(Some("https://attacker.example"), "issuer-differs"), (None, "issuer-missing")] {
        let callback = with_iss(&arrived, iss);
        let error = client.complete_authorization(callback, Some(pending.clone())).unwrap_err();
        assert_eq!(error.code(), code);
    }
    let callback = with_iss(&arrived, Some(&site.running.issuer()));
    assert!(client.complete_authorization(callback, Some(pending)).is_ok());
}

#[tokio::test]
async fn a_scope_that_is_not_registered_is_told_as_such() {
    let Some(site) = Site::at_oidc_provider().await else { return };
    let client = site.client().await;
    let request = client.authorization_request(site::REDIRECT_URI, "openid user/*.cruds").await.unwrap();
    let (url, pending) = client.authorization_url(request).unwrap();
    let arrived = site::arrival(&url, &Person::new(USER)).await;
    let error =
        client.complete_authorization(Callback::from_url(&arrived).unwrap(), Some(pending)).unwrap_err();
    let Error::Callback(callback) = &error else { panic!("{error:?}") };
    assert_eq!(callback.refusal().unwrap().code, AuthorizationErrorCode::InvalidScope);
}
