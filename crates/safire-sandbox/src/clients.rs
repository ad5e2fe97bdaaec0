//! All clients that were issued.

use std::sync::Arc;

use crate::bounded::Bounded;
use crate::client::Client;

/// Clients by their id, and by the name under which they are managed.
#[derive(Debug)]
pub(crate) struct Clients {
    by_id: Bounded<Arc<Client>>,
    /// Ids by handle, where the two differ.
    handles: Bounded<String>,
}

impl Clients {
    pub(crate) fn new(limit: usize) -> Self {
        Self { by_id: Bounded::new(limit), handles: Bounded::new(limit) }
    }

    /// Stores a client, in place of an older version of it.
    pub(crate) fn insert(&mut self, client: Client) {
        if client.handle != client.id {
            self.handles.insert(&client.handle, client.id.clone());
        }
        let id = client.id.clone();
        self.by_id.insert(&id, Arc::new(client));
    }

    pub(crate) fn get(&self, id: &str) -> Option<&Arc<Client>> {
        self.by_id.get(id)
    }

    /// The client with this handle.
    pub(crate) fn managed(&self, handle: &str) -> Option<Arc<Client>> {
        let id = self.handles.get(handle).map_or(handle, String::as_str);
        self.by_id.get(id).filter(|client| client.handle == handle).map(Arc::clone)
    }

    pub(crate) fn remove(&mut self, client: &Client) {
        self.handles.remove(&client.handle);
        self.by_id.remove(&client.id);
    }

    /// Oldest first.
    pub(crate) fn values(&self) -> impl Iterator<Item = &Arc<Client>> {
        self.by_id.values()
    }
}
