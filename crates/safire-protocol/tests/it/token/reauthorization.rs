//! T15: who is refused without a cause asks once more, where the profile says so.

use safire_protocol::client_profile::ClientProfile;
use safire_protocol::token::ReauthPolicy;
use safire_protocol::token::TokenError;

use super::accept;

const FLAKE: &str = r#"{"error":"invalid_grant","error_description":null}"#;

fn refused(status: u16, body: &'static str) -> TokenError {
    accept(status, "application/json", body).unwrap_err()
}

#[test]
fn t15_only_the_profile_of_epic_asks_once_more_and_only_once() {
    let flake = refused(400, FLAKE);
    assert_eq!(ClientProfile::Standard.reauth_policy(), ReauthPolicy::FailFast);
    assert!(!ReauthPolicy::FailFast.asks_again(1, &flake));
    let policy = ClientProfile::EpicDynamic.reauth_policy();
    assert_eq!(policy, ReauthPolicy::OnceMore);
    assert!(policy.asks_again(1, &flake) && !policy.asks_again(2, &flake));
}

#[test]
fn t15_a_refusal_that_says_why_stands() {
    for (status, body, without_cause) in [
        (400, FLAKE, true),
        (400, "", true),
        (400, r#"{"error":"invalid_grant","error_description":""}"#, true),
        (400, r#"{"error":"invalid_grant","error_description":"unknown kid"}"#, false),
        (400, r#"{"error":"invalid_request"}"#, false),
        (401, r#"{"error":"invalid_grant"}"#, false),
        (500, "", false),
        (200, "{}", false),
    ] {
        assert_eq!(refused(status, body).is_without_cause(), without_cause, "{status} {body}");
    }
}

#[test]
fn a_profile_is_stored_by_its_name() {
    for profile in [ClientProfile::Standard, ClientProfile::EpicDynamic] {
        let text = serde_json::to_value(profile).unwrap();
        assert_eq!(text, profile.as_str());
        assert_eq!(serde_json::from_value::<ClientProfile>(text).unwrap(), profile);
    }
}
