//! Locks of a rescue folder whose store has no lock of its own on this machine.
//!
//! They are the system's, and end with their process.

use std::fs::File;
use std::fs::OpenOptions;
use std::fs::TryLockError;
use std::io;

use crate::rescue::RescueFolder;

/// Held by many between their room and their intent; by one alone that clears rooms.
const ROOMS: &str = "lock";
/// Held by the one that takes answers in.
const TURN: &str = "turn";

impl RescueFolder {
    /// Keeps the rooms from being cleared until it is dropped. Waits for whoever clears them just now.
    pub(crate) fn hold(&self) -> io::Result<File> {
        let lock = self.lock_file(ROOMS)?;
        lock.lock_shared()?;
        Ok(lock)
    }

    /// The right to clear rooms, unless somebody holds them.
    pub(crate) fn try_alone(&self) -> io::Result<Option<File>> {
        tried(self.lock_file(ROOMS)?)
    }

    /// The right to take answers in, unless another one has it.
    pub(crate) fn try_turn(&self) -> io::Result<Option<File>> {
        tried(self.lock_file(TURN)?)
    }

    fn lock_file(&self, name: &str) -> io::Result<File> {
        self.ensure()?;
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(self.folder().join(name))
    }
}

fn tried(lock: File) -> io::Result<Option<File>> {
    match lock.try_lock() {
        Ok(()) => Ok(Some(lock)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}
