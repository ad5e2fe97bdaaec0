//! The profile as the command shows it.

use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use super::EndpointKind;
use crate::server_profile::ServerProfile;
use crate::url::FhirBase;

impl ServerProfile {
    /// The profile as one JSON object: the typed members, what it supports, its deviations and the raw document.
    ///
    /// Endpoints that are unknown are `null`; lists that are unknown are empty.
    #[must_use]
    pub fn to_json(&self, base: &FhirBase) -> Value {
        let mut members = Map::new();
        let mut put = |name: &str, value: Value| members.insert(name.to_owned(), value);
        put("base_url", base.as_str().into());
        put("protocol", self.source.protocol().into());
        put("source", json!(self.source));
        put("source_url", self.source_url.as_str().into());
        put("issuer", self.issuer.as_deref().into());
        for kind in EndpointKind::ALL {
            put(kind.member(), kind.of(self).into());
        }
        put("capabilities", self.capabilities.as_slice().into());
        let lists = [
            ("grant_types_supported", &self.grant_types_supported),
            ("token_endpoint_auth_methods_supported", &self.token_endpoint_auth_methods_supported),
            (
                "token_endpoint_auth_signing_alg_values_supported",
                &self.token_endpoint_auth_signing_alg_values_supported,
            ),
            ("response_types_supported", &self.response_types_supported),
            ("code_challenge_methods_supported", &self.code_challenge_methods_supported),
        ];
        for (name, list) in lists {
            put(name, list.as_deref().unwrap_or_default().into());
        }
        put("scopes_supported", self.scopes_supported().unwrap_or_default().into());
        put("associated_endpoints", json!(self.associated_endpoints));
        put("user_access_brand_bundle", self.user_access_brand_bundle.as_deref().into());
        put("user_access_brand_identifier", self.user_access_brand_identifier.clone().into());
        put("supports", self.supports());
        put("deviations", json!(self.deviations));
        put("raw", Value::Object(self.raw.clone()));
        Value::Object(members)
    }

    fn supports(&self) -> Value {
        json!({
            "dynamic_registration": self.supports_dynamic_registration(),
            "public": self.supports_public(),
            "confidential_symmetric": self.supports_confidential_symmetric(),
            "confidential_asymmetric": self.supports_confidential_asymmetric(),
            "backend_services": self.supports_backend_services(),
            "ehr_launch": self.supports_ehr_launch(),
            "standalone_launch": self.supports_standalone_launch(),
            "openid_connect": self.supports_openid_connect(),
            "authorize_post": self.supports_authorize_post(),
        })
    }
}
