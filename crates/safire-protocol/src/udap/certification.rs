//! Certifications and endorsements: sent as they were issued, or made and signed by the operator (§3.3, §7.4).

use safire_jose::Algorithm;
use safire_jose::SigningInput;
use serde_json::Map;
use serde_json::Value;

use super::certification_error::CertificationError;
use super::client_uri::ClientUri;
use super::identity::UdapIdentity;
use super::identity_error::IdentityError;
use super::software_statement::header;
use super::structure::is_compact_jws;
use crate::time::UnixTime;

/// UDAP Security 2.0 §7.4.1: at most three years.
const LONGEST: i64 = 3 * 365 * 24 * 3600;
/// What the certification itself sets.
const OWN: [&str; 11] = [
    "iss",
    "sub",
    "aud",
    "exp",
    "iat",
    "jti",
    "certification_name",
    "certification_uris",
    "grant_types",
    "response_types",
    "scope",
];

/// The certifications and endorsements of one registration.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Certifications(Option<Vec<String>>);

impl Certifications {
    /// None, and the member is not sent.
    #[must_use]
    pub const fn none() -> Self {
        Self(None)
    }

    /// These, verbatim; an empty list is sent as one, which removes what was registered.
    ///
    /// # Errors
    /// [`CertificationError::NotJws`] for an element that is no compact JWS.
    pub fn of(signed: impl IntoIterator<Item = impl Into<String>>) -> Result<Self, CertificationError> {
        let all: Vec<String> = signed.into_iter().map(Into::into).collect();
        match all.iter().position(|text| !is_compact_jws(text)) {
            Some(index) => Err(CertificationError::NotJws { index }),
            None => Ok(Self(Some(all))),
        }
    }

    /// The certifications; `None` where the member is not sent.
    #[must_use]
    pub fn as_slice(&self) -> Option<&[String]> {
        self.0.as_deref()
    }

    /// Finds out before the call that the server wants one.
    pub(super) fn check_required(&self, required: &[String]) -> Result<(), CertificationError> {
        if !required.is_empty() && self.as_slice().unwrap_or_default().is_empty() {
            return Err(CertificationError::Required { required: required.to_vec() });
        }
        Ok(())
    }
}

/// A certification that is made here: signed by the operator of the app, or by another party about it.
#[derive(Debug, Clone)]
pub struct Certification {
    name: String,
    uris: Vec<String>,
    grants: Vec<String>,
    subject: Option<ClientUri>,
    audience: Vec<String>,
    scope: Option<String>,
    extensions: Map<String, Value>,
    further: Map<String, Value>,
    lifetime: i64,
}

impl Certification {
    /// A certification by the community's definition: its name, its URIs, and the grants it is for. It is good for a
    /// year, for every server, and about its signer, unless the setters say otherwise.
    #[must_use]
    pub fn new(
        name: impl Into<String>,
        uris: impl IntoIterator<Item = impl Into<String>>,
        grants: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        Self {
            name: name.into(),
            uris: uris.into_iter().map(Into::into).collect(),
            grants: grants.into_iter().map(Into::into).collect(),
            subject: None,
            audience: Vec::new(),
            scope: None,
            extensions: Map::new(),
            further: Map::new(),
            lifetime: 365 * 24 * 3600,
        }
    }

    /// Sets the client that it is about, where that is not the signer.
    #[must_use]
    pub fn about(mut self, client: ClientUri) -> Self {
        self.subject = Some(client);
        self
    }

    /// Restricts it to these registration endpoints.
    #[must_use]
    pub fn for_servers(mut self, endpoints: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.audience = endpoints.into_iter().map(Into::into).collect();
        self
    }

    /// Sets the scopes that the app may ask for, separated by blanks.
    #[must_use]
    pub fn with_scope(mut self, scope: impl Into<String>) -> Self {
        self.scope = Some(scope.into());
        self
    }

