//! The wish to go slower, of whoever takes what a fleet tells and cannot keep up.

use std::sync::Arc;

use tokio::sync::watch;

/// Held, nothing new is begun; what is under way goes on, for it must not wait for anybody.
#[derive(Debug, Clone)]
pub struct Brake(Arc<watch::Sender<bool>>);

impl Brake {
    /// A brake that is not held.
    #[must_use]
    pub fn new() -> Self {
        Self(Arc::new(watch::channel(false).0))
    }

    /// Holds it.
    pub fn hold(&self) {
        self.0.send_replace(true);
    }

    /// Lets it go.
    pub fn release(&self) {
        self.0.send_replace(false);
    }

    /// Whether it is held.
    #[must_use]
    pub fn is_held(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits until it is not held.
    pub async fn released(&self) {
        let mut held = self.0.subscribe();
        // The sender is this value's own, so the wait cannot fail.
        let _ = held.wait_for(|held| !held).await;
    }
}

impl Default for Brake {
    fn default() -> Self {
        Self::new()
    }
}
