//! The files that this process has open.
//!
//! A process that closes a file loses all its locks on it, whoever took them (POSIX `fcntl`). Looking into a file that
//! is open as a store would so take the locks of its connection, and another process could remove the journal from
//! under it: what was committed after would be lost. So what is open is not looked into.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;

/// Stands for one connection to a file; drop it after the connection.
#[derive(Debug)]
pub(crate) struct Opened(Option<FileId>);

/// Keeps other threads from opening a store.
#[derive(Debug)]
pub(crate) struct Turn(MutexGuard<'static, BTreeMap<FileId, usize>>);

/// Device and number of a file.
type FileId = (u64, u64);

static OPEN: Mutex<BTreeMap<FileId, usize>> = Mutex::new(BTreeMap::new());

impl Turn {
    pub(crate) fn take() -> Self {
        // A panic elsewhere leaves whole numbers behind.
        Self(OPEN.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whether this process has the file open.
    pub(crate) fn is_open(&self, path: &Path) -> bool {
        id(path).is_some_and(|id| self.0.contains_key(&id))
    }

    /// Notes one more connection to the file.
    pub(crate) fn note(&mut self, path: &Path) -> Opened {
        let id = id(path);
        if let Some(id) = id {
            *self.0.entry(id).or_default() += 1;
        }
        Opened(id)
    }
}

impl Opened {
    /// Whether the file that was opened no longer lies at its path: what is written to it is found by nobody.
    pub(crate) fn is_away_from(&self, path: &Path) -> bool {
        self.0.is_some() && id(path) != self.0
    }
}

impl Drop for Opened {
    fn drop(&mut self) {
        let Some(id) = self.0 else { return };
        let mut open = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
        match open.get_mut(&id) {
            Some(count) if *count > 1 => *count -= 1,
            Some(_) | None => {
                open.remove(&id);
            }
        }
    }
}

#[cfg(unix)]
fn id(path: &Path) -> Option<FileId> {
    use std::os::unix::fs::MetadataExt;
    let metadata = std::fs::metadata(path).ok()?;
    Some((metadata.dev(), metadata.ino()))
}

/// Windows keeps a lock until its own handle is closed.
#[cfg(not(unix))]
fn id(_path: &Path) -> Option<FileId> {
    None
}
