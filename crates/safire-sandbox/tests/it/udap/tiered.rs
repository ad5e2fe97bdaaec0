use safire_sandbox::Sandbox;
use serde_json::Value;

use super::authorization_code::redeem;
use super::world::World;
use crate::browser::Browser;
use crate::browser::REDIRECT;
use crate::browser::Request;
use crate::browser::title;
use crate::browser::told;
use crate::support::Answer;
use crate::support::get;

/// A data holder, and an identity provider in the same community.
async fn holder_and_provider() -> (World, Sandbox) {
    let holder = World::start().await;
    let provider = Sandbox::builder().udap(holder.community.clone()).start().await.unwrap();
    (holder, provider)
}

fn request(world: &World, id: &str, idp: &str) -> Request {
    let request = Request::of(&world.sandbox, id).with("aud", None);
    request.with("scope", Some("openid udap patient/*.rs")).with("idp", Some(idp))
}

fn location(answer: &Answer) -> String {
    assert_eq!(answer.status, 303, "{}", answer.text());
    answer.header("location").unwrap().to_owned()
}

/// Logs in at the provider as this user, and gives the URL to go back to.
async fn log_in(provider: &Sandbox, url: &str, user: &str) -> String {
    let mut browser = Browser::default();
    let page = browser.get(url).await;
    let page = browser.log_in(provider, &page, user).await;
    location(&browser.allow(provider, &page).await)
}

#[tokio::test]
async fn the_user_logs_in_at_home_and_agrees_at_the_data_holder() {
    let (world, provider) = holder_and_provider().await;
    let id = world.registered(&world.user_claims(REDIRECT)).await;
    let mut browser = Browser::default();
    let away = browser.get(&request(&world, &id, &provider.issuer()).url(&world.sandbox)).await;
    let url = location(&away);
    assert!(url.starts_with(&provider.authorization_endpoint()), "{url}");
    let back = log_in(&provider, &url, "clinician").await;
    let page = browser.get(&back).await;
    assert_eq!(page.status, 200, "{}", page.text());
    let page = browser.submit(&world.sandbox, &page, &[("patient", "second")]).await;
    let told = told(&browser.allow(&world.sandbox, &page).await);
    let answer = redeem(&world, &id, &told["code"]).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.json()["patient"], "second");
}

#[tokio::test]
async fn the_data_holder_registers_once_as_what_its_certificate_says() {
    let (world, provider) = holder_and_provider().await;
    let id = world.registered(&world.user_claims(REDIRECT)).await;
    for _ in 0..2 {
        let away = get(&request(&world, &id, &provider.issuer()).url(&world.sandbox)).await;
        assert!(location(&away).contains("scope=openid+udap"));
    }
    let clients = provider.clients();
    assert_eq!((clients.len(), provider.counts().register), (1, 1));
    let logo = clients[0].metadata["logo_uri"].as_str().unwrap();
    let image = get(logo).await;
    assert_eq!((image.status, image.header("content-type")), (200, Some("image/gif")));
    assert!(image.body.starts_with(b"GIF89a"));
    provider.set_fault("udap:revoked-certificate").unwrap();
    let told = told(&get(&request(&world, &id, &provider.issuer()).url(&world.sandbox)).await);
    assert_eq!(told["error"], "invalid_idp", "trust is asked for each time");
}

#[tokio::test]
async fn a_sandbox_can_be_its_own_identity_provider() {
    let world = World::of(Sandbox::builder().auto_approve("patient", "example")).await;
    let id = world.registered(&world.user_claims(REDIRECT)).await;
    let mut url = request(&world, &id, &world.sandbox.issuer()).url(&world.sandbox);
    for _ in 0..3 {
        url = location(&get(&url).await);
    }
    let code =
        url::Url::parse(&url).unwrap().query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned();
    assert!(url.starts_with(REDIRECT), "{url}");
    assert_eq!(redeem(&world, &id, &code).await.json()["patient"], "example");
}

