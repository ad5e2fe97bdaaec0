//! A registered client: the second joint.

use std::fmt;
use std::sync::Arc;
use std::sync::OnceLock;

use serde_json::Map;
use serde_json::Value;

use super::answer::Answer;
use super::difference::Difference;
use super::granted::Granted;
use super::granted::GrantedMetadata;
use super::member_reader::MemberReader;
use crate::auth_method::AuthMethod;
use crate::deviation::Deviation;
use crate::deviation::Severity;
use crate::identifier::ClientId;
use crate::secret::ClientSecret;
use crate::secret::RegistrationAccessToken;
use crate::server_answer::is_secret_member;
use crate::server_answer::mask_value;
use crate::time::UnixTime;

/// A registered client, read from what was asked and what the server answered.
///
/// It is derived from these two alone, so a store that keeps them keeps everything: see [`Registration::read`], and
/// [`super::Answers`] for a registration that was managed since.
#[derive(Clone)]
pub struct Registration {
    pub(super) endpoint: String,
    pub(super) requested: Arc<Map<String, Value>>,
    pub(super) answer: Answer,
    pub(super) registered: Map<String, Value>,
    pub(super) client_id: ClientId,
    pub(super) client_secret: Option<ClientSecret>,
    pub(super) superseded_secret: Option<ClientSecret>,
    pub(super) client_id_issued_at: Option<UnixTime>,
    pub(super) client_secret_expires_at: SecretExpiry,
    pub(super) registration_client_uri: Option<String>,
    pub(super) registration_access_token: Option<RegistrationAccessToken>,
    pub(super) superseded_token: Option<RegistrationAccessToken>,
    pub(super) token_endpoint_auth_method: Option<AuthMethod>,
    pub(super) granted: OnceLock<GrantedMetadata>,
    pub(super) deviations: Vec<Deviation>,
    pub(super) differences: Vec<Difference>,
}

/// When a client secret stops working, RFC 7591 §3.2.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "RFC 7591 §3.2.1 knows no fourth")]
pub enum SecretExpiry {
    /// The server did not say, or not in a way that can be read.
    Unknown,
    /// The server said 0: it does not expire.
    Never,
    /// It expires then.
    At(UnixTime),
}

/// Whether secrets are shown in JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "masked or shown")]
pub enum SecretsShown {
    /// As `"[redacted]"`.
    Masked,
    /// As they are, because the person asked for it.
    Shown,
}

impl Registration {
    /// The registration endpoint, as text; empty for a client registered by hand.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// The HTTP status of the answer; `None` for a client registered by hand.
    #[must_use]
    pub const fn status(&self) -> Option<u16> {
        self.answer.status
    }

    /// The client identifier.
    #[must_use]
    pub const fn client_id(&self) -> &ClientId {
        &self.client_id
    }

    /// The client secret; absent, null and `""` are no secret.
    #[must_use]
    pub const fn client_secret(&self) -> Option<&ClientSecret> {
        self.client_secret.as_ref()
    }

    /// The secret before the present one, until the present one is seen to work.
    #[must_use]
    pub const fn superseded_secret(&self) -> Option<&ClientSecret> {
        self.superseded_secret.as_ref()
    }

    /// When the client identifier was issued.
    #[must_use]
    pub const fn client_id_issued_at(&self) -> Option<UnixTime> {
        self.client_id_issued_at
    }

    /// When the client secret expires.
    #[must_use]
    pub const fn client_secret_expires_at(&self) -> SecretExpiry {
        self.client_secret_expires_at
    }

    /// Where the registration is managed (RFC 7592 §3), as the server wrote it: check it before use.
    #[must_use]
    pub fn registration_client_uri(&self) -> Option<&str> {
        self.registration_client_uri.as_deref()
    }

    /// The token that manages the registration (RFC 7592 §3).
    #[must_use]
    pub const fn registration_access_token(&self) -> Option<&RegistrationAccessToken> {
        self.registration_access_token.as_ref()
    }

    /// The token before the present one, until the present one is seen to work.
    #[must_use]
    pub const fn superseded_token(&self) -> Option<&RegistrationAccessToken> {
        self.superseded_token.as_ref()
    }

    /// The authentication method that the answer names.
    #[must_use]
    pub const fn token_endpoint_auth_method(&self) -> Option<&AuthMethod> {
        self.token_endpoint_auth_method.as_ref()
    }

    /// The granted metadata, typed, with the defaults of the RFC.
    #[must_use]
    pub fn granted(&self) -> &GrantedMetadata {
        self.granted.get_or_init(|| {
            let asked = self.requested_auth_method();
            // What is odd was noted when the answer was read.
            Granted::read(&mut MemberReader::new(&self.registered), asked.as_ref()).into()
        })
    }

    /// The metadata as they were sent.
    #[must_use]
    pub fn requested(&self) -> &Map<String, Value> {
        &self.requested
    }

    /// The authentication method that was asked for.
    #[must_use]
    pub fn requested_auth_method(&self) -> Option<AuthMethod> {
        let name = self.requested.get("token_endpoint_auth_method")?.as_str()?;
        Some(AuthMethod::from(name.to_owned()))
    }

    /// What in the answer departs from the specifications.
    #[must_use]
    pub fn deviations(&self) -> &[Deviation] {
        &self.deviations
    }

    /// What was registered otherwise than asked.
    #[must_use]
    pub fn differences(&self) -> &[Difference] {
        &self.differences
    }

    /// The raw answer; the last one, where the registration was managed.
    #[must_use]
    pub const fn answer(&self) -> &Answer {
        &self.answer
    }

    /// The members of the answer in their order, nothing left out; then what still stands of earlier answers.
    #[must_use]
    pub fn registered_json(&self, shown: SecretsShown) -> Map<String, Value> {
        let mut members = self.registered.clone();
        if shown == SecretsShown::Masked {
            for (name, value) in &mut members {
                if is_secret_member(name) && !super::member_reader::is_absent(value) {
                    *value = Value::from("[redacted]");
                } else {
                    mask_value(value, is_secret_member);
                }
            }
        }
        members
    }

    /// Whether any deviation or difference is of severity `error`: a strict caller refuses it then.
    #[must_use]
    pub fn has_error_severity(&self) -> bool {
        self.deviations.iter().any(|deviation| deviation.severity == Severity::Error)
            || self.differences.iter().any(|difference| difference.severity == Severity::Error)
    }
}

impl fmt::Debug for Registration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Registration")
            .field("endpoint", &self.endpoint)
            .field("client_id", &self.client_id)
            .field("client_secret", &self.client_secret)
            .field("client_secret_expires_at", &self.client_secret_expires_at)
            .field("registration_access_token", &self.registration_access_token)
            .field("granted", self.granted())
            .field("answer", &self.answer)
            .finish_non_exhaustive()
    }
}