    /// Sets an extension key of the community's definition.
    #[must_use]
    pub fn with_extension(mut self, name: impl Into<String>, value: Value) -> Self {
        self.extensions.insert(name.into(), value);
        self
    }

    /// Sets a further claim of the community's definition.
    ///
    /// # Errors
    /// [`CertificationError::Claim`] for one that the certification sets itself.
    pub fn with_claim(mut self, name: impl Into<String>, value: Value) -> Result<Self, CertificationError> {
        let name = name.into();
        if let Some(claim) = OWN.into_iter().chain(["extensions"]).find(|own| *own == name) {
            return Err(CertificationError::Claim { claim, reason: "is set by the certification itself" });
        }
        self.further.insert(name, value);
        Ok(self)
    }

    /// Sets for how many seconds it is good.
    #[must_use]
    pub const fn with_lifetime(mut self, seconds: i64) -> Self {
        self.lifetime = seconds;
        self
    }

    /// What `signer` is to sign at `now`; `jti` must never have been used before.
    ///
    /// # Errors
    /// [`CertificationError::Claim`] for a rule of §7.4.1 that is broken, [`CertificationError::Identity`].
    pub fn signing_input(
        &self,
        signer: &UdapIdentity,
        algorithm: Algorithm,
        now: UnixTime,
        jti: &str,
    ) -> Result<SigningInput, CertificationError> {
        self.check()?;
        signer.check_at(now).map_err(CertificationError::Identity)?;
        if jti.trim().is_empty() {
            return Err(CertificationError::Identity(IdentityError::JtiBlank));
        }
        SigningInput::new(&header(signer, algorithm), &self.claims(signer.client_uri(), now, jti))
            .map_err(|error| CertificationError::Identity(IdentityError::Sign(error)))
    }

    fn claims(&self, signer: &ClientUri, now: UnixTime, jti: &str) -> Map<String, Value> {
        let mut claims = Map::with_capacity(16);
        let mut put = |name: &str, value: Value| {
            claims.insert(name.to_owned(), value);
        };
        put("iss", signer.as_str().into());
        put("sub", self.subject.as_ref().unwrap_or(signer).as_str().into());
        match self.audience.as_slice() {
            [] => {}
            [only] => put("aud", only.as_str().into()),
            several => put("aud", several.into()),
        }
        put("exp", now.plus_seconds(self.lifetime).as_seconds().into());
        put("iat", now.as_seconds().into());
        put("jti", jti.into());
        put("certification_name", self.name.as_str().into());
        put("certification_uris", self.uris.as_slice().into());
        put("grant_types", self.grants.as_slice().into());
        if self.has("authorization_code") {
            put("response_types", Value::from(vec!["code"]));
        }
        if let Some(scope) = &self.scope {
            put("scope", scope.as_str().into());
        }
        if !self.extensions.is_empty() {
            put("extensions", Value::Object(self.extensions.clone()));
        }
        claims.extend(self.further.iter().map(|(name, value)| (name.clone(), value.clone())));
        claims
    }

    fn has(&self, grant: &str) -> bool {
        self.grants.iter().any(|name| name == grant)
    }

    fn check(&self) -> Result<(), CertificationError> {
        let wrong = |claim, reason| Err(CertificationError::Claim { claim, reason });
        if self.name.trim().is_empty() {
            return wrong("certification_name", "is blank");
        }
        if self.uris.is_empty() || self.uris.iter().any(|uri| !uri.contains(':')) {
            return wrong("certification_uris", "must hold the URIs of the community's definition");
        }
        if self.has("authorization_code") == self.has("client_credentials") {
            return wrong(
                "grant_types",
                "must have exactly one of `authorization_code` and `client_credentials`",
            );
        }
        if self.has("refresh_token") && !self.has("authorization_code") {
            return wrong("grant_types", "may have `refresh_token` only with `authorization_code`");
        }
        if !(1..=LONGEST).contains(&self.lifetime) {
            return wrong("exp", "must lie after `iat`, and at most three years");
        }
        Ok(())
    }
}
