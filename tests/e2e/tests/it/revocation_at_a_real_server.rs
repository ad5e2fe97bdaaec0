//! A token given back is known no more.

use safire::Error;
use safire::protocol::secret::RefreshToken;
use safire::protocol::token_endpoints::HeldToken;

use crate::site;
use crate::site::Site;

async fn a_revoked_refresh_token_takes_its_access_tokens_with_it(site: &Site) {
    let client = site.client().await;
    let token = site::token(&client).await;
    let refresh_token = token.refresh_token.clone().unwrap();
    client.revoke(HeldToken::Refresh(refresh_token.clone())).await.unwrap();

    assert!(!client.introspect(HeldToken::Refresh(refresh_token)).await.unwrap().active);
    assert!(!client.introspect(HeldToken::Access(token.access_token.clone())).await.unwrap().active);
    assert_eq!(site.read_patient(&token.access_token).await, 401);
    let error = client.refresh_token(&token, None).await.unwrap_err();
    assert!(matches!(error, Error::LoginNeeded(_)), "{error:?}");
}

async fn a_revoked_access_token_reads_nothing(site: &Site) {
    let client = site.client().await;
    let token = site::token(&client).await;
    assert_eq!(site.read_patient(&token.access_token).await, 200);
    client.revoke(HeldToken::Access(token.access_token.clone())).await.unwrap();
    assert_eq!(site.read_patient(&token.access_token).await, 401);
}

async fn an_unknown_token_is_no_error(site: &Site) {
    let client = site.client().await;
    let unknown = HeldToken::Refresh(RefreshToken::new("nobody-ever-issued-this"));
    let revoked = client.revoke(unknown).await.unwrap();
    assert!(revoked.deviations.is_empty(), "{:?}", revoked.deviations);
}

async fn twice_is_as_good_as_once(site: &Site) {
    let client = site.client().await;
    let token = HeldToken::Refresh(site::token(&client).await.refresh_token.unwrap());
    client.revoke(token.clone()).await.unwrap();
    client.revoke(token).await.unwrap();
}

at_each_real_server!(
    a_revoked_refresh_token_takes_its_access_tokens_with_it,
    a_revoked_access_token_reads_nothing,
    an_unknown_token_is_no_error,
    twice_is_as_good_as_once,
);
