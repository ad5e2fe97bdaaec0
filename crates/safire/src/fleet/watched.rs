//! The store and the transport of one registration, which know of each other: its intent is not written before the turn
//! of its request has come. So a row that waits for its host has left nothing that could be in doubt.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;

use bytes::Bytes;
use http::Method;
use http::Request;
use http::Response;
use http::Uri;
use safire_protocol::secret::InitialAccessToken;
use tokio::sync::watch;

use super::paced::PacedTransport;
use super::paced::Turn;
use crate::future::BoxFuture;
use crate::store::Change;
use crate::store::Claim;
use crate::store::Claimed;
use crate::store::Query;
use crate::store::Record;
use crate::store::State;
use crate::store::Store;
use crate::store::StoreError;
use crate::store::TokenQuery;
use crate::store::TokenRecord;
use crate::transport::Transport;
use crate::transport::TransportError;

/// The transport of one row: its registration goes in the turn that was taken for it.
#[derive(Debug)]
pub(super) struct RowTransport {
    paced: Arc<PacedTransport>,
    turn: Mutex<Option<Turn>>,
}

impl RowTransport {
    pub(super) const fn new(paced: Arc<PacedTransport>) -> Self {
        Self { paced, turn: Mutex::new(None) }
    }

    async fn take_turn(&self, uri: &Uri) {
        let turn = self.paced.turn(uri).await;
        self.keep(Some(turn));
    }

    fn keep(&self, turn: Option<Turn>) -> Option<Turn> {
        std::mem::replace(&mut *self.turn.lock().unwrap_or_else(PoisonError::into_inner), turn)
    }
}

impl Transport for RowTransport {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>, TransportError>> {
        let kept = if request.method() == Method::POST { self.keep(None) } else { None };
        match kept.filter(|turn| turn.is_at(request.uri())) {
            Some(turn) => Box::pin(self.paced.send_in_turn(turn, request)),
            None => self.paced.send(request),
        }
    }
}

/// The store of one registration.
#[derive(Debug)]
pub(super) struct Watched<'a> {
    pub(super) store: &'a dyn Store,
    pub(super) transport: &'a RowTransport,
    /// Whether the intent was, or is being, written.
    pub(super) begun: &'a watch::Sender<bool>,
    /// A server may repeat the token that it was sent; a note does not.
    pub(super) token: Option<&'a InitialAccessToken>,
}

impl Watched<'_> {
    async fn begin(&self, change: Change, endpoint: Option<Uri>) -> Result<(), StoreError> {
        if let Some(uri) = &endpoint {
            self.transport.take_turn(uri).await;
        }
        self.begun.send_replace(true);
        let committed = self.store.commit(change).await;
        if committed.is_err() {
            self.transport.keep(None);
        }
        committed
    }
}

impl Store for Watched<'_> {
    fn commit(&self, mut change: Change) -> BoxFuture<'_, Result<(), StoreError>> {
        if let Change::Insert { record, .. } = &change
            && record.state == State::InDoubt
        {
            let endpoint = record.content.registration_endpoint.as_deref().and_then(|url| url.parse().ok());
            return Box::pin(self.begin(change, endpoint));
        }
        if let Change::Replace(record) = &mut change
            && let Some(note) = &mut record.content.note
        {
            without(note, self.token);
        }
        self.store.commit(change)
    }

    fn load(&self, query: Query) -> BoxFuture<'_, Result<Vec<Record>, StoreError>> {
        self.store.load(query)
    }

    fn load_tokens(&self, query: TokenQuery) -> BoxFuture<'_, Result<Vec<TokenRecord>, StoreError>> {
        self.store.load_tokens(query)
    }

    fn claim(&self, claim: Claim) -> BoxFuture<'_, Result<Claimed, StoreError>> {
        self.store.claim(claim)
    }
}

/// Takes the token out of a text.
pub(super) fn without(text: &mut String, token: Option<&InitialAccessToken>) {
    if let Some(token) = token.filter(|token| text.contains(token.expose_secret())) {
        *text = text.replace(token.expose_secret(), "[redacted]");
    }
}
