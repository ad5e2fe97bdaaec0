//! What comes back, and when it is believed.

use safire_protocol::authorize::AuthorizationErrorCode;
use safire_protocol::authorize::AuthorizationRequest;
use safire_protocol::authorize::AuthorizedCode;
use safire_protocol::authorize::Callback;
use safire_protocol::authorize::CallbackError;
use safire_protocol::authorize::PendingAuthorization;
use safire_protocol::fault::Diagnose;
use safire_protocol::fault::Fault;
use serde_json::json;

use super::BASE;
use super::ISSUER;
use super::NOW;
use super::REDIRECT;
use super::pending;
use super::pending_of;
use super::profile;
use super::request;
use super::url;

fn complete(query: &str, pending: PendingAuthorization) -> Result<AuthorizedCode, CallbackError> {
    Callback::from_query(query).unwrap().complete(Some(pending), NOW.plus_seconds(30))
}

#[test]
fn td_11_the_same_state_gives_the_code() {
    let (waiting, state) = pending();
    let code = complete(&format!("?code=a%2Bb%2F%3D&state={state}"), waiting).unwrap();
    assert_eq!(code.code.expose_secret(), "a+b/=");
    assert_eq!(code.redirect_uri, REDIRECT);
    assert_eq!(code.base, BASE);
    assert_eq!(code.client_id.as_str(), "client-1");
    assert_eq!(code.token_endpoint.as_str(), "https://auth.example.com/token");
    assert!(code.verifier.is_some());
}

#[test]
fn url_and_form_are_read_like_the_query() {
    let (waiting, state) = pending();
    let arrived = url(&format!("{REDIRECT}?code=c1&state={state}&session_state=x"));
    let code = Callback::from_url(&arrived).unwrap().complete(Some(waiting.clone()), NOW).unwrap();
    assert_eq!(code.code.expose_secret(), "c1");
    let body = format!("code=c2&state={state}");
    let code = Callback::from_form(body.as_bytes()).unwrap().complete(Some(waiting), NOW).unwrap();
    assert_eq!(code.code.expose_secret(), "c2");
}

#[test]
fn td_11_another_state_is_refused() {
    for other in ["x", "0123456789abcdef0123456789abcdef"] {
        let error = complete(&format!("code=c1&state={other}"), pending().0).unwrap_err();
        assert_eq!(error, CallbackError::StateDiffers);
        assert_eq!(error.fault(), Fault::Trust);
    }
}

#[test]
fn td_11_an_absent_state_is_refused_on_either_side() {
    for query in ["code=c1", "code=c1&state=", "code=c1&state=%20"] {
        let error = complete(query, pending().0).unwrap_err();
        assert_eq!(error, CallbackError::StateMissing { refusal: None });
    }
    let callback = Callback::from_query("code=c1&state=0123456789abcdef0123456789abcdef").unwrap();
    let error = callback.complete(None, NOW).unwrap_err();
    assert_eq!(error, CallbackError::NoRunningFlow { refusal: None });
}

#[test]
fn td_11_a_second_callback_finds_no_running_flow_and_learns_why() {
    let (waiting, state) = pending();
    let mut kept = Some(waiting);
    let callback = Callback::from_query(&format!("code=c1&state={state}")).unwrap();
    assert!(callback.clone().complete(kept.take(), NOW).is_ok());
    let error = callback.complete(kept.take(), NOW).unwrap_err();
    assert_eq!(error.code(), "no-running-flow");
    assert!(error.to_string().starts_with("no running flow"), "{error}");
    let hint = error.hint().unwrap().into_owned();
    for cause in ["second time", "another browser", "cookie", "restarted"] {
        assert!(hint.contains(cause), "{cause}: {hint}");
    }
}

#[test]
fn td_11_an_expired_login_is_refused() {
    let ends = |seconds| {
        let (waiting, state) = pending_of(request().with_lifetime(60));
        let callback = Callback::from_query(&format!("code=c1&state={state}")).unwrap();
        callback.complete(Some(waiting), NOW.plus_seconds(seconds))
    };
    assert!(ends(59).is_ok());
    assert_eq!(ends(60).unwrap_err(), CallbackError::Expired { late: 0, open: 60 });
    assert_eq!(ends(70).unwrap_err(), CallbackError::Expired { late: 10, open: 60 });
}

