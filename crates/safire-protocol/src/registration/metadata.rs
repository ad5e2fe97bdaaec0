//! What a client asks a server to register.

use std::fmt;
use std::ops::Deref;
use std::ops::DerefMut;
use std::sync::Arc;
use std::sync::OnceLock;

use bytes::Bytes;
use serde_json::Map;
use serde_json::Value;

use super::metadata_error::MetadataError;
use super::metadata_members::MetadataMembers;
use crate::auth_method::AuthMethod;
use crate::client_profile::ClientProfile;

/// Client metadata, RFC 7591 §2: what is `None` or empty here is not sent.
///
/// It dereferences to its [`MetadataMembers`]. The text that is sent is written once and kept until a member
/// changes, so that a thousand servers cost one writing.
#[derive(Clone, Default)]
pub struct ClientMetadata {
    members: MetadataMembers,
    /// Whose rules they follow; not sent.
    pub(super) profile: ClientProfile,
    written: OnceLock<Written>,
}

/// The metadata as they are sent.
#[derive(Clone)]
pub(super) struct Written {
    pub(super) members: Arc<Map<String, Value>>,
    pub(super) body: Bytes,
}

impl Deref for ClientMetadata {
    type Target = MetadataMembers;

    fn deref(&self) -> &MetadataMembers {
        &self.members
    }
}

impl DerefMut for ClientMetadata {
    fn deref_mut(&mut self) -> &mut MetadataMembers {
        self.written.take();
        &mut self.members
    }
}

impl PartialEq for ClientMetadata {
    fn eq(&self, other: &Self) -> bool {
        self.members == other.members && self.profile == other.profile
    }
}

macro_rules! text_setters {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[must_use]
        pub fn $name(mut self, value: impl Into<String>) -> Self {
            self.$name = Some(value.into());
            self
        }
    )*};
}

macro_rules! list_setters {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[must_use]
        pub fn $name(mut self, values: impl IntoIterator<Item = impl Into<String>>) -> Self {
            self.$name = Some(values.into_iter().map(Into::into).collect());
            self
        }
    )*};
}

impl ClientMetadata {
    /// Metadata that ask for nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    list_setters! {
        /// Sets where the user is sent back to.
        redirect_uris,
        /// Sets the grants.
        grant_types,
        /// Sets the response types; an empty list is sent as `[]`.
        response_types,
        /// Sets who answers for the client.
        contacts,
    }

    text_setters! {
        /// Sets the name that users see.
        client_name,
        /// Sets the home page.
        client_uri,
        /// Sets the logo.
        logo_uri,
        /// Sets the scopes, separated by blanks.
        scope,
        /// Sets the terms of service.
        tos_uri,
        /// Sets the privacy policy.
        policy_uri,
        /// Sets where the public keys are.
        jwks_uri,
        /// Sets the software's own identifier.
        software_id,
        /// Sets the software's version.
        software_version,
        /// Sets the signed statement.
        software_statement,
    }

    /// Sets how the client proves itself.
    #[must_use]
    pub fn token_endpoint_auth_method(mut self, method: AuthMethod) -> Self {
        self.token_endpoint_auth_method = Some(method);
        self
    }

    /// Sets the public keys, as a JWK Set.
    #[must_use]
    pub fn jwks(mut self, set: Value) -> Self {
        self.jwks = Some(set);
        self
    }

    /// Sets any other member.
    #[must_use]
    pub fn extra(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.extra.insert(name.into(), value.into());
        self
    }

    /// Takes metadata as JSON; a null counts as not given.
    ///
    /// # Errors
    /// [`MetadataError::WrongKind`] when a member of RFC 7591 §2 is not a string or an array of strings where
    /// it must be.
    pub fn from_json(members: Map<String, Value>) -> Result<Self, MetadataError> {
        let mut metadata = Self::new();
        for (name, value) in members {
            if !value.is_null() {
                metadata.set(name, value)?;
            }
        }
        Ok(metadata)
    }

    /// Whose rules they follow.
    #[must_use]
    pub const fn profile(&self) -> ClientProfile {
        self.profile
    }

    pub(super) fn written(&self) -> &Written {
        self.written.get_or_init(|| {
            let members = self.members.to_json();
            // invariant: a map with string keys always serialises
            let body = Bytes::from(serde_json::to_vec(&members).unwrap_or_default());
            Written { members: Arc::new(members), body }
        })
    }
}

impl fmt::Debug for ClientMetadata {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ClientMetadata").field(&self.members).finish()
    }
}
