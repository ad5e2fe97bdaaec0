//! What the members of one document say together.

use serde_json::Value;

use super::location::printable;
use super::reader::Reader;
use super::section;
use crate::deviation::Severity;
use crate::server_profile::ProfileSource;
use crate::server_profile::ServerProfile;

/// The capabilities of SMART 2.2; others must be full URIs, except those of HL7 guides.
const CAPABILITIES: [&str; 20] = [
    "launch-ehr",
    "launch-standalone",
    "authorize-post",
    "client-public",
    "client-confidential-symmetric",
    "client-confidential-asymmetric",
    "sso-openid-connect",
    "context-banner",
    "context-style",
    "context-ehr-patient",
    "context-ehr-encounter",
    "context-standalone-patient",
    "context-standalone-encounter",
    "permission-offline",
    "permission-online",
    "permission-patient",
    "permission-user",
    "permission-v1",
    "permission-v2",
    "smart-app-state",
];

const METHODS: &str = "token_endpoint_auth_methods_supported";
const ALGORITHMS: &str = "token_endpoint_auth_signing_alg_values_supported";
const PKCE: &str = "code_challenge_methods_supported";

/// Judges a document of any of the three kinds.
pub(super) fn judge(reader: &mut Reader<'_>, profile: &ServerProfile) {
    match profile.source {
        ProfileSource::SmartConfiguration => judge_smart(reader, profile),
        ProfileSource::OpenidConfiguration => required(
            reader,
            &[
                "issuer",
                "authorization_endpoint",
                "token_endpoint",
                "jwks_uri",
                "response_types_supported",
                "subject_types_supported",
                "id_token_signing_alg_values_supported",
            ],
        ),
        ProfileSource::OauthAuthorizationServer => required(
            reader,
            &["issuer", "authorization_endpoint", "token_endpoint", "response_types_supported"],
        ),
        // UDAP has rules of its own, which are held against the document before its signed values replace any.
        ProfileSource::CapabilityStatement | ProfileSource::Udap => {}
    }
    judge_algorithms(reader, profile);
    judge_response_types(reader, profile);
}

fn judge_smart(reader: &mut Reader<'_>, profile: &ServerProfile) {
    required(reader, &["token_endpoint", "grant_types_supported", "capabilities", PKCE]);
    let launches = profile.lists_ehr_launch() || profile.lists_standalone_launch();
    conditional(reader, launches, "authorization_endpoint", "a launch capability");
    let single_sign_on = profile.lists_openid_connect();
    conditional(reader, single_sign_on, "issuer", "`sso-openid-connect`");
    conditional(reader, single_sign_on, "jwks_uri", "`sso-openid-connect`");
    judge_pkce(reader, profile);
    judge_capabilities(reader, profile);
    judge_grants(reader, profile, launches);
    judge_asymmetric(reader, profile);
    if profile.capabilities.is_empty() && reader.members.contains_key("subject_types_supported") {
        let detail = "OpenID Connect metadata served as SMART configuration: it says nothing of SMART";
        reader.note("openid-metadata", Severity::Warning, "capabilities", detail);
    }
}

fn required(reader: &mut Reader<'_>, members: &[&'static str]) {
    for member in members {
        if !is_there(reader, member) {
            // Without it no token can be had; the others have sensible readings.
            let severity = if *member == "token_endpoint" { Severity::Error } else { Severity::Warning };
            reader.note("missing-required-member", severity, member, "a required member is missing");
        }
    }
}

fn conditional(reader: &mut Reader<'_>, applies: bool, member: &'static str, because: &str) {
    if applies && !is_there(reader, member) {
        let detail = format!("missing, although required by {because}");
        reader.note("missing-conditional-member", Severity::Warning, member, detail);
    }
}

/// An empty or blank value says as little as none.
fn is_there(reader: &Reader<'_>, member: &str) -> bool {
    match reader.members.get(member) {
        None | Some(Value::Null) => false,
        Some(Value::String(text)) => !text.trim().is_empty(),
        Some(Value::Array(items)) => !items.is_empty(),
        Some(Value::Bool(_) | Value::Number(_) | Value::Object(_)) => false,
    }
}

