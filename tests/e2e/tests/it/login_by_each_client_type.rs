//! From the registration to the revocation, for each way in which a client proves itself.

use safire::Error;
use safire::protocol::credentials::AuthMethod;
use safire::protocol::jose::Algorithm;
use safire::protocol::token_endpoints::HeldToken;

use crate::site;
use crate::site::Site;
use crate::site::USER;
use crate::site::app;

async fn a_public_client(site: &Site) {
    whole_life(site, AuthMethod::None, None).await;
}

async fn a_secret_client_by_basic(site: &Site) {
    whole_life(site, AuthMethod::ClientSecretBasic, None).await;
}

async fn a_secret_client_by_post(site: &Site) {
    whole_life(site, AuthMethod::ClientSecretPost, None).await;
}

async fn a_key_client_by_rs384(site: &Site) {
    whole_life(site, AuthMethod::PrivateKeyJwt, Some(Algorithm::Rs384)).await;
}

async fn a_key_client_by_es384(site: &Site) {
    whole_life(site, AuthMethod::PrivateKeyJwt, Some(Algorithm::Es384)).await;
}

at_each_real_server!(
    a_public_client,
    a_secret_client_by_basic,
    a_secret_client_by_post,
    a_key_client_by_rs384,
    a_key_client_by_es384,
);

async fn whole_life(site: &Site, method: AuthMethod, algorithm: Option<Algorithm>) {
    let client = site.register(&app("App", method.clone()), algorithm).await;
    assert_eq!(client.credentials().proof.method(), method);

    let code = site::log_in(&client).await;
    let first = client.request_access_token(&code).await.unwrap();
    assert!(first.scope.as_deref().unwrap().contains("patient/*.rs"), "{:?}", first.scope);
    assert!(first.expires_at.is_some());
    assert_eq!(first.launch_context().patient.as_deref(), Some("example"));
    assert_eq!(site.read_patient(&first.access_token).await, 200);
    let person = site.verified(&first, &code).await.unwrap();
    assert_eq!(person.subject(), USER);

    let live = client.introspect(HeldToken::Access(first.access_token.clone())).await.unwrap();
    assert!(live.active, "{live:?}");
    assert_eq!(live.client_id.as_deref(), Some(client.credentials().proof.client_id().as_str()));

    let second = client.refresh_token(&first, None).await.unwrap();
    assert_ne!(second.access_token.expose_secret(), first.access_token.expose_secret());
    assert_eq!(site.read_patient(&second.access_token).await, 200);

    let refresh_token = second.refresh_token.clone().unwrap();
    let revoked = client.revoke(HeldToken::Refresh(refresh_token.clone())).await.unwrap();
    assert!(revoked.deviations.is_empty(), "{:?}", revoked.deviations);
    for token in [HeldToken::Refresh(refresh_token), HeldToken::Access(second.access_token.clone())] {
        assert!(!client.introspect(token).await.unwrap().active);
    }
    assert_eq!(site.read_patient(&second.access_token).await, 401);
    let error = client.refresh_token(&second, None).await.unwrap_err();
    assert!(matches!(error, Error::LoginNeeded(_)), "{error:?}");
}
