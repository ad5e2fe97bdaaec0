//! Authorization extension objects: `hl7-b2b` of UDAP Security 2.0 §5.2.1.1, and `tefca_ias` of TEFCA.

use serde_json::Map;
use serde_json::Value;
use url::Url;

use super::client_metadata::is_web;
use super::signed::strings;
use crate::token::Refusal;

pub(super) const HL7_B2B: &str = "hl7-b2b";
pub(super) const TEFCA_IAS: &str = "tefca_ias";

/// Checks the objects of an authentication token for client credentials, member by member. What is wrong with one is
/// `invalid_grant` (UDAP Client Authorization Grants §5): it is the object that grants.
pub(super) fn check(claims: &Map<String, Value>, client_uri: &str) -> Result<(), Refusal> {
    let extensions = match claims.get("extensions") {
        None => return Err(wrong(HL7_B2B, "is required and missing")),
        Some(Value::Object(extensions)) => extensions,
        Some(_) => return Err(Refusal::request("extensions must be an object")),
    };
    let b2b = object(extensions, HL7_B2B)?.ok_or_else(|| wrong(HL7_B2B, "is required and missing"))?;
    let purposes = check_b2b(b2b).map_err(|why| wrong(HL7_B2B, &why))?;
    let ias = object(extensions, TEFCA_IAS)?;
    if let Some(ias) = ias {
        check_ias(ias).map_err(|why| wrong(TEFCA_IAS, &why))?;
    }
    match exchange_purpose(client_uri) {
        None => Ok(()),
        Some(purpose) => check_exchange(purpose, &purposes, ias.is_some()),
    }
}

fn object<'a>(
    extensions: &'a Map<String, Value>,
    name: &str,
) -> Result<Option<&'a Map<String, Value>>, Refusal> {
    match extensions.get(name) {
        None => Ok(None),
        Some(Value::Object(object)) => Ok(Some(object)),
        Some(_) => Err(wrong(name, "must be an object")),
    }
}

/// Gives the purposes of use.
fn check_b2b(object: &Map<String, Value>) -> Result<Vec<String>, String> {
    check_version(object)?;
    for name in ["subject_name", "subject_id", "subject_role", "organization_name"] {
        text(object, name)?;
    }
    for name in ["subject_id", "subject_role"] {
        if object.contains_key(name) && !object.contains_key("subject_name") {
            return Err(format!("`{name}` is there without `subject_name`"));
        }
    }
    let organization = text(object, "organization_id")?.ok_or("`organization_id` is missing")?;
    if !is_uri(organization) {
        return Err("`organization_id` must be a URI".to_owned());
    }
    let purposes = texts(object, "purpose_of_use")?.ok_or("`purpose_of_use` is missing")?;
    check_consent(object)?;
    Ok(purposes)
}

fn check_consent(object: &Map<String, Value>) -> Result<(), String> {
    let policies = texts(object, "consent_policy")?;
    if policies.iter().flatten().any(|policy| !is_uri(policy)) {
        return Err("`consent_policy` must hold URIs".to_owned());
    }
    let references = texts(object, "consent_reference")?;
    if references.is_some() && policies.is_none() {
        return Err("`consent_reference` is there without `consent_policy`".to_owned());
    }
    if references.iter().flatten().any(|reference| !is_web(reference)) {
        return Err("`consent_reference` must hold absolute URLs".to_owned());
    }
    Ok(())
}

fn check_ias(object: &Map<String, Value>) -> Result<(), String> {
    check_version(object)?;
    for (name, kind) in [("user_information", "RelatedPerson"), ("patient_information", "Patient")] {
        let found =
            object.get(name).and_then(|resource| resource.get("resourceType")).and_then(Value::as_str);
        if found != Some(kind) {
            return Err(format!("`{name}` must be a FHIR {kind}"));
        }
    }
    if texts(object, "consent_policy")?.is_none() {
        return Err("`consent_policy` is missing".to_owned());
    }
    check_consent(object)?;
    for name in ["id_token", "ial_vetted"] {
        text(object, name)?;
    }
    Ok(())
}

/// TEFCA Facilitated FHIR: one registration for each exchange purpose, which the client URI names in its fragment.
fn exchange_purpose(client_uri: &str) -> Option<&str> {
    client_uri.rsplit_once('#').map(|(_, code)| code).filter(|code| code.starts_with("T-"))
}

fn check_exchange(registered: &str, purposes: &[String], has_ias: bool) -> Result<(), Refusal> {
    let code = |purpose: &String| purpose.rsplit('#').next() == Some(registered);
    if !matches!(purposes, [only] if code(only)) {
        return Err(wrong(HL7_B2B, &format!("`purpose_of_use` must be {registered} alone, as registered")));
    }
    if registered == "T-IAS" && !has_ias {
        return Err(wrong(TEFCA_IAS, "is required for T-IAS and missing"));
    }
    Ok(())
}

fn check_version(object: &Map<String, Value>) -> Result<(), String> {
    match object.get("version").and_then(Value::as_str) {
        Some("1") => Ok(()),
        Some(_) | None => Err("`version` must be \"1\"".to_owned()),
    }
}

fn text<'a>(object: &'a Map<String, Value>, name: &str) -> Result<Option<&'a str>, String> {
    let Some(value) = object.get(name) else { return Ok(None) };
    let text = value.as_str().filter(|text| !text.trim().is_empty());
    text.map(Some).ok_or_else(|| format!("`{name}` must be a string that is not empty"))
}

fn texts(object: &Map<String, Value>, name: &str) -> Result<Option<Vec<String>>, String> {
    let Some(value) = object.get(name) else { return Ok(None) };
    let texts = strings(value).filter(|texts| !texts.is_empty());
    let texts = texts.filter(|texts| texts.iter().all(|text| !text.trim().is_empty()));
    texts.map(Some).ok_or_else(|| format!("`{name}` must be an array of one or more strings"))
}

fn is_uri(text: &str) -> bool {
    !text.contains(char::is_whitespace)
        && Url::parse(text).is_ok_and(|url| url.has_host() || !url.path().is_empty())
}

fn wrong(object: &str, why: &str) -> Refusal {
    Refusal::new("invalid_grant", format!("{object}: {why}"))
}