fn judge_pkce(reader: &mut Reader<'_>, profile: &ServerProfile) {
    let methods = profile.code_challenge_methods_supported.as_deref().unwrap_or_default();
    if !methods.iter().any(|method| method == "S256") {
        let detail = "`S256` is not listed; it is used all the same";
        reader.note("pkce-s256-missing", Severity::Warning, PKCE, detail);
    }
    if methods.iter().any(|method| method == "plain") {
        let detail = "`plain` is listed, which must not be; it is never used";
        reader.note("pkce-plain-offered", Severity::Warning, PKCE, detail);
    }
}

fn judge_capabilities(reader: &mut Reader<'_>, profile: &ServerProfile) {
    let mut odd = profile
        .capabilities
        .iter()
        .filter(|name| !name.contains(':') && !CAPABILITIES.contains(&name.as_str()));
    let Some(first) = odd.next() else { return };
    let more = odd.count();
    let rest = if more == 0 { String::new() } else { format!(" and {more} more") };
    let detail = format!("{:?}{rest}: neither a capability of SMART nor a full URI", printable(first));
    reader.push(
        "capability-not-standard",
        Severity::Info,
        section::SMART_CAPABILITIES,
        "capabilities",
        detail,
    );
}

fn judge_grants(reader: &mut Reader<'_>, profile: &ServerProfile, launches: bool) {
    let Some(grants) = profile.grant_types_supported.as_deref().filter(|grants| !grants.is_empty()) else {
        return;
    };
    if launches && !grants.iter().any(|grant| grant == "authorization_code") {
        let detail = "a launch capability is listed, `authorization_code` is not";
        reader.note("grant-not-listed", Severity::Warning, "grant_types_supported", detail);
    }
}

/// SMART 2.2: who offers asymmetric authentication lists the method and RS384 or ES384.
fn judge_asymmetric(reader: &mut Reader<'_>, profile: &ServerProfile) {
    let backend = profile.lists_grant("client_credentials");
    let asymmetric = profile.has_capability("client-confidential-asymmetric");
    if !backend && !asymmetric {
        return;
    }
    let because = if asymmetric {
        "`client-confidential-asymmetric` is offered"
    } else {
        "`client_credentials` is offered"
    };
    let methods = profile.token_endpoint_auth_methods_supported.as_deref().unwrap_or_default();
    if !methods.iter().any(|method| method == "private_key_jwt") {
        let detail = format!("{because}, `private_key_jwt` is not listed");
        reader.push("private-key-jwt-not-listed", Severity::Info, section::SMART_ASYMMETRIC, METHODS, detail);
    }
    match profile.token_endpoint_auth_signing_alg_values_supported.as_deref() {
        None | Some([]) if asymmetric => {
            let detail = format!("{because}, but no algorithm is listed; RS384 and ES384 are assumed");
            reader.push(
                "algorithms-not-listed",
                Severity::Info,
                section::SMART_ASYMMETRIC,
                ALGORITHMS,
                detail,
            );
        }
        Some([_, ..]) if profile.common_algorithms().is_empty() => {
            let detail = format!("{because}, but neither RS384 nor ES384 is listed");
            reader.push(
                "no-common-algorithm",
                Severity::Warning,
                section::SMART_ASYMMETRIC,
                ALGORITHMS,
                detail,
            );
        }
        None | Some(_) => {}
    }
}

fn judge_algorithms(reader: &mut Reader<'_>, profile: &ServerProfile) {
    let algorithms = profile.token_endpoint_auth_signing_alg_values_supported.as_deref().unwrap_or_default();
    if algorithms.iter().any(|name| name == "none") {
        let detail = "`none` is listed, which must not be; it is never used";
        reader.push("algorithm-none", Severity::Warning, section::OAUTH_METADATA, ALGORITHMS, detail);
    }
    if algorithms.iter().any(|name| name.starts_with("HS")) {
        let detail = "a symmetric algorithm (HS…) is listed; it is never used";
        reader.note("symmetric-algorithm", Severity::Info, ALGORITHMS, detail);
    }
}

fn judge_response_types(reader: &mut Reader<'_>, profile: &ServerProfile) {
    let types = profile.response_types_supported.as_deref().unwrap_or_default();
    let known = |word: &str| matches!(word, "code" | "token" | "id_token" | "none");
    if let Some(odd) = types.iter().find(|name| !name.split(' ').all(known)) {
        let detail = format!("{:?} is not a response type", printable(odd));
        let member = "response_types_supported";
        reader.push("unknown-response-type", Severity::Info, "RFC 6749 §3.1.1", member, detail);
    }
}
