//! What is done with each server of a fleet.

use std::sync::Arc;

use safire_protocol::jose::JwkSet;
use safire_protocol::jose::PrivateKey;
use safire_protocol::registration::ClientMetadata;
use safire_protocol::url::UrlPolicy;

use super::id::FleetKind;
use super::input::RowInput;
use super::template::Template;
use super::template_error::TemplateError;
use crate::store::KeyMaterial;
use crate::store::Store;

/// What is done with each server of a fleet.
#[derive(Debug)]
#[expect(clippy::exhaustive_enums, reason = "asked or registered with")]
pub enum FleetWork {
    /// It is asked what it offers.
    Discover,
    /// A client is registered there.
    Register(Box<RegisterWork>),
}

/// What is registered everywhere, and where it is kept.
#[derive(Debug)]
pub struct RegisterWork {
    template: Template,
    /// The metadata of every row without members of its own, where no variable tells them apart: written once.
    shared: Option<Arc<ClientMetadata>>,
    store: Arc<dyn Store>,
    key: Option<(PrivateKey, KeyMaterial)>,
}

impl FleetWork {
    /// Which kind of work it is.
    #[must_use]
    pub const fn kind(&self) -> FleetKind {
        match self {
            Self::Discover => FleetKind::Discover,
            Self::Register(_) => FleetKind::Register,
        }
    }
}

impl RegisterWork {
    /// Registers what the template says, and keeps it in the store.
    #[must_use]
    pub fn new(template: Template, store: Arc<dyn Store>) -> Self {
        let shared = shared(&template);
        Self { template, shared, store, key: None }
    }

    /// Gives every client this key: its public half is registered unless the template has `jwks` or `jwks_uri`, and
    /// `material` is kept with each registration.
    #[must_use]
    pub fn key(mut self, key: PrivateKey, material: KeyMaterial) -> Self {
        let members = self.template.members();
        if !members.contains_key("jwks") && !members.contains_key("jwks_uri") {
            self.template.set("jwks", JwkSet::from_keys([key.public_jwk()]).to_json());
            self.shared = shared(&self.template);
        }
        self.key = Some((key, material));
        self
    }

    /// The template.
    #[must_use]
    pub const fn template(&self) -> &Template {
        &self.template
    }

    pub(super) fn store(&self) -> &Arc<dyn Store> {
        &self.store
    }

    pub(super) const fn client_key(&self) -> Option<&(PrivateKey, KeyMaterial)> {
        self.key.as_ref()
    }

    /// The metadata of one row.
    pub(super) fn metadata(&self, input: &RowInput) -> Result<Arc<ClientMetadata>, TemplateError> {
        match &self.shared {
            Some(shared) if input.overrides.is_empty() => Ok(Arc::clone(shared)),
            _ => self.template.expand(&input.variables, &input.overrides).map(Arc::new),
        }
    }

    /// Checks the local rules of one row before anything is sent anywhere.
    pub(super) fn check(&self, input: &RowInput, policy: &UrlPolicy) -> Result<(), TemplateError> {
        Ok(self.metadata(input)?.check(policy)?)
    }
}

fn shared(template: &Template) -> Option<Arc<ClientMetadata>> {
    if template.variables().next().is_some() {
        return None;
    }
    let nothing = RowInput::default();
    template.expand(&nothing.variables, &nothing.overrides).ok().map(Arc::new)
}
