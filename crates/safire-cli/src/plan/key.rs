//! The client's own private key.

use std::path::Path;

use safire::protocol::jose::PrivateKey;
use safire::protocol::secret::PrivateKeyPem;
use safire::store::KeyMaterial;
use safire::store::Record;
use zeroize::Zeroizing;

use super::text_file::is_stdin;
use super::text_file::read_file;
use super::text_file::shown;
use crate::args::KeyArgs;
use crate::failure::Failure;

/// A private key, and what of it is kept with a registration.
#[derive(Debug)]
pub(crate) struct ClientKey {
    /// The key, parsed once.
    pub(crate) key: PrivateKey,
    /// What is kept.
    pub(crate) material: KeyMaterial,
}

/// What of a key is kept with a registration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keep {
    /// The key itself, sealed.
    Sealed,
    /// Where its file lies.
    Path,
}

impl Keep {
    /// What `--key-by-path` says.
    pub(crate) fn said_by(args: &KeyArgs) -> Self {
        if args.key_by_path { Self::Path } else { Self::Sealed }
    }
}

impl ClientKey {
    /// The key that `--key` names, if it names one.
    pub(crate) fn plan(args: &KeyArgs) -> Result<Option<Self>, Failure> {
        args.key.as_ref().map(|path| Self::read(path, Keep::said_by(args))).transpose()
    }

    /// Reads the key file.
    pub(crate) fn read(path: &Path, keep: Keep) -> Result<Self, Failure> {
        if keep == Keep::Path && is_stdin(path) {
            return Err(Failure::usage(
                "`--key-by-path` keeps the path of a file, and stdin has none",
                "name the key file, or leave `--key-by-path` out",
            ));
        }
        let bytes = read_file("key file", path)?;
        let key = PrivateKey::parse(&bytes).map_err(|error| Failure::Usage {
            code: error.code(),
            message: format!("the key file {} is not usable: {error}", shown(path)),
            hint: Some(hint_of(&bytes)),
        })?;
        let material = match keep {
            // Kept as it was written, so that a JWK keeps its `kid`.
            Keep::Sealed => KeyMaterial::Pem(PrivateKeyPem::new(String::from_utf8_lossy(&bytes))),
            Keep::Path => KeyMaterial::Path(
                std::path::absolute(path).map_err(|cause| Failure::file("key file", path, &cause))?,
            ),
        };
        Ok(Self { key, material })
    }
}

/// The key that is kept with a registration, read anew.
pub(crate) fn kept_key(record: &Record) -> Result<Option<PrivateKey>, Failure> {
    let bytes = match &record.content.key {
        KeyMaterial::Pem(pem) => Zeroizing::new(pem.expose_secret().as_bytes().to_vec()),
        KeyMaterial::Path(path) => read_file("key file", path)?,
        KeyMaterial::None | _ => return Ok(None),
    };
    let key = PrivateKey::parse(&bytes).map_err(|error| Failure::Usage {
        code: error.code(),
        message: format!("the key kept with registration `{}` is not usable: {error}", record.id),
        hint: Some(hint_of(&bytes)),
    })?;
    Ok(Some(key))
}

fn hint_of(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    if text.contains("ENCRYPTED") {
        "decrypt it first, such as with `openssl pkey`; Safire never asks for a passphrase".to_owned()
    } else {
        "`safire keys generate --out FILE` makes a usable one".to_owned()
    }
}
