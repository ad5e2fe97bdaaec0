//! TD-09: nothing of a login shows in a `Debug` text or an error.

use safire_protocol::authorize::AllowedIssuers;
use safire_protocol::authorize::AuthorizationError;
use safire_protocol::authorize::Callback;
use safire_protocol::authorize::CodeVerifier;
use safire_protocol::authorize::EhrLaunch;
use safire_protocol::authorize::Nonce;
use safire_protocol::authorize::PendingAuthorization;
use safire_protocol::authorize::State;
use safire_protocol::fault::Diagnose;

use super::NOW;
use super::REDIRECT;
use super::at;
use super::pending_of;
use super::random;
use super::request;

const PLANTED: &str = "PLANTED9f2c41a7b3e85d60c1f2PLANTED9f2c41a7b3e85d60c1f2";

#[test]
fn td_09_a_request_and_what_is_pending_show_no_secret() {
    let redirect = format!("{REDIRECT}?key={PLANTED}");
    let request = at("https://auth.example.com/a", super::BASE, &redirect, "openid")
        .with_state(State::from_caller(PLANTED).unwrap())
        .with_nonce(Nonce::from_caller(PLANTED).unwrap())
        .with_launch(PLANTED)
        .with_login_hint(PLANTED);
    let (form, pending) = request.clone().form(&random(0x41), NOW).unwrap();
    let verifier = CodeVerifier::parse(PLANTED).unwrap();
    let text =
        format!("{request:?} {request:#?} {form:?} {pending:?} {pending:#?} {verifier:?} {:?}", random(0x41));
    assert!(text.contains("CodeVerifier([redacted])"), "{text}");
    assert!(!text.contains(PLANTED) && !text.contains("QUFBQ"), "{text}");
}

#[test]
fn td_09_a_callback_shows_neither_code_nor_state() {
    let (pending, _) = pending_of(request().with_state(State::from_caller(PLANTED).unwrap()));
    let query = format!("code={PLANTED}&state={PLANTED}&iss={PLANTED}");
    let callback = Callback::from_query(&query).unwrap();
    let code = callback.clone().complete(Some(pending.clone()), NOW).unwrap();
    let text = format!("{callback:?} {code:?} {code:#?}");
    assert!(!text.contains(PLANTED), "{text}");
    let error = callback.complete(Some(pending), NOW.plus_seconds(9_999)).unwrap_err();
    assert!(!format!("{error} {error:?}").contains(PLANTED), "{error:?}");
}

#[test]
fn td_09_a_server_that_echoes_code_and_state_is_not_repeated() {
    let short = "hunter-2-hunter-2-hunter";
    let (pending, _) = pending_of(request().with_state(State::from_caller(short).unwrap()));
    let query = format!(
        "error=my+{short}&error_description=bad+{short}+and+{PLANTED}%1b%5b31m&error_uri=https%3A%2F%2Fa%2F{PLANTED}&state={short}"
    );
    let error = Callback::from_query(&query).unwrap().complete(Some(pending), NOW).unwrap_err();
    let _: &AuthorizationError = error.refusal().unwrap();
    let text = format!("{error} {error:?} {}", error.hint().unwrap());
    for secret in [short, PLANTED, "\u{1b}"] {
        assert!(!text.contains(secret), "{text}");
    }
}

#[test]
fn td_09_damaged_bytes_are_not_repeated() {
    let bytes = format!("{{\"form\":1,\"state\":{{\"x\":\"{PLANTED}\"}}}}");
    let error = PendingAuthorization::from_bytes(bytes.as_bytes()).unwrap_err();
    assert!(!format!("{error} {error:?}").contains(PLANTED));
}

#[test]
fn td_09_a_launch_value_does_not_show() {
    let allowed = AllowedIssuers::none().whenever(|_| true);
    let query = format!("iss=https%3A%2F%2Fehr.example.com%2Ffhir&launch={PLANTED}");
    let launch = EhrLaunch::from_query(&query, &allowed).unwrap();
    assert_eq!(launch.launch(), PLANTED);
    assert!(!format!("{launch:?}").contains(PLANTED));
}
