//! The worked example of the SMART App Launch guide.

use safire_protocol::deviation::Severity;
use safire_protocol::id_token::Expiry;
use safire_protocol::id_token::IdTokenCheck;
use safire_protocol::id_token::KeySet;
use safire_protocol::identifier::ClientId;
use safire_protocol::jose::Algorithm;
use safire_protocol::secret::IdToken;
use safire_protocol::time::UnixTime;
use serde_json::Value;

use super::NOW;
use super::code;
use super::deviations;

struct Example {
    token: IdToken,
    keys: KeySet,
    client_id: ClientId,
}

fn example() -> Example {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../testdata/id-token/worked-example.json");
    let document: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    Example {
        token: IdToken::new(document["token"].as_str().unwrap()),
        keys: KeySet::parse(&document["jwks"]).unwrap(),
        client_id: ClientId::parse(document["client_id"].as_str().unwrap()).unwrap(),
    }
}

fn checks(client_id: &ClientId) -> IdTokenCheck<'_> {
    IdTokenCheck::new("https://my-ehr.org/fhir", client_id, UnixTime::from_seconds(NOW))
}

#[test]
fn it_passes_where_exp_may_be_missing_and_its_gaps_are_told() {
    let Example { token, keys, client_id } = example();
    let valid = checks(&client_id).expiry(Expiry::MayBeMissing).check(&token, &keys).unwrap();
    assert_eq!((valid.subject(), valid.issuer()), ("alice", "https://my-ehr.org/fhir"));
    assert_eq!(valid.algorithm(), Algorithm::Rs384);
    let user = valid.fhir_user().unwrap();
    assert_eq!(
        (user.as_str(), user.resource_type(), user.id()),
        ("https://my-ehr.org/fhir/Practitioner/123", "Practitioner", "123")
    );
    assert_eq!(deviations(&valid), ["id-token-time-missing", "id-token-time-missing"]);
    assert_eq!(valid.deviations()[0].severity, Severity::Error);
    assert_eq!((valid.expires_at(), valid.issued_at()), (None, None));
}

#[test]
fn by_the_letter_of_openid_connect_its_missing_exp_is_refused() {
    let Example { token, keys, client_id } = example();
    let error = checks(&client_id).check(&token, &keys).unwrap_err();
    assert_eq!(error.to_string(), "the id token is refused: the token has no `exp`");
}

#[test]
fn it_is_for_nobody_else() {
    let Example { token, keys, .. } = example();
    let other = ClientId::parse("growth-chart-app-124").unwrap();
    let outcome = checks(&other).expiry(Expiry::MayBeMissing).check(&token, &keys);
    assert_eq!(code(outcome), "claim-wrong-audience");
}
