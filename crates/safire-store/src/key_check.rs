//! The row that tells whether a key is the one that a store was made with.

use safire::store::StoreError;

use crate::seal::Binding;
use crate::seal::Sealer;

const TEXT: &[u8] = b"this key opens this store";

/// What is stored: only the same key opens it again.
pub(crate) fn seal(sealer: &Sealer) -> Result<Vec<u8>, StoreError> {
    sealer.seal(&binding(sealer), TEXT)
}

/// Whether the key opens the stored check. The seal decides; an id only names keys.
pub(crate) fn opens(sealer: &Sealer, check: &[u8]) -> bool {
    sealer.unseal(&binding(sealer), check).is_some()
}

fn binding(sealer: &Sealer) -> Binding {
    Binding::new("safire key check 1").with(sealer.key_id().as_str())
}
