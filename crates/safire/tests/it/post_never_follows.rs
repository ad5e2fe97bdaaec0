//! Registration and token requests never follow a redirect, and nothing is sent to its target.

use safire::Credentials;
use safire::Error;
use safire::protocol::fault::Diagnose;
use safire::protocol::secret::InitialAccessToken;

use crate::script::REGISTERED;
use crate::script::Script;
use crate::script::TOKEN;
use crate::script::document;
use crate::script::json;
use crate::script::metadata;
use crate::script::redirect;
use crate::tokens::secret_credentials;

/// A server whose POSTs answer with this redirect to `target`.
async fn redirecting(status: u16, target: String) -> Script {
    Script::with_document(document, move |_, _| redirect(status, &target)).await
}

async fn token(script: &Script, credentials: Credentials) -> Error {
    script.server().client(credentials).request_backend_token(None).await.unwrap_err()
}

#[tokio::test]
async fn td_01_a_302_from_the_token_endpoint_is_an_error() {
    let evil = Script::start(|_, _| json(200, TOKEN)).await;
    let script = redirecting(302, format!("{}/t", evil.origin())).await;
    let error = token(&script, secret_credentials()).await;
    assert!(matches!(error, Error::Token(_)), "{error:?}");
    assert_eq!(error.server_answer().unwrap().status, 302);
    assert_eq!(script.count("/token"), 1);
    assert!(evil.asked().is_empty());
}

#[tokio::test]
async fn td_02_a_307_from_the_token_endpoint_sends_the_body_nowhere() {
    let evil = Script::start(|_, _| json(200, TOKEN)).await;
    let script = redirecting(307, format!("{}/t", evil.origin())).await;
    let error = token(&script, secret_credentials()).await;
    assert!(matches!(error, Error::Token(_)), "{error:?}");
    assert!(evil.asked().is_empty());
}

#[tokio::test]
async fn t10_td_03_a_307_from_registration_keeps_the_initial_access_token() {
    let evil = Script::start(|_, _| json(201, REGISTERED)).await;
    for target in [format!("{}/r", evil.origin()), "/elsewhere".to_owned()] {
        let script = redirecting(307, target).await;
        let token = InitialAccessToken::new("planted-initial-access-token");
        let server = script.server();
        let error = server.register_client(&metadata()).initial_access_token(&token).await.unwrap_err();
        assert!(matches!(error, Error::Registration(_)), "{error:?}");
        assert!(error.hint().is_some());
        let with_token =
            script.asked().iter().filter(|asked| asked.header("authorization").is_some()).count();
        assert_eq!(with_token, 1, "the token was sent once");
        assert_eq!(script.count("/elsewhere"), 0);
    }
    assert!(evil.asked().is_empty());
}
