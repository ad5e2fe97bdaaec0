//! A client gets a new key while the old one still works.
//!
//! The new key is stored, registered beside the old one, seen to work, and only then is the old one removed. Each step
//! is stored before the next begins, so that whoever goes on after a crash finds in the record what is left to do.

use safire_protocol::auth_method::AuthMethod;
use safire_protocol::client_profile::ClientProfile;
use safire_protocol::deviation::Severity;
use safire_protocol::jose::PrivateKey;
use safire_protocol::registration::Registration;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use super::error::Unmanaged;
use super::managed::ManagedRegistration;
use super::managed::Opened;
use super::outcome::Managed;
use super::prove::Proven;
use super::prove::mark_active;
use super::settle;
use super::update::UpdateRegistration;
use crate::credentials::kept_key;
use crate::error::Error;
use crate::store::Change;
use crate::store::KeyMaterial;
use crate::store::KeyRotation;
use crate::store::Record;

/// How far a client's new key has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "replaced, or waiting for a login to show it")]
pub enum KeyStage {
    /// The new key is the client's, the old one is removed at the server.
    Replaced,
    /// Both keys are registered. The client gets tokens only for users who log in, so a login has to show that the
    /// new one works; then [`ManagedRegistration::trust_new_key`] goes on.
    Unproven,
}

/// Whether a key has to be seen to work before it takes the old one's place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trust {
    Proven,
    Given,
}

impl ManagedRegistration<'_> {
    /// Gives the client a new key, `material` being what is kept of it, and removes the old one once the new one was
    /// seen to work. The same call again goes on where an earlier one stopped.
    ///
    /// # Errors
    /// [`Error::Manage`] when the client has no key that an update can replace, or an update fails; [`Error::Token`]
    /// when the server does not take the new key (yet): both stay registered, the old one in use.
    pub async fn rotate_key(&self, new: &PrivateKey, material: KeyMaterial) -> Result<KeyStage, Error> {
        self.in_turn(Box::pin(self.begin(new, material))).await?;
        self.go_on(Trust::Proven).await
    }

    /// Goes on with a key's replacement that stopped; without one under way nothing happens.
    ///
    /// # Errors
    /// As [`ManagedRegistration::rotate_key`].
    pub async fn resume_key_rotation(&self) -> Result<KeyStage, Error> {
        self.go_on(Trust::Proven).await
    }

    /// Goes on with a key's replacement, the new key having been seen to work elsewhere, such as in a login.
    ///
    /// # Errors
    /// As [`ManagedRegistration::rotate_key`].
    pub async fn trust_new_key(&self) -> Result<KeyStage, Error> {
        self.go_on(Trust::Given).await
    }

    async fn begin(&self, new: &PrivateKey, material: KeyMaterial) -> Result<(), Error> {
        let Opened { mut record, registration } = self.open().await?;
        let cannot = |why| Err(self.error(Unmanaged::KeyNotReplaceable { why }));
        match &record.content.key_rotation {
            Some(KeyRotation::Proving { next }) if kid_of(next)?.as_deref() == Some(new.kid()) => {
                return Ok(());
            }
            Some(_) => return cannot("an earlier replacement is not finished"),
            None => {}
        }
        if let Some(why) = obstacle(&record, &registration) {
            return cannot(why);
        }
        let Some(old) = old_kid(&record)? else { return cannot("no key of the client is kept here") };
        if old == new.kid() {
            return cannot("it is the client's key already");
        }
        if kid_of(&material)?.as_deref() != Some(new.kid()) {
            return cannot("what would be kept is another key");
        }
        record.content.key_rotation = Some(KeyRotation::Proving { next: material });
        self.store_now(record).await
    }

    async fn go_on(&self, trust: Trust) -> Result<KeyStage, Error> {
        loop {
            let Opened { record, registration } = self.open().await?;
            if settle::doubt(record.content.pending.as_ref()).is_some() {
                self.read().await?;
                continue;
            }
            match record.content.key_rotation.clone() {
                None => return Ok(KeyStage::Replaced),
                Some(KeyRotation::Proving { next }) => {
                    let Some(key) = kept_key(&next)? else {
                        let why = "the new key is not kept here any more";
                        return Err(self.error(Unmanaged::KeyNotReplaceable { why }));
                    };
                    if !has_key(&record.content.requested, key.kid()) {
                        self.register_beside(&record, &registration, &key).await?;
                        continue;
                    }
                    let proven = match trust {
                        Trust::Given => Proven::Works,
                        Trust::Proven => self.try_key(&record, &registration, key).await?,
                    };
                    if proven == Proven::NotProvable {
                        return Ok(KeyStage::Unproven);
                    }
                    self.in_turn(Box::pin(self.take_new_key())).await?;
                }
                Some(KeyRotation::Retiring { kid }) => {
                    if has_key(&record.content.requested, &kid) {
                        let keys = keys_of(&record.content.requested);
                        let left = keys.into_iter().filter(|key| key.get("kid") != Some(&json!(kid)));
                        self.update_keys(&record, &registration, left.collect()).await?;
                        continue;
                    }
                    self.in_turn(Box::pin(self.end_rotation())).await?;
                }
            }
        }
    }

    async fn register_beside(
        &self,
        record: &Record,
        registration: &Registration,
        key: &PrivateKey,
    ) -> Result<(), Error> {
        let mut keys = keys_of(&record.content.requested);
        if keys.is_empty() {
            // Registered by hand: what the portal was given is the key that is kept.
            let old = kept_key(&record.content.key)?;
            keys.extend(old.map(|old| old.public_jwk().to_json()));
        }
        keys.push(key.public_jwk().to_json());
        let managed = self.update_keys(record, registration, keys).await?;
        let dropped = managed
            .registration
            .differences()
            .iter()
            .any(|difference| difference.member == "jwks" && difference.severity == Severity::Error);
        if dropped {
            return Err(self.error(Unmanaged::KeyNotRegistered { kid: key.kid().to_owned() }));
        }
        Ok(())
    }

    async fn update_keys(
        &self,
        record: &Record,
        registration: &Registration,
        keys: Vec<Value>,
    ) -> Result<Managed, Error> {
        let metadata = registration
            .to_metadata()
            .jwks(json!({ "keys": keys }))
            .with_profile(record.content.settings.profile);
        UpdateRegistration::new(self.clone(), &metadata).await
    }

    /// The new key becomes the client's: only now is the old one given up.
    async fn take_new_key(&self) -> Result<(), Error> {
        let Opened { mut record, .. } = self.open().await?;
        let old = old_kid(&record)?.unwrap_or_default();
        if let Some(KeyRotation::Proving { next }) = record.content.key_rotation.take() {
            record.content.key = next;
            record.content.key_rotation = Some(KeyRotation::Retiring { kid: old });
            record.content.settings.kid = None;
            mark_active(&mut record);
            self.store_now(record).await?;
        }
        Ok(())
    }

    async fn end_rotation(&self) -> Result<(), Error> {
        let Opened { mut record, .. } = self.open().await?;
        record.content.key_rotation = None;
        self.store_now(record).await
    }

    async fn store_now(&self, mut record: Record) -> Result<(), Error> {
        record.updated_at = self.server.clock().now();
        Ok(self.store.commit(Change::Replace(Box::new(record))).await?)
    }
}

