//! Epic: an app's user registers an instance of the app, which then signs for each of its tokens.

use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use super::kind::Admission;
use super::kind::Asker;
use super::kind::Profile;
use super::standard::BASE;
use crate::management::Management;
use crate::management::Served;
use crate::token::JWT_BEARER_GRANT;

pub(super) static EPIC: Profile = Profile {
    name: "epic",
    summary: "registration of an app's instance with the access token of a user's login, then the grant `jwt-bearer` \
              and no refresh token; discovery does not name the registration endpoint; errors without a description; \
              `offline_access` is not echoed; introspection wants an access token as the bearer",
    source: "mere-medical #314, fasten #523, client-js #138; live discovery documents",
    discovery,
    admission: Admission::Instances,
    token,
    error: |error, _| json!({"error": error, "error_description": null}),
    introspection: Asker::Bearer,
    management: Management::new().served(Served::Absent),
    ..BASE
};

fn discovery(members: &mut Map<String, Value>) {
    for name in ["registration_endpoint", "token_endpoint_auth_signing_alg_values_supported"] {
        members.shift_remove(name);
    }
    members.shift_remove("introspection_endpoint_auth_methods_supported");
    if let Some(Value::Array(grants)) = members.get_mut("grant_types_supported") {
        grants.push(json!(JWT_BEARER_GRANT));
    }
}

fn token(members: &mut Map<String, Value>) {
    if let Some(Value::String(scope)) = members.get_mut("scope") {
        let echoed: Vec<&str> =
            scope.split_ascii_whitespace().filter(|scope| *scope != "offline_access").collect();
        *scope = echoed.join(" ");
    }
    if let Some(patient) = members.get("patient").cloned() {
        members.insert("__epic.dstu2.patient".to_owned(), patient);
    }
    if let Some(Value::Bool(banner)) = members.get("need_patient_banner") {
        let text = banner.to_string();
        members.insert("need_patient_banner".to_owned(), json!(text));
    }
}
