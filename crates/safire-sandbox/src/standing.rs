//! Whether a client may still be used.

use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;

/// Shared by a client, its later versions, and all that it was granted.
#[derive(Debug, Default)]
pub(crate) struct Standing {
    waits: AtomicBool,
    gone: AtomicBool,
}

impl Standing {
    /// Nobody approved the client yet.
    pub(crate) fn waits(&self) -> bool {
        self.waits.load(Ordering::Relaxed)
    }

    pub(crate) fn wait(&self) {
        self.waits.store(true, Ordering::Relaxed);
    }

    pub(crate) fn approve(&self) {
        self.waits.store(false, Ordering::Relaxed);
    }

    /// The registration was deleted, and with it all that came of it (RFC 7592 §2.3).
    pub(crate) fn is_gone(&self) -> bool {
        self.gone.load(Ordering::Relaxed)
    }

    pub(crate) fn end(&self) {
        self.gone.store(true, Ordering::Relaxed);
    }
}