#[test]
fn td_12_a_refusal_becomes_an_authorization_error_and_never_a_code() {
    let (waiting, state) = pending();
    let query = format!(
        "error=access_denied&error_description=The+person+said+no&error_uri=https%3A%2F%2Fa.example%2Fe&code=c1&state={state}"
    );
    let error = complete(&query, waiting).unwrap_err();
    let refusal = error.refusal().unwrap();
    assert_eq!(refusal.code, AuthorizationErrorCode::AccessDenied);
    assert_eq!(refusal.description.as_deref(), Some("The person said no"));
    assert_eq!(refusal.uri.as_deref(), Some("https://a.example/e"));
    assert!(matches!(error, CallbackError::Refused(_)), "{error:?}");
    assert!(error.to_string().contains("access_denied"), "{error}");
    assert!(error.hint().is_some());
    assert!(!error.is_retryable());
}

#[test]
fn td_12_the_codes_of_the_specifications_are_typed_and_others_kept() {
    for code in [
        "access_denied",
        "invalid_request",
        "unauthorized_client",
        "unsupported_response_type",
        "invalid_scope",
        "server_error",
        "temporarily_unavailable",
        "login_required",
        "consent_required",
        "interaction_required",
        "my_own_error",
    ] {
        let (waiting, state) = pending();
        let error = complete(&format!("error={code}&state={state}"), waiting).unwrap_err();
        let refusal = error.refusal().unwrap();
        assert_eq!(refusal.code.as_str(), code);
        assert_eq!(matches!(refusal.code, AuthorizationErrorCode::Other(_)), code == "my_own_error");
        assert_eq!(error.is_retryable(), ["server_error", "temporarily_unavailable"].contains(&code));
    }
}

#[test]
fn td_12_a_refusal_without_state_is_told_but_not_believed() {
    let error = complete("error=access_denied", pending().0).unwrap_err();
    assert!(matches!(&error, CallbackError::StateMissing { refusal: Some(_) }), "{error:?}");
    assert!(error.to_string().contains("access_denied"), "{error}");
    let callback = Callback::from_query("error=access_denied").unwrap();
    assert!(callback.complete(None, NOW).unwrap_err().to_string().contains("access_denied"));
}

fn of_issuer(members: &serde_json::Value) -> AuthorizationRequest {
    request().with_profile(&profile(members))
}

#[test]
fn rfc_9207_another_issuer_is_refused_also_with_an_error() {
    let with = |rest: &str| {
        let (waiting, state) = pending_of(of_issuer(&json!({})));
        complete(&format!("{rest}&state={state}"), waiting)
    };
    let code = with("code=c1&iss=https%3A%2F%2Fauth.example.com").unwrap();
    assert_eq!(code.issuer.as_deref(), Some(ISSUER));
    assert!(with("code=c1").is_ok());
    for rest in [
        "code=c1&iss=https%3A%2F%2Fauth.example.com%2F",
        "code=c1&iss=https%3A%2F%2Fevil.example",
        "error=access_denied&iss=https%3A%2F%2Fevil.example",
    ] {
        let error = with(rest).unwrap_err();
        assert!(
            matches!(&error, CallbackError::IssuerDiffers { expected, .. } if expected == ISSUER),
            "{error:?}"
        );
        assert_eq!(error.fault(), Fault::Trust);
    }
}

#[test]
fn rfc_9207_a_promised_issuer_has_to_come() {
    let promised = json!({"authorization_response_iss_parameter_supported": true});
    let (waiting, state) = pending_of(of_issuer(&promised));
    let waiting = PendingAuthorization::from_bytes(&waiting.to_bytes()).unwrap();
    let error = complete(&format!("code=c1&state={state}"), waiting).unwrap_err();
    assert_eq!(error, CallbackError::IssuerMissing);
}

#[test]
fn a_callback_with_neither_code_nor_error_is_refused() {
    let (waiting, state) = pending();
    assert_eq!(complete(&format!("state={state}&code="), waiting).unwrap_err(), CallbackError::CodeMissing);
}

#[test]
fn a_doubled_parameter_is_refused_and_a_doubled_unknown_one_is_not() {
    for name in ["code", "state", "iss", "error"] {
        let error = Callback::from_query(&format!("{name}=1&{name}=2")).unwrap_err();
        assert!(matches!(error, CallbackError::Doubled { parameter } if parameter == name), "{error:?}");
    }
    assert!(Callback::from_query("x=1&x=2&code=c").is_ok());
}

#[test]
fn a_listener_can_tell_strangers_without_ending_the_login() {
    let (waiting, state) = pending();
    assert!(!Callback::from_query("code=c1&state=zzz").unwrap().belongs_to(&waiting));
    assert!(!Callback::from_query("").unwrap().belongs_to(&waiting));
    let callback = Callback::from_query(&format!("code=c1&state={state}")).unwrap();
    assert_eq!(callback.state(), Some(state.as_str()));
    assert!(callback.belongs_to(&waiting));
}
