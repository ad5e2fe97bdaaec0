//! One renewal at a time, in a task of its own: who waits for it may go away, and nothing is lost.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;

use safire_protocol::token::TokenResponse;
use tokio::sync::watch;
use tracing::Instrument;

use super::need::Need;
use super::source::Shared;
use crate::error::Error;

type Outcome = Result<Arc<TokenResponse>, Error>;

/// The renewal under way, if any.
#[derive(Debug, Default)]
pub(super) struct Flight(Mutex<Option<UnderWay>>);

#[derive(Debug)]
struct UnderWay {
    need: Need,
    landing: watch::Receiver<Option<Outcome>>,
}

impl Flight {
    fn under_way(&self) -> MutexGuard<'_, Option<UnderWay>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shared {
    /// A token that will do: the one in hand, or what a flight brings.
    pub(super) async fn token(self: &Arc<Self>, need: &Need) -> Outcome {
        loop {
            if let Some(token) = self.in_hand.fresh(need, self.now()) {
                return Ok(token);
            }
            let (mut landing, serves) = self.board(need);
            let outcome = landing.wait_for(Option::is_some).await.map(|landed| landed.clone());
            match outcome {
                Ok(Some(outcome)) if serves => return outcome,
                Ok(None) | Err(_) if serves => return Err(Error::RenewalAborted),
                // It set out for another reason; what it brought may do all the same.
                Ok(_) | Err(_) => {}
            }
        }
    }

    /// The flight under way, or a new one; and whether it brings what is needed.
    fn board(self: &Arc<Self>, need: &Need) -> (watch::Receiver<Option<Outcome>>, bool) {
        let mut under_way = self.flight.under_way();
        if let Some(flight) = &*under_way {
            return (flight.landing.clone(), flight.need.serves(need));
        }
        let (sender, landing) = watch::channel(None);
        *under_way = Some(UnderWay { need: need.clone(), landing: landing.clone() });
        // A runtime at its end drops the pilot at once, and the pilot then wants this lock.
        drop(under_way);
        let pilot = Pilot { shared: Some(Arc::clone(self)), sender };
        let need = need.clone();
        // Spawned, and not awaited in place: a refresh token that rotates is spent by the request. If the caller's
        // future is dropped then, the answer still has to be kept.
        tokio::spawn(pilot.fly(need).in_current_span());
        (landing, true)
    }

    /// Does what must be done to its end even if the caller goes away.
    pub(super) async fn to_its_end<T: Send + 'static>(
        work: impl Future<Output = Result<T, Error>> + Send + 'static,
    ) -> Result<T, Error> {
        tokio::spawn(work.in_current_span()).await.unwrap_or(Err(Error::RenewalAborted))
    }
}

/// Ends the flight, also by a panic and by the end of the runtime.
#[derive(Debug)]
struct Pilot {
    /// `None` once the flight has ended.
    shared: Option<Arc<Shared>>,
    sender: watch::Sender<Option<Outcome>>,
}

impl Pilot {
    async fn fly(mut self, need: Need) {
        let Some(shared) = &self.shared else { return };
        let outcome = Box::pin(shared.renew(&need)).await;
        // First nobody can board any more, then those on board leave: who comes now finds the token in hand.
        self.end();
        self.sender.send_replace(Some(outcome));
    }

    fn end(&mut self) {
        if let Some(shared) = self.shared.take() {
            *shared.flight.under_way() = None;
        }
    }
}

impl Drop for Pilot {
    fn drop(&mut self) {
        self.end();
    }
}
