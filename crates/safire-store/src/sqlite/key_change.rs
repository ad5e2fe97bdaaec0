//! A key that lies beside its store, changed together with it.
//!
//! The new key is in `<store>.key.next` before the database is sealed with it, and becomes `<store>.key` after. Both
//! steps happen under the write lock of the database, by whoever comes first: the process that changes the key, or, if it
//! died, the next one that opens the store.

use std::io;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;

use rusqlite::Connection;
use rusqlite::TransactionBehavior;
use safire::store::StoreError;

use crate::file;
use crate::key::KeyId;
use crate::key::SealingKey;
use crate::key_source;
use crate::seal::Sealer;
use crate::sqlite::schema;
use crate::sqlite::store::SqliteStore;
use crate::sqlite::store::on_blocking_thread;

impl SqliteStore {
    /// Makes a new key, seals everything with it and puts it in the place of `<store>.key`. After a crash the next
    /// opening finds the key that fits. Copies of the store that were made before need the key that they were made with.
    ///
    /// # Errors
    /// [`StoreError::Key`] when the key of this store does not lie beside it; else as [`Self::rotate_key`].
    pub async fn rotate_key_beside(&self) -> Result<KeyId, StoreError> {
        on_blocking_thread(Arc::clone(&self.inner), |inner| {
            let Some(store) = inner.key_is_beside.as_deref() else {
                let detail =
                    "it does not lie beside the store: make a new one and say where it is".to_owned();
                return Err(StoreError::Key { detail });
            };
            let new = SealingKey::generate()?;
            let mut text = new.expose_base64();
            text.push('\n');
            let next = next_key(store);
            let put = || file::replace_private(&next, text.as_bytes());
            let sealer = Sealer::new(&new)?;
            inner.rotate_key(&sealer, put)?;
            settle(&mut inner.db(), store, &sealer, &inner.name)?;
            Ok(new.id())
        })
        .await
    }
}

/// The keys that may fit a store whose key beside it does not: the next one, or one that took its place just now.
pub(crate) fn other_keys(store: &Path) -> Vec<SealingKey> {
    let paths = [next_key(store), key_source::beside(store)];
    paths.iter().filter_map(|path| key_source::read(path).ok()).collect()
}

/// Puts the next key into its place if it is the one that the database is sealed with.
pub(crate) fn settle(
    db: &mut Connection,
    store: &Path,
    sealer: &Sealer,
    name: &str,
) -> Result<(), StoreError> {
    let failed = |detail: String| StoreError::Failed {
        store: name.to_owned(),
        doing: "putting its key into place",
        detail,
    };
    let tx = db.transaction_with_behavior(TransactionBehavior::Immediate);
    let tx = tx.map_err(|error| failed(error.to_string()))?;
    schema::guard(&tx, sealer, name)?;
    let next = next_key(store);
    let fits = key_source::read(&next).is_ok_and(|key| key.id() == *sealer.key_id());
    if fits {
        let moved = std::fs::rename(&next, key_source::beside(store));
        let moved = moved.and_then(|()| file::sync_folder_of(store));
        moved.map_err(|error: io::Error| failed(error.to_string()))?;
    }
    Ok(())
}

fn next_key(store: &Path) -> PathBuf {
    file::beside(store, ".key.next")
}
