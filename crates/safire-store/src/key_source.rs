//! Where the sealing key comes from.

use std::fmt;
use std::fs::File;
use std::io;
use std::io::Read;
use std::path::Path;
use std::path::PathBuf;

use safire::store::StoreError;
use zeroize::Zeroizing;

use crate::file;
use crate::key::SealingKey;

/// Where the sealing key comes from.
#[derive(Clone)]
#[non_exhaustive]
pub enum KeySource {
    /// From this base64 text, as an environment variable holds it.
    Base64(Zeroizing<String>),
    /// From a file that holds the base64 text and only its owner can read.
    File(PathBuf),
    /// From `<store>.key`, which is made together with a new store.
    Beside,
    /// From the keyring of the operating system, which this version recognises and refuses.
    Keyring,
}

/// Whether a missing key may be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Missing {
    /// The store is new: so is its key.
    Make,
    /// The store is there: a new key would not open it.
    Refuse,
}

/// A key file is one short line; more than this is something else.
const LONGEST: u64 = 4096;

impl KeySource {
    /// The key for the store at `store`.
    pub(crate) fn key_for(&self, store: &Path, missing: Missing) -> Result<SealingKey, StoreError> {
        match self {
            Self::Base64(text) => SealingKey::parse(text),
            Self::File(path) => read(path),
            Self::Beside => {
                let path = beside(store);
                if missing == Missing::Make && !path.exists() {
                    make(&path)?;
                }
                read(&path)
            }
            Self::Keyring => Err(no_keyring()),
        }
    }

    /// The key for a store in a database, beside which no file lies.
    #[cfg(feature = "postgres")]
    pub(crate) fn key_for_database(&self) -> Result<SealingKey, StoreError> {
        match self {
            Self::Base64(text) => SealingKey::parse(text),
            Self::File(path) => read(path),
            Self::Beside => {
                let detail = "a database has no key file beside it: give the key by SAFIRE_STORE_KEY or \
                              `--store-key FILE`, the same one on every machine";
                Err(StoreError::Key { detail: detail.to_owned() })
            }
            Self::Keyring => Err(no_keyring()),
        }
    }
}

impl From<&Self> for KeySource {
    fn from(source: &Self) -> Self {
        source.clone()
    }
}

impl fmt::Debug for KeySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Base64(_) => f.write_str("Base64([redacted])"),
            Self::File(path) => f.debug_tuple("File").field(path).finish(),
            Self::Beside => f.write_str("Beside"),
            Self::Keyring => f.write_str("Keyring"),
        }
    }
}

fn no_keyring() -> StoreError {
    let detail = "this build has no keyring support; use SAFIRE_STORE_KEY or a key file".to_owned();
    StoreError::Key { detail }
}

/// Of two processes at once one makes the key and both read it.
fn make(path: &Path) -> Result<(), StoreError> {
    let mut text = SealingKey::generate()?.expose_base64();
    text.push('\n');
    file::random_token()
        .and_then(|token| file::publish_private(path, text.as_bytes(), &token))
        .map_err(|error| unreadable(path, &error))
}

/// Where the key of a store lies that lies beside it.
pub(crate) fn beside(store: &Path) -> PathBuf {
    file::beside(store, ".key")
}

/// Reads a key file.
pub(crate) fn read(path: &Path) -> Result<SealingKey, StoreError> {
    let opened = File::open(path).map_err(|error| unreadable(path, &error))?;
    if file::is_open_to_others(&opened).map_err(|error| unreadable(path, &error))? {
        let shown = path.display();
        let detail = format!("{shown} is open to other users; close it with `chmod 600 {shown}`");
        return Err(StoreError::Key { detail });
    }
    let mut text = Zeroizing::new(String::with_capacity(64));
    opened.take(LONGEST).read_to_string(&mut text).map_err(|error| unreadable(path, &error))?;
    SealingKey::parse(&text)
        .map_err(|error| StoreError::Key { detail: format!("{}: {}", path.display(), short(&error)) })
}

fn unreadable(path: &Path, error: &io::Error) -> StoreError {
    StoreError::Key { detail: format!("{}: {error}", path.display()) }
}

/// Without the words that the outer error says again.
fn short(error: &StoreError) -> String {
    if let StoreError::Key { detail } = error { detail.clone() } else { error.to_string() }
}