#[tokio::test]
async fn a_provider_that_is_not_trusted_is_an_invalid_idp() {
    let (world, provider) = holder_and_provider().await;
    let stranger = Sandbox::start().await.unwrap();
    let silent = Sandbox::builder().without_udap().start().await.unwrap();
    let id = world.registered(&world.user_claims(REDIRECT)).await;
    let revoked = Sandbox::builder().udap(world.community.clone()).fault("udap:revoked-certificate");
    let revoked = revoked.start().await.unwrap();
    for idp in [
        stranger.issuer(),
        silent.issuer(),
        revoked.issuer(),
        format!("{}/", provider.issuer()),
        "https://idp.invalid".to_owned(),
        "http://idp.invalid".to_owned(),
        "nonsense".to_owned(),
    ] {
        let told = told(&get(&request(&world, &id, &idp).url(&world.sandbox)).await);
        assert_eq!(told["error"], "invalid_idp", "{idp}");
        assert!(told.contains_key("state"));
    }
    assert_eq!(stranger.counts().register, 0);
}

#[tokio::test]
async fn an_id_token_that_is_wrong_ends_the_login() {
    let (world, provider) = holder_and_provider().await;
    let id = world.registered(&world.user_claims(REDIRECT)).await;
    for fault in ["bad-signature", "alg-none", "wrong-aud", "wrong-nonce", "wrong-iss", "expired"] {
        provider.clear_faults();
        let mut browser = Browser::default();
        let away = browser.get(&request(&world, &id, &provider.issuer()).url(&world.sandbox)).await;
        let back = log_in(&provider, &location(&away), "clinician").await;
        provider.set_fault(&format!("id-token:{fault}")).unwrap();
        assert_eq!(told(&browser.get(&back).await)["error"], "invalid_idp", "{fault}");
    }
}

#[tokio::test]
async fn a_refusal_at_home_is_told_to_the_app() {
    let (world, provider) = holder_and_provider().await;
    let id = world.registered(&world.user_claims(REDIRECT)).await;
    for (error, told_as) in [("access_denied", "access_denied"), ("server_error", "invalid_idp")] {
        provider.set_fault(&format!("authorize:error={error}")).unwrap();
        let mut browser = Browser::default();
        let away = browser.get(&request(&world, &id, &provider.issuer()).url(&world.sandbox)).await;
        let back = location(&browser_of_provider(&location(&away)).await);
        assert_eq!(told(&browser.get(&back).await)["error"], told_as, "{error}");
    }
}

async fn browser_of_provider(url: &str) -> Answer {
    Browser::default().get(url).await
}

#[tokio::test]
async fn a_login_belongs_to_its_browser_and_its_state() {
    let (world, provider) = holder_and_provider().await;
    let id = world.registered(&world.user_claims(REDIRECT)).await;
    let mut browser = Browser::default();
    let begin = request(&world, &id, &provider.issuer()).url(&world.sandbox);
    let away = location(&browser.get(&begin).await);
    let callback = format!("{}/authorize/idp", world.sandbox.issuer());
    let wrong = format!("{callback}?code=x&state=wrong");
    assert_eq!(Browser::default().get(&wrong).await.status, 400);
    let back = log_in(&provider, &away, "clinician").await;
    let elsewhere = Browser::default().get(&back).await;
    assert_eq!(elsewhere.status, 403, "{}", title(&elsewhere));
    let mut twin = Browser { cookie: browser.cookie.clone() };
    assert_eq!(browser.get(&back).await.status, 200);
    assert_eq!(twin.get(&back).await.status, 400, "it was used up");

    let mut browser = Browser::default();
    let away = location(&browser.get(&begin).await);
    assert_eq!(told(&browser.get(&wrong).await)["error"], "server_error");
    let back = log_in(&provider, &away, "clinician").await;
    assert_eq!(browser.get(&back).await.status, 400, "it was ended");
}

#[tokio::test]
async fn without_the_scope_udap_the_parameter_means_nothing() {
    let (world, provider) = holder_and_provider().await;
    let id = world.registered(&world.user_claims(REDIRECT)).await;
    let request = request(&world, &id, &provider.issuer()).with("scope", Some("openid patient/*.rs"));
    let page = get(&request.url(&world.sandbox)).await;
    assert_eq!(page.status, 200);
    let claims: Value = world.claims();
    assert!(claims.is_object() && provider.counts().requests == 0);
}
