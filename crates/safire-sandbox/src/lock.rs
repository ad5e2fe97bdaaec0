//! Short locks.

use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;

/// The guard, also after another thread panicked: the maps here are whole after each single call.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
