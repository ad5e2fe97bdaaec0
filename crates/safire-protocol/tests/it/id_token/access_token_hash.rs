//! `at_hash` binds the id token to the access token, OpenID Connect Core §3.1.3.8.

use aws_lc_rs::digest;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use safire_protocol::id_token::IdTokenError;
use safire_protocol::id_token::ValidIdToken;
use safire_protocol::jose::Algorithm;
use safire_protocol::jose::PrivateKey;
use safire_protocol::secret::AccessToken;
use safire_protocol::secret::IdToken;
use serde_json::Value;
use serde_json::json;

use super::check;
use super::checks;
use super::code;
use super::good;
use super::good_but;
use super::set_of;
use super::signed;

/// Appendix A.3 of OpenID Connect Core.
const TOKEN: &str = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y";
const HASH: &str = "77QmUPtjPfzWtF2AnpK9RQ";

fn with(algorithm: Algorithm, claims: &Value, access_token: &str) -> Result<ValidIdToken, IdTokenError> {
    let key = PrivateKey::generate(algorithm).unwrap();
    let access_token = AccessToken::new(access_token);
    let token = IdToken::new(signed(&key, claims));
    checks().access_token(&access_token).check(&token, &set_of(&[&key]))
}

#[test]
fn the_published_example_holds() {
    let claims = good_but("at_hash", HASH);
    assert!(with(Algorithm::Es256, &claims, TOKEN).is_ok());
    assert_eq!(with(Algorithm::Es256, &claims, "another").unwrap_err(), IdTokenError::OtherAccessToken);
}

#[test]
fn the_hash_is_that_of_the_signature() {
    for (algorithm, hash) in [
        (Algorithm::Rs256, &digest::SHA256),
        (Algorithm::Es384, &digest::SHA384),
        (Algorithm::Rs512, &digest::SHA512),
    ] {
        let whole = digest::digest(hash, TOKEN.as_bytes());
        let half = URL_SAFE_NO_PAD.encode(&whole.as_ref()[..whole.as_ref().len() / 2]);
        assert!(with(algorithm, &good_but("at_hash", half), TOKEN).is_ok(), "{algorithm}");
    }
    assert_eq!(code(with(Algorithm::Es384, &good_but("at_hash", HASH), TOKEN)), "id-token-at-hash");
}

#[test]
fn one_that_is_missing_or_not_asked_for_is_not_looked_at() {
    assert!(with(Algorithm::Es256, &good(), TOKEN).is_ok());
    assert!(check(&good_but("at_hash", "anything")).is_ok());
    assert_eq!(code(with(Algorithm::Es256, &good_but("at_hash", json!(1)), TOKEN)), "claim-wrong-type");
}
