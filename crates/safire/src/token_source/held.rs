//! The token in hand: found without a store and without a network.

use std::sync::Arc;
use std::sync::PoisonError;
use std::sync::RwLock;

use safire_protocol::time::UnixTime;
use safire_protocol::token::TokenResponse;

use super::need::Need;

/// A token and when it is due.
#[derive(Debug, Clone)]
pub(super) struct Held {
    pub(super) token: Arc<TokenResponse>,
    /// From when on it is renewed; `None` while nobody says that it has ended.
    pub(super) due_at: Option<UnixTime>,
}

/// The token in hand, if any.
#[derive(Debug, Default)]
pub(super) struct InHand(RwLock<Option<Held>>);

impl InHand {
    /// The token, where it is not due and will do.
    pub(super) fn fresh(&self, need: &Need, now: UnixTime) -> Option<Arc<TokenResponse>> {
        self.find(|held| {
            held.due_at.is_none_or(|due_at| now < due_at) && !need.refuses(&held.token.access_token)
        })
    }

    /// The token, where it has not ended and will do.
    pub(super) fn valid(&self, need: &Need, now: UnixTime) -> Option<Arc<TokenResponse>> {
        self.find(|held| {
            held.token.expires_at.is_none_or(|end| now < end) && !need.refuses(&held.token.access_token)
        })
    }

    pub(super) fn put(&self, held: Option<Held>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = held;
    }

    /// Leaves the token alone until then.
    pub(super) fn postpone(&self, until: UnixTime) {
        if let Some(held) = &mut *self.0.write().unwrap_or_else(PoisonError::into_inner) {
            held.due_at = Some(until);
        }
    }

    fn find(&self, is_wanted: impl FnOnce(&Held) -> bool) -> Option<Arc<TokenResponse>> {
        // A panic elsewhere leaves a whole value behind: each change is one assignment.
        let held = self.0.read().unwrap_or_else(PoisonError::into_inner);
        held.as_ref().filter(|held| is_wanted(held)).map(|held| Arc::clone(&held.token))
    }
}
