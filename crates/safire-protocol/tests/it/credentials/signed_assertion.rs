//! The assertion as a server sees it: signed, sent in the form, verified with the registered public key.

use safire_protocol::credentials::AssertionProfile;
use safire_protocol::credentials::Credentials;
use safire_protocol::credentials::KeyRef;
use safire_protocol::identifier::ClientId;
use safire_protocol::jose::Algorithm;
use safire_protocol::jose::Limits;
use safire_protocol::jose::PrivateKey;
use safire_protocol::jose::decode;
use safire_protocol::secret::ClientAssertion;
use safire_protocol::time::UnixTime;
use safire_protocol::token::Grant;
use safire_protocol::token::TokenRequest;
use url::Url;
use url::form_urlencoded;

const TOKEN_URL: &str = "https://auth.example.com/token";
const NOW: UnixTime = UnixTime::from_seconds(1_790_000_000);

fn sent_assertion(key: &PrivateKey) -> String {
    let described = KeyRef { kid: key.kid(), algorithm: key.algorithm(), kind: Some(key.kind()) };
    let profile = AssertionProfile::of_key(ClientId::parse("client-1").unwrap(), described).unwrap();
    let grant = Grant::ClientCredentials { scope: None };
    let credentials = Credentials::PrivateKeyJwt(profile);
    let step = TokenRequest::new(Url::parse(TOKEN_URL).unwrap(), grant, credentials).unwrap();
    let input = step.assertion(NOW, "j1").unwrap().unwrap();
    let signature = key.sign(key.algorithm(), input.as_bytes()).unwrap();
    let request = step.request(Some(ClientAssertion::new(input.attach(&signature)))).unwrap();
    let pairs: Vec<_> = form_urlencoded::parse(request.body()).into_owned().collect();
    pairs.into_iter().find(|(name, _)| name == "client_assertion").unwrap().1
}

fn verifies_as(algorithm: Algorithm) {
    let key = PrivateKey::generate(algorithm).unwrap();
    let read = decode(sent_assertion(&key), Limits::default()).unwrap();
    assert_eq!(read.alg(), algorithm);
    assert_eq!(read.kid(), Some(key.kid()));
    let claims = read.claims_unverified();
    assert_eq!(claims["aud"], TOKEN_URL);
    assert_eq!((&claims["iss"], &claims["sub"]), (&"client-1".into(), &"client-1".into()));
    let registered = key.public_jwk().verifying_key().unwrap();
    assert!(read.verify(&[algorithm], &registered).is_ok());
}

#[test]
fn tc_082_an_rsa_key_signs_rs384_and_the_public_half_verifies() {
    verifies_as(Algorithm::Rs384);
}

#[test]
fn tc_083_a_p384_key_signs_es384_and_the_public_half_verifies() {
    verifies_as(Algorithm::Es384);
}

#[test]
fn another_key_does_not_verify() {
    let key = PrivateKey::generate(Algorithm::Es384).unwrap();
    let other = PrivateKey::generate(Algorithm::Es384).unwrap().public_jwk().verifying_key().unwrap();
    let read = decode(sent_assertion(&key), Limits::default()).unwrap();
    assert!(read.verify(&[Algorithm::Es384], &other).is_err());
}

#[test]
fn td_09_a_key_client_and_its_request_show_no_key() {
    let key = PrivateKey::generate(Algorithm::Es384).unwrap();
    let private: serde_json::Value = serde_json::from_str(&key.to_private_jwk()).unwrap();
    let planted = private["d"].as_str().unwrap();
    let assertion = ClientAssertion::new(sent_assertion(&key));
    let text = format!("{key:?} {assertion:?}");
    assert!(!text.contains(planted) && !text.contains(assertion.expose_secret()), "{text}");
}