/// Why an update cannot replace the client's key.
fn obstacle(record: &Record, registration: &Registration) -> Option<&'static str> {
    let by_reference =
        registration.requested().contains_key("jwks_uri") || registration.granted().jwks_uri.is_some();
    if by_reference {
        return Some("the server takes the client's keys from its `jwks_uri`");
    }
    let asked = registration.requested_auth_method();
    let method = registration.token_endpoint_auth_method().or(asked.as_ref());
    let proves_by_key = method == Some(&AuthMethod::PrivateKeyJwt)
        || record.content.settings.profile == ClientProfile::EpicDynamic;
    (!proves_by_key).then_some("the client does not prove itself by a key")
}

/// The name under which the server knows the client's present key.
fn old_kid(record: &Record) -> Result<Option<String>, Error> {
    match &record.content.settings.kid {
        Some(kid) => Ok(Some(kid.clone())),
        None => kid_of(&record.content.key),
    }
}

fn kid_of(material: &KeyMaterial) -> Result<Option<String>, Error> {
    Ok(kept_key(material)?.map(|key| key.kid().to_owned()))
}

fn keys_of(requested: &Map<String, Value>) -> Vec<Value> {
    let keys = requested.get("jwks").and_then(|set| set.get("keys")).and_then(Value::as_array);
    keys.cloned().unwrap_or_default()
}

fn has_key(requested: &Map<String, Value>, kid: &str) -> bool {
    keys_of(requested).iter().any(|key| key.get("kid").and_then(Value::as_str) == Some(kid))
}
