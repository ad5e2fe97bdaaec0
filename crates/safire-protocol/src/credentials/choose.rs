//! Which credentials a registration gives.

use serde_json::Value;

use super::assertion::AssertionProfile;
use super::assertion::Audience;
use super::assertion::KeyRef;
use super::basic::BasicEncoding;
use super::basic::ClientIdInBody;
use super::basic::SecretPlacement;
use super::credentials::Credentials;
use super::error::CredentialsError;
use crate::auth_method::AuthMethod;
use crate::client_profile::ClientProfile;
use crate::deviation::Deviation;
use crate::deviation::Severity;
use crate::registration::Registration;
use crate::url::LoopbackHttp;

/// What the caller knows about one server that no document says. Nothing of it is guessed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Choice {
    /// How Basic credentials are written.
    pub basic_encoding: BasicEncoding,
    /// Whether `client_id` is sent beside Basic or an assertion.
    pub client_id_in_body: ClientIdInBody,
    /// Whom assertions are for.
    pub audience: Audience,
    /// How many seconds an assertion is good for; the default is 240.
    pub lifetime: Option<i64>,
    /// Whose rules the client follows.
    pub profile: ClientProfile,
}

/// The credentials of a registration, and what was odd about the choice.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Chosen {
    /// The credentials.
    pub credentials: Credentials,
    /// Where the server's answer did not simply confirm what was asked.
    pub deviations: Vec<Deviation>,
}

impl Credentials {
    /// The credentials that a registration gives.
    ///
    /// The method that the server's answer names is the one used (RFC 7591 §3.2.1); if it names none, the one
    /// asked for; if none was asked, basic when a secret came, else none.
    /// All but the first is a deviation, and so is a method that is not the one asked for. A dynamic client of Epic
    /// proves itself by its key whatever the answer names: its grant is the proof.
    ///
    /// # Errors
    /// [`CredentialsError`] when the method cannot work with what came.
    pub fn choose(
        registration: &Registration,
        key: Option<KeyRef<'_>>,
        choice: &Choice,
    ) -> Result<Chosen, CredentialsError> {
        let mut deviations = Vec::new();
        let method = match choice.profile {
            ClientProfile::Standard => method_of(registration, &mut deviations),
            ClientProfile::EpicDynamic => AuthMethod::PrivateKeyJwt,
        };
        let client_id = registration.client_id().clone();
        let credentials = match method {
            AuthMethod::None => Self::Public { client_id },
            AuthMethod::ClientSecretBasic | AuthMethod::ClientSecretPost => {
                let Some(secret) = registration.client_secret().cloned() else {
                    return Err(CredentialsError::MissingSecret { method });
                };
                let placement = choice.placement(&method);
                Self::Secret { client_id, secret, placement }
            }
            AuthMethod::PrivateKeyJwt => {
                let key = key.ok_or(CredentialsError::MissingKey)?;
                let profile = choice.apply(AssertionProfile::of_key(client_id, key)?)?;
                // SMART App Launch 2.2, Client Authentication: a `jku` is the URL given at registration.
                // Registering it has checked it, loopback included.
                Self::PrivateKeyJwt(match registration.requested().get("jwks_uri") {
                    Some(Value::String(jku)) => profile.with_jku(jku, LoopbackHttp::Allowed)?,
                    _ => profile,
                })
            }
            AuthMethod::Other(_) => return Err(CredentialsError::UnknownMethod { method }),
        };
        Ok(Chosen { credentials, deviations })
    }
}

impl Choice {
    fn placement(&self, method: &AuthMethod) -> SecretPlacement {
        match (method, self.client_id_in_body) {
            (AuthMethod::ClientSecretPost, _) => SecretPlacement::Post,
            (_, ClientIdInBody::Omitted) => SecretPlacement::Basic(self.basic_encoding),
            (_, ClientIdInBody::Sent) => SecretPlacement::BasicWithClientId(self.basic_encoding),
        }
    }

    fn apply(&self, profile: AssertionProfile) -> Result<AssertionProfile, CredentialsError> {
        let profile =
            profile.with_audience(self.audience.clone())?.with_client_id_in_body(self.client_id_in_body);
        match self.lifetime {
            Some(seconds) => profile.with_lifetime(seconds),
            None => Ok(profile),
        }
    }
}

fn method_of(registration: &Registration, deviations: &mut Vec<Deviation>) -> AuthMethod {
    let asked = registration.requested_auth_method();
    let mut report = |code, severity, detail: String| {
        let deviation = Deviation::new(code, severity, "RFC 7591 §3.2.1", detail);
        deviations.push(deviation.of_member("token_endpoint_auth_method"));
    };
    if let Some(named) = registration.token_endpoint_auth_method() {
        if let Some(asked) = asked.filter(|asked| asked != named) {
            report(
                "auth-method-changed",
                Severity::Warning,
                format!("`{asked}` was asked for; the server's answer names another, which is used"),
            );
        }
        return named.clone();
    }
    if let Some(asked) = asked {
        report(
            "auth-method-not-echoed",
            Severity::Info,
            format!("the answer names no method; `{asked}` is used, as asked"),
        );
        return asked;
    }
    let assumed =
        if registration.client_secret().is_some() { AuthMethod::ClientSecretBasic } else { AuthMethod::None };
    report(
        "auth-method-assumed",
        Severity::Warning,
        format!("no method was asked for and the answer names none; `{assumed}` fits what came"),
    );
    assumed
}
