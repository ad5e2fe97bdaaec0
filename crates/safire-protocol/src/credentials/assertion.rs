//! The client's side of a client assertion, RFC 7523 §2.2 as SMART App Launch 2.2 profiles it.

use safire_jose::Algorithm;
use safire_jose::Header;
use safire_jose::KeyKind;
use safire_jose::SignError;
use safire_jose::SigningInput;
use serde::Serialize;

use super::basic::ClientIdInBody;
use super::error::CredentialsError;
use crate::identifier::ClientId;
use crate::time::UnixTime;
use crate::url::LoopbackHttp;
use crate::url::UrlPolicy;

/// SMART App Launch 2.2, Client Authentication: at most five minutes.
pub(super) const LONGEST: i64 = 300;
/// Leaves a minute for a server whose clock is behind.
pub(super) const DEFAULT_LIFETIME: i64 = 240;
/// How far `iat` lies back, so that a server whose clock is behind does not see the future.
pub(super) const BACK_DATED: i64 = 30;

/// What is known of a key without having it: enough to say what is signed, whoever signs.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::exhaustive_structs, reason = "the caller of an external signer builds it")]
pub struct KeyRef<'a> {
    /// The identifier under which the server knows the key.
    pub kid: &'a str,
    /// The algorithm that it signs with.
    pub algorithm: Algorithm,
    /// What the key is, where that is known; then the algorithm is checked against it.
    pub kind: Option<KeyKind>,
}

/// Whom an assertion is for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Audience {
    /// The token endpoint's URL, as SMART and UDAP say: one string.
    #[default]
    TokenEndpoint,
    /// What the server wants instead, such as its issuer.
    Text(String),
}

/// What every assertion of one client says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssertionProfile {
    client_id: ClientId,
    /// The same for every assertion, so it is made once.
    header: Header,
    audience: Audience,
    lifetime: i64,
    client_id_in_body: ClientIdInBody,
}

impl AssertionProfile {
    /// The profile of a client that signs with this algorithm under this key identifier.
    ///
    /// # Errors
    /// [`CredentialsError::MissingKid`] when `kid` is blank.
    pub fn new(
        client_id: ClientId,
        algorithm: Algorithm,
        kid: impl Into<String>,
    ) -> Result<Self, CredentialsError> {
        let kid = kid.into();
        if kid.trim().is_empty() {
            return Err(CredentialsError::MissingKid);
        }
        Ok(Self {
            client_id,
            header: Header::jwt(algorithm, kid),
            audience: Audience::TokenEndpoint,
            lifetime: DEFAULT_LIFETIME,
            client_id_in_body: ClientIdInBody::Omitted,
        })
    }

    /// The profile of a client that signs with this key.
    ///
    /// # Errors
    /// [`CredentialsError::AlgorithmNotOfKey`] when the key cannot do its algorithm, and as [`Self::new`].
    pub fn of_key(client_id: ClientId, key: KeyRef<'_>) -> Result<Self, CredentialsError> {
        if let Some(kind) = key.kind
            && !kind.algorithms().contains(&key.algorithm)
        {
            return Err(CredentialsError::AlgorithmNotOfKey {
                algorithm: key.algorithm,
                possible: kind.algorithms().to_vec(),
            });
        }
        Self::new(client_id, key.algorithm, key.kid)
    }

    /// Sets how many seconds an assertion is good for; more than 300 becomes 300.
    ///
    /// # Errors
    /// [`CredentialsError::Lifetime`] when it is not positive.
    pub fn with_lifetime(mut self, seconds: i64) -> Result<Self, CredentialsError> {
        if seconds <= 0 {
            return Err(CredentialsError::Lifetime { seconds });
        }
        self.lifetime = seconds.min(LONGEST);
        Ok(self)
    }

    /// Sets whom the assertions are for.
    ///
    /// # Errors
    /// [`CredentialsError::BlankAudience`] for a text with nothing in it.
    pub fn with_audience(mut self, audience: Audience) -> Result<Self, CredentialsError> {
        if matches!(&audience, Audience::Text(text) if text.trim().is_empty()) {
            return Err(CredentialsError::BlankAudience);
        }
        self.audience = audience;
        Ok(self)
    }

    /// Names the JWK Set that the server knows, in the header's `jku`.
    ///
    /// # Errors
    /// [`CredentialsError::Jku`] when it is not an https URL, or http on loopback where that is allowed.
    pub fn with_jku(
        mut self,
        jku: impl Into<String>,
        loopback: LoopbackHttp,
    ) -> Result<Self, CredentialsError> {
        let jku = jku.into();
        UrlPolicy::new(loopback).check_given("jku", &jku).map_err(CredentialsError::Jku)?;
        self.header.jku = Some(jku);
        Ok(self)
    }

    /// Sets the header's `typ`, for servers that want another than `JWT`.
    #[must_use]
    pub fn with_type(mut self, typ: impl Into<String>) -> Self {
        self.header.typ = Some(typ.into());
        self
    }

    /// Sets whether `client_id` is sent beside the assertion.
    #[must_use]
    pub const fn with_client_id_in_body(mut self, sent: ClientIdInBody) -> Self {
        self.client_id_in_body = sent;
        self
    }

    /// The client.
    #[must_use]
    pub const fn client_id(&self) -> &ClientId {
        &self.client_id
    }

    /// The algorithm to sign with.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        self.header.alg
    }

    /// The key identifier.
    #[must_use]
    pub fn kid(&self) -> &str {
        self.header.kid.as_deref().unwrap_or_default()
    }

    /// The URL of the JWK Set, where the header names it.
    #[must_use]
    pub fn jku(&self) -> Option<&str> {
        self.header.jku.as_deref()
    }

    /// Whom the assertions are for.
    #[must_use]
    pub const fn audience(&self) -> &Audience {
        &self.audience
    }

    /// How many seconds an assertion is good for.
    #[must_use]
    pub const fn lifetime(&self) -> i64 {
        self.lifetime
    }

    /// Whether `client_id` is sent beside the assertion.
    #[must_use]
    pub const fn client_id_in_body(&self) -> ClientIdInBody {
        self.client_id_in_body
    }

    /// What is to be signed for a call of `token_endpoint` at `now`; `jti` must never have been used before.
    ///
    /// # Errors
    /// [`SignError`] when header or claims cannot be written.
    pub fn signing_input(
        &self,
        token_endpoint: &str,
        now: UnixTime,
        jti: &str,
    ) -> Result<SigningInput, SignError> {
        let client_id = self.client_id.as_str();
        let aud = match &self.audience {
            Audience::TokenEndpoint => token_endpoint,
            Audience::Text(text) => text,
        };
        // Some servers refuse `exp - iat` above five minutes: a longer life leaves less room for back-dating.
        let back = BACK_DATED.min(LONGEST - self.lifetime);
        let claims = Claims {
            iss: client_id,
            sub: client_id,
            aud,
            exp: now.plus_seconds(self.lifetime).as_seconds(),
            iat: now.plus_seconds(-back).as_seconds(),
            jti,
        };
        SigningInput::new(&self.header, &claims)
    }
}

/// Written straight to text: the assertion may cost hardly more than its signature.
#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    sub: &'a str,
    aud: &'a str,
    exp: i64,
    iat: i64,
    jti: &'a str,
}
