//! The wish to stop, which every row in flight hears.

use std::sync::Arc;

use tokio::sync::watch;

/// Says stop.
#[derive(Debug, Clone)]
pub struct Stopper(Arc<watch::Sender<bool>>);

/// Hears it.
#[derive(Debug, Clone)]
pub struct StopSignal(watch::Receiver<bool>);

impl Stopper {
    /// A stopper that has not said anything.
    #[must_use]
    pub fn new() -> Self {
        Self(Arc::new(watch::channel(false).0))
    }

    /// Says stop: nothing new is begun, what is under way ends or is given back.
    pub fn stop(&self) {
        self.0.send_replace(true);
    }

    /// A receiver of the wish.
    #[must_use]
    pub fn signal(&self) -> StopSignal {
        StopSignal(self.0.subscribe())
    }
}

impl Default for Stopper {
    fn default() -> Self {
        Self::new()
    }
}

impl StopSignal {
    /// Whether it was said.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits until it is said; for ever if nobody is left to say it.
    pub async fn stopped(mut self) {
        if self.0.wait_for(|stopped| *stopped).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
