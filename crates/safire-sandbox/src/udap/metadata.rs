//! The metadata of a UDAP server, UDAP Security 2.0 §2.

use http::StatusCode;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use super::client_metadata::TIERED;
use super::extensions::HL7_B2B;
use super::extensions::TEFCA_IAS;
use super::membership::Membership;
use super::registration;
use super::signature;
use super::signed::ALGORITHMS;
use crate::asked::Asked;
use crate::clock::now;
use crate::discovery::SCOPES;
use crate::error::SandboxError;
use crate::fault::Flaw;
use crate::fault::Strike;
use crate::random;
use crate::reply::Reply;
use crate::state::State;

/// Where it is, below the base URL of the FHIR server or of the identity provider.
pub(crate) const METADATA_PATH: &str = "/.well-known/udap";

/// Answers a request for metadata, or `None` for other paths.
pub(crate) async fn answer(state: &State, asked: &Asked, strike: Option<Strike<'_>>) -> Option<Reply> {
    let path = asked.path.strip_prefix("/moved").unwrap_or(&asked.path);
    let below = path.strip_suffix(METADATA_PATH).filter(|below| matches!(*below, "" | "/fhir"))?;
    if !state.udap.is_offered() {
        return Some(Reply::new(StatusCode::NOT_FOUND).with_body("text/plain", "no UDAP here\n"));
    }
    let Ok(memberships) = state.udap.memberships().await else { return Some(unavailable()) };
    let query = asked.query.as_deref().unwrap_or_default();
    let wanted = url::form_urlencoded::parse(query.as_bytes())
        .find(|(name, value)| name == "community" && !value.is_empty())
        .map(|(_, value)| value);
    let membership = match &wanted {
        None => memberships.first(),
        Some(uri) => memberships.iter().find(|one| one.community.uri() == uri),
    };
    // §2.4: nothing is offered in a community that is not known.
    let Some(membership) = membership else { return Some(Reply::new(StatusCode::NO_CONTENT)) };
    let base = format!("{}{below}", state.issuer);
    Some(match document(state, membership, &base, strike).await {
        Ok(members) => Reply::json(StatusCode::OK, &members),
        Err(_) => unavailable(),
    })
}

async fn document(
    state: &State,
    membership: &Membership,
    base: &str,
    strike: Option<Strike<'_>>,
) -> Result<Map<String, Value>, SandboxError> {
    let flaw = strike.as_ref().and_then(Strike::flaw);
    let mut members = unsigned(state);
    let mut claims = claims(state, base)?;
    match flaw {
        Some(Flaw::OtherEndpoints) => {
            for name in ENDPOINTS {
                members.insert(name.to_owned(), json!(format!("https://unsigned.invalid/{name}")));
            }
        }
        Some(Flaw::HugeJwt) => drop(claims.insert("filler".to_owned(), json!("x".repeat(HUGE)))),
        Some(_) | None => {}
    }
    if let Some(strike) = strike {
        strike.edit(&mut claims);
    }
    let forgery = strike.as_ref().and_then(Strike::forgery);
    if flaw != Some(Flaw::NoSignedMetadata) {
        let signed = signature::sign(state, membership, base, &claims, flaw, forgery).await?;
        members.insert("signed_metadata".to_owned(), json!(signed));
    }
    Ok(members)
}

/// §2.2.
fn unsigned(state: &State) -> Map<String, Value> {
    let algorithms = ALGORITHMS.map(|algorithm| algorithm.as_str());
    let scopes: Vec<&str> = SCOPES.into_iter().chain([TIERED]).collect();
    let certifications = state.udap.required_certifications();
    let mut members = Map::new();
    let mut put = |name: &str, value: Value| members.insert(name.to_owned(), value);
    put("udap_versions_supported", json!(["1"]));
    put("udap_profiles_supported", json!(["udap_dcr", "udap_authn", "udap_authz", "udap_to"]));
    put("udap_authorization_extensions_supported", json!([HL7_B2B, TEFCA_IAS]));
    put("udap_authorization_extensions_required", json!([HL7_B2B]));
    put("udap_certifications_supported", json!(certifications));
    put("udap_certifications_required", json!(certifications));
    put("grant_types_supported", json!(["authorization_code", "refresh_token", "client_credentials"]));
    put("scopes_supported", json!(scopes));
    put("authorization_endpoint", json!(format!("{}/authorize", state.issuer)));
    put("token_endpoint", json!(state.token_endpoint()));
    put("token_endpoint_auth_methods_supported", json!(["private_key_jwt"]));
    put("token_endpoint_auth_signing_alg_values_supported", json!(algorithms));
    put("registration_endpoint", json!(registration::endpoint(state)));
    put("registration_endpoint_jwt_signing_alg_values_supported", json!(algorithms));
    members
}

/// §2.3.
fn claims(state: &State, base: &str) -> Result<Map<String, Value>, SandboxError> {
    let now = now();
    let mut claims = Map::new();
    let mut put = |name: &str, value: Value| claims.insert(name.to_owned(), value);
    put("iss", json!(base));
    put("sub", json!(base));
    put("iat", json!(now));
    put("exp", json!(now.plus_seconds(LIFETIME)));
    put("jti", json!(random::identifier()?));
    put("authorization_endpoint", json!(format!("{}/authorize", state.issuer)));
    put("token_endpoint", json!(state.token_endpoint()));
    put("registration_endpoint", json!(registration::endpoint(state)));
    Ok(claims)
}

fn unavailable() -> Reply {
    Reply::oauth_error(
        StatusCode::SERVICE_UNAVAILABLE,
        "temporarily_unavailable",
        "there are no certificates",
    )
}

const ENDPOINTS: [&str; 3] = ["authorization_endpoint", "token_endpoint", "registration_endpoint"];

/// A day, of the year that is allowed.
const LIFETIME: i64 = 86_400;

const HUGE: usize = 5_000_000;
