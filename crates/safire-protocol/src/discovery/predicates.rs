//! What a profile lets a client do, and what it only claims.

use crate::server_profile::ServerProfile;

/// The algorithms that SMART 2.2 asks clients and servers to have in common.
const SMART_ALGORITHMS: [&str; 2] = ["RS384", "ES384"];

impl ServerProfile {
    /// Whether the capability is listed, exactly so.
    #[must_use]
    pub fn has_capability(&self, name: &str) -> bool {
        self.capabilities.iter().any(|capability| capability == name)
    }

    /// Whether the grant type is listed.
    #[must_use]
    pub fn lists_grant(&self, name: &str) -> bool {
        self.grant_types_supported.as_deref().unwrap_or_default().iter().any(|grant| grant == name)
    }

    /// Whether the capability `launch-ehr` is listed, endpoint or not.
    #[must_use]
    pub fn lists_ehr_launch(&self) -> bool {
        self.has_capability("launch-ehr")
    }

    /// Whether the capability `launch-standalone` is listed, endpoint or not.
    #[must_use]
    pub fn lists_standalone_launch(&self) -> bool {
        self.has_capability("launch-standalone")
    }

    /// Whether the capability `sso-openid-connect` is listed, issuer and keys or not.
    #[must_use]
    pub fn lists_openid_connect(&self) -> bool {
        self.has_capability("sso-openid-connect")
    }

    /// Whether a registration endpoint is named (RFC 7591).
    #[must_use]
    pub const fn supports_dynamic_registration(&self) -> bool {
        self.registration_endpoint.is_some()
    }

    /// Whether public clients are served: by the capability, whatever the method list says.
    #[must_use]
    pub fn supports_public(&self) -> bool {
        self.has_capability("client-public")
    }

    /// Whether clients with a secret are served: the capability, and `client_secret_basic` where methods are listed.
    #[must_use]
    pub fn supports_confidential_symmetric(&self) -> bool {
        self.has_capability("client-confidential-symmetric")
            && (self.allows_method("client_secret_basic") || self.allows_method("client_secret_post"))
    }

    /// Whether clients with a key are served: the capability, `private_key_jwt` where methods are listed, and an
    /// algorithm in common.
    #[must_use]
    pub fn supports_confidential_asymmetric(&self) -> bool {
        self.has_capability("client-confidential-asymmetric")
            && self.allows_method("private_key_jwt")
            && !self.common_algorithms().is_empty()
    }

    /// Whether SMART backend services work: the grant `client_credentials` and clients with a key.
    #[must_use]
    pub fn supports_backend_services(&self) -> bool {
        self.lists_grant("client_credentials") && self.supports_confidential_asymmetric()
    }

    /// Whether apps are launched from the EHR: the capability and an authorization endpoint.
    #[must_use]
    pub fn supports_ehr_launch(&self) -> bool {
        self.lists_ehr_launch() && self.authorization_endpoint.is_some()
    }

    /// Whether apps launch by themselves: the capability and an authorization endpoint.
    #[must_use]
    pub fn supports_standalone_launch(&self) -> bool {
        self.lists_standalone_launch() && self.authorization_endpoint.is_some()
    }

    /// Whether users can be identified: the capability, an issuer and its keys.
    #[must_use]
    pub fn supports_openid_connect(&self) -> bool {
        self.lists_openid_connect() && self.issuer.is_some() && self.jwks_uri.is_some()
    }

    /// Whether authorization requests may be POSTed.
    #[must_use]
    pub fn supports_authorize_post(&self) -> bool {
        self.has_capability("authorize-post")
    }

    /// RS384 and ES384 as far as the server lists them, in its order; both where it lists none.
    #[must_use]
    pub fn common_algorithms(&self) -> Vec<&'static str> {
        match self.token_endpoint_auth_signing_alg_values_supported.as_deref() {
            None | Some([]) => SMART_ALGORITHMS.to_vec(),
            Some(listed) => {
                let mut common: Vec<&'static str> = Vec::new();
                for name in listed {
                    let known = SMART_ALGORITHMS.into_iter().find(|known| known == name);
                    common.extend(known.filter(|known| !common.contains(known)));
                }
                common
            }
        }
    }

    /// Where the methods are not listed, none is excluded.
    fn allows_method(&self, name: &str) -> bool {
        match self.token_endpoint_auth_methods_supported.as_deref() {
            None | Some([]) => true,
            Some(methods) => methods.iter().any(|method| method == name),
        }
    }
}
