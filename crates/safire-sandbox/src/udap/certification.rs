//! Certifications of clients, UDAP Security 2.0 §3.3 and §7.4.

use serde_json::Value;

use super::client_metadata::check_grants;
use super::membership::Membership;
use super::signed::Claims;
use super::signed::SignedJwt;
use super::signed::strings;

/// Finds a valid certification for each of the URIs that are wanted; one that nobody asked for is ignored, whatever is
/// in it.
pub(super) fn check(
    certifications: &[String],
    wanted: &[String],
    membership: &Membership,
    client_uri: &str,
    registration_endpoint: &str,
) -> Result<(), String> {
    for uri in wanted {
        let mut reasons = Vec::new();
        let found = certifications.iter().any(|token| {
            match one(token, uri, membership, client_uri, registration_endpoint) {
                Ok(()) => true,
                Err(reason) => {
                    reasons.push(reason);
                    false
                }
            }
        });
        if !found {
            let why = if reasons.is_empty() { "none is given".to_owned() } else { reasons.join("; ") };
            return Err(format!("the certification {uri} is required: {why}"));
        }
    }
    Ok(())
}

fn one(
    token: &str,
    uri: &str,
    membership: &Membership,
    client_uri: &str,
    registration_endpoint: &str,
) -> Result<(), String> {
    let jwt = SignedJwt::read(token)?;
    let list = |name: &str| jwt.claims.get(name).and_then(strings).unwrap_or_default();
    if !list("certification_uris").iter().any(|known| known == uri) {
        return Err(format!("a certification has other URIs than {uri}"));
    }
    membership.check(&jwt.chain)?;
    let issuer = jwt.text("iss").ok_or("the certification has no `iss`")?;
    jwt.is_by(issuer)?;
    let audience = jwt.claims.contains_key("aud").then_some(registration_endpoint);
    jwt.check(&Claims { issuer, subject: Some(client_uri), audience, lifetime: THREE_YEARS })?;
    if jwt.text("certification_name").is_none_or(|name| name.trim().is_empty()) {
        return Err("the certification has no `certification_name`".to_owned());
    }
    let code = check_grants(&list("grant_types"))?;
    let responses = jwt.claims.get("response_types");
    let fits = if code { responses == Some(&Value::from(vec!["code"])) } else { responses.is_none() };
    if fits {
        Ok(())
    } else {
        Err("`response_types` of the certification does not go with its grants".to_owned())
    }
}

const THREE_YEARS: i64 = 3 * 366 * 86_400;
