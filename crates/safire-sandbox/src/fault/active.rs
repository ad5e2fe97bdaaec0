//! The faults that are on.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering;
use std::time::Duration;

use serde_json::Map;
use serde_json::Value;

use super::kind::Act;
#[cfg(feature = "udap")]
use super::kind::Flaw;
use super::kind::Forgery;
use super::kind::Kind;
use super::kind::Scene;
use super::spec::Spec;
use super::spec::duration;
use crate::endpoint::Endpoint;
use crate::error::SandboxError;
use crate::lock::lock;
use crate::reply::Reply;

/// A fault that is on at one endpoint.
#[derive(Debug)]
pub(crate) struct Active {
    endpoint: Endpoint,
    kind: &'static Kind,
    value: Option<String>,
    struck: AtomicU64,
}

impl Active {
    pub(crate) const fn act(&self) -> Act {
        self.kind.act
    }

    /// How long to wait; `None` is for ever.
    pub(crate) fn pause(&self) -> Option<Duration> {
        self.value.as_deref().and_then(duration)
    }

    pub(crate) fn scene<'a>(&'a self, origin: &'a str, path: &'a str, body: &'a [u8]) -> Scene<'a> {
        Scene {
            endpoint: self.endpoint,
            origin,
            path,
            value: self.value.as_deref(),
            body,
            before: self.struck.fetch_add(1, Ordering::Relaxed),
        }
    }
}

/// One fault for each endpoint, at most.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    on: Mutex<Vec<Arc<Active>>>,
    /// Whether there is any: most requests need no lock then.
    any: AtomicBool,
}

impl Faults {
    pub(crate) fn set(&self, spec: &str) -> Result<(), SandboxError> {
        let spec = Spec::parse(spec)?;
        let mut on = lock(&self.on);
        self.any.store(true, Ordering::Relaxed);
        on.retain(|active| !spec.endpoints.contains(&active.endpoint));
        on.extend(spec.endpoints.iter().map(|&endpoint| {
            Arc::new(Active {
                endpoint,
                kind: spec.kind,
                value: spec.value.clone(),
                struck: AtomicU64::new(0),
            })
        }));
        Ok(())
    }

    pub(crate) fn clear(&self) {
        let mut on = lock(&self.on);
        self.any.store(false, Ordering::Relaxed);
        on.clear();
    }

    pub(crate) fn at(&self, endpoint: Endpoint) -> Option<Arc<Active>> {
        if !self.any.load(Ordering::Relaxed) {
            return None;
        }
        lock(&self.on).iter().find(|active| active.endpoint == endpoint).map(Arc::clone)
    }
}

/// A fault and the request it strikes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Strike<'a> {
    pub(crate) act: Act,
    pub(crate) scene: &'a Scene<'a>,
}

impl Strike<'_> {
    /// Changes the object of a success.
    pub(crate) fn edit(&self, members: &mut Map<String, Value>) {
        if let Act::Edit(edit) = self.act {
            edit(members, self.scene);
        }
    }

    /// An answer in place of the endpoint's.
    pub(crate) fn instead(&self) -> Option<Reply> {
        if let Act::Instead(instead) = self.act { instead(self.scene) } else { None }
    }

    /// The error code to refuse an authorization with.
    pub(crate) const fn refusal(&self) -> Option<&str> {
        if let Act::Refuse = self.act { self.scene.value } else { None }
    }

    /// What to get wrong around the claims of an id token.
    pub(crate) const fn forgery(&self) -> Option<Forgery> {
        if let Act::Forge(forgery) = self.act { Some(forgery) } else { None }
    }

    /// What of UDAP to get wrong.
    #[cfg(feature = "udap")]
    pub(crate) const fn flaw(&self) -> Option<Flaw> {
        if let Act::Flaw(flaw) = self.act { Some(flaw) } else { None }
    }

    /// Changes the finished answer.
    pub(crate) fn after(&self, reply: Reply) -> Reply {
        if let Act::After(after) = self.act { after(reply, self.scene) } else { reply }
    }
}
