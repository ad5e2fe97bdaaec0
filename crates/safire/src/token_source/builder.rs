//! Sets a token source up.

use std::sync::Arc;
use std::time::Duration;

use super::early::EarlyRenewal;
use super::flight::Flight;
use super::held::InHand;
use super::lease::Place;
use super::obtain::Obtain;
use super::reach::Reach;
use super::source::Shared;
use super::source::TokenSource;
use crate::client::Client;
use crate::error::Error;
use crate::random;
use crate::store::Content;
use crate::store::LeaseOwner;
use crate::store::MemoryStore;
use crate::store::Record;
use crate::store::RecordId;
use crate::store::State;
use crate::store::Store;
use crate::store::TokenKey;
use crate::store::TokenSlot;

/// Longer than any renewal between two signs of life.
const TERM: Duration = Duration::from_secs(60);

/// Sets a [`TokenSource`] up. No network and no store before its first token is asked for.
#[derive(Debug, Clone)]
#[must_use]
pub struct TokenSourceBuilder {
    client: Client,
    obtain: Obtain,
    kept_in: Option<(Arc<dyn Store>, RecordId)>,
    slot: Option<TokenSlot>,
    margin: Option<Duration>,
    term: Duration,
}

// Here and not beside `Client`: the client is an earlier stage and knows no source.
impl Client {
    /// A source of tokens that are always valid.
    pub fn token_source(&self, obtain: Obtain) -> TokenSourceBuilder {
        TokenSourceBuilder {
            client: self.clone(),
            obtain,
            kept_in: None,
            slot: None,
            margin: None,
            term: TERM,
        }
    }
}

impl TokenSourceBuilder {
    /// Keeps the token in this store, beside the registration that it is obtained with. All processes that share the
    /// store share the token. Without it the token lives and dies with this source.
    pub fn kept_in(mut self, store: Arc<dyn Store>, record: RecordId) -> Self {
        self.kept_in = Some((store, record));
        self
    }

    /// Tells this token from others of the same registration. Default: [`TokenSlot::login`], or
    /// [`TokenSlot::backend`] with the scope, and within the circumstances that the credentials assert.
    pub fn slot(mut self, slot: TokenSlot) -> Self {
        self.slot = Some(slot);
        self
    }

    /// Renews at most this long before the end, and at least half as long: each source draws its own time in between.
    /// Default: a minute, or a fifth of the lifetime where that is less. It is never more than half the lifetime.
    pub const fn renew_before(mut self, margin: Duration) -> Self {
        self.margin = Some(margin);
        self
    }

    /// How long others wait for a process that died during a renewal. Default: a minute. A second at the least.
    pub const fn lease_term(mut self, term: Duration) -> Self {
        self.term = term;
        self
    }

    /// The source.
    ///
    /// # Errors
    /// [`Error::Random`] when the operating system gives no random bytes.
    pub fn build(self) -> Result<TokenSource, Error> {
        let jitter = u16::from_ne_bytes(random::bytes()?);
        let owner = LeaseOwner::from_random(random::bytes()?);
        let slot = self.slot.unwrap_or_else(|| match &self.obtain {
            Obtain::Login | Obtain::JwtBearer => TokenSlot::login(),
            Obtain::Backend { scope } => {
                let credentials = self.client.credentials();
                let slot = TokenSlot::backend(scope.as_deref().or(credentials.scope.as_deref()));
                // What one request asserted does not hold for another: their tokens are never mixed.
                match credentials.context() {
                    Some(context) => slot.within(&context),
                    None => slot,
                }
            }
        });
        let (store, record) = self.kept_in.unwrap_or_else(|| in_this_process(&self.client));
        let place = Place {
            store,
            key: TokenKey { record, slot },
            owner,
            term: self.term.max(Duration::from_secs(1)),
        };
        Ok(TokenSource::new(Shared {
            reach: Reach::new(self.client.server().base()),
            client: self.client,
            obtain: self.obtain,
            early: EarlyRenewal::new(self.margin, jitter),
            place,
            in_hand: InHand::default(),
            flight: Flight::default(),
            unkept: tokio::sync::Mutex::default(),
        }))
    }
}

/// A store that only this source knows, with a registration that only stands for the client.
fn in_this_process(client: &Client) -> (Arc<dyn Store>, RecordId) {
    let (id, base) = (RecordId::from_random([0; 15]), client.server().base());
    let now = client.server().clock().now();
    let record = Record::new(
        id.clone(),
        base.as_str().to_owned(),
        base.key(),
        State::Registered,
        now,
        Content::default(),
    );
    (Arc::new(MemoryStore::with_record(record)), id)
}
