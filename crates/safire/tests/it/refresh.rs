//! The next token for a refresh token.

use safire::Client;
use safire::Error;
use safire::error::LoginNeeded;
use safire::error::Stage;
use safire::protocol::fault::Diagnose;
use safire::protocol::fault::Fault;
use safire::protocol::secret::RefreshToken;
use safire::protocol::token::TokenResponse;

use crate::login::LOGIN_TOKEN;
use crate::login::code;
use crate::login::public_credentials;
use crate::script::Script;
use crate::script::document;
use crate::script::form;
use crate::script::json;
use crate::tokens::key_credentials;
use crate::tokens::secret_credentials;

const BARE: &str = r#"{"access_token":"second","token_type":"Bearer","expires_in":300}"#;
const ROTATED: &str =
    r#"{"access_token":"second","token_type":"Bearer","expires_in":300,"refresh_token":"rotated"}"#;

/// A server whose refreshes are answered with this, and whose codes with a login's token.
pub(crate) async fn refreshing(status: u16, answer: &'static str) -> Script {
    Script::with_document(document, move |asked, _| {
        let is_refresh = asked.body.contains("grant_type=refresh_token");
        if is_refresh { json(status, answer) } else { json(200, LOGIN_TOKEN) }
    })
    .await
}

async fn logged_in(client: &Client) -> TokenResponse {
    client.request_access_token(&code(client).await).await.unwrap()
}

fn refresh_of(token: &TokenResponse) -> &str {
    token.refresh_token.as_ref().unwrap().expose_secret()
}

#[tokio::test]
async fn tc_092_t18_td_21_a_public_client_sends_its_id_and_no_scope_and_keeps_what_is_left_out() {
    let script = refreshing(200, BARE).await;
    let client = script.server().client(public_credentials());
    let first = logged_in(&client).await;
    let second = client.refresh_token(&first, None).await.unwrap();
    let sent = form(&script.asked().pop().unwrap().body);
    let names: Vec<&str> = sent.keys().map(String::as_str).collect();
    assert_eq!(names, ["client_id", "grant_type", "refresh_token"]);
    assert_eq!(second.access_token.expose_secret(), "second");
    assert_eq!(refresh_of(&second), refresh_of(&first));
    assert_eq!(second.scope, first.scope);
    assert_eq!(second.extra["patient"], "p-1");
}

#[tokio::test]
async fn td_21_a_new_refresh_token_replaces_the_old_one() {
    let script = refreshing(200, ROTATED).await;
    let client = script.server().client(public_credentials());
    let second = client.refresh_token(&logged_in(&client).await, None).await.unwrap();
    assert_eq!(refresh_of(&second), "rotated");
}

#[tokio::test]
async fn tc_093_a_narrower_scope_is_sent() {
    let script = refreshing(200, BARE).await;
    let client = script.server().client(public_credentials());
    client.refresh_token(&logged_in(&client).await, Some("patient/Patient.rs openid")).await.unwrap();
    assert_eq!(form(&script.asked().pop().unwrap().body)["scope"], "patient/Patient.rs openid");
}

#[tokio::test]
async fn tc_094_secret_and_key_clients_send_their_proof_again() {
    let script = refreshing(200, BARE).await;
    let client = script.server().client(secret_credentials());
    client.refresh_token(&logged_in(&client).await, None).await.unwrap();
    let asked = script.asked().pop().unwrap();
    assert!(asked.header("authorization").unwrap().starts_with("Basic "));
    assert!(!form(&asked.body).contains_key("client_id"));

    let client = script.server().client(key_credentials());
    let first = logged_in(&client).await;
    let exchange = form(&script.asked().pop().unwrap().body);
    client.refresh_token(&first, None).await.unwrap();
    let refresh = form(&script.asked().pop().unwrap().body);
    assert!(!refresh.contains_key("client_id"));
    assert_ne!(exchange["client_assertion"], refresh["client_assertion"], "each assertion is a new one");
}

#[tokio::test]
async fn a_refresh_token_that_was_kept_alone_is_enough() {
    let script = refreshing(200, BARE).await;
    let client = script.server().client(public_credentials());
    let kept = RefreshToken::new("kept");
    let token = client.refresh_token_alone(&kept, None).await.unwrap();
    assert_eq!(form(&script.asked().pop().unwrap().body)["refresh_token"], "kept");
    assert_eq!(refresh_of(&token), "kept");
}

#[tokio::test]
async fn a_dead_refresh_token_says_log_in_again() {
    let script = refreshing(400, r#"{"error":"invalid_grant","error_description":"revoked"}"#).await;
    let client = script.server().client(public_credentials());
    let error = client.refresh_token(&logged_in(&client).await, None).await.unwrap_err();
    assert!(matches!(&error, Error::LoginNeeded(LoginNeeded::Refused(_))), "{error:?}");
    assert_eq!((error.code(), error.fault(), error.is_retryable()), ("login-needed", Fault::Caller, false));
    assert_eq!(error.server_answer().unwrap().error_description.as_deref(), Some("revoked"));
    assert!(error.to_string().contains("log in again"), "{error}");
}

#[tokio::test]
async fn another_refusal_does_not_say_log_in_again() {
    let script = refreshing(503, r#"{"error":"temporarily_unavailable"}"#).await;
    let client = script.server().client(public_credentials());
    let error = client.refresh_token(&logged_in(&client).await, None).await.unwrap_err();
    assert!(matches!(&error, Error::Token(_)) && error.is_retryable(), "{error:?}");
}

#[tokio::test]
async fn without_a_refresh_token_nothing_is_sent() {
    let script = refreshing(200, BARE).await;
    let client = script.server().client(public_credentials());
    let mut token = logged_in(&client).await;
    token.refresh_token = None;
    let before = script.asked().len();
    let error = client.refresh_token(&token, None).await.unwrap_err();
    assert_eq!((error.code(), error.stage()), ("login-needed-no-refresh-token", Stage::Token));
    assert_eq!(script.asked().len(), before);
}

#[tokio::test]
async fn tc_091_a_refresh_without_connection_is_a_network_error() {
    let script = refreshing(200, BARE).await;
    let server = script.builder().token_endpoint("http://127.0.0.1:1/token").build().unwrap();
    let client = server.client(public_credentials());
    let error = client.refresh_token_alone(&RefreshToken::new("kept"), None).await.unwrap_err();
    assert!(matches!(&error, Error::Transport { stage: Stage::Token, .. }), "{error:?}");
}
