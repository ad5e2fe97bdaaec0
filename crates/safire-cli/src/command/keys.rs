//! `safire keys`: make private keys, show their public halves. The store is never touched.

use std::fs::OpenOptions;
use std::io;
use std::io::Write as _;
use std::path::Path;

use safire::protocol::jose::Algorithm;
use safire::protocol::jose::Jwk;
use safire::protocol::jose::JwkSet;
use safire::protocol::jose::KeyError;
use safire::protocol::jose::PrivateKey;
use serde_json::Value;
use serde_json::json;

use crate::args::GenerateArgs;
use crate::args::JwksArgs;
use crate::args::ThumbprintArgs;
use crate::failure::Failure;
use crate::output;
use crate::plan::read_file;
use crate::session::Session;

/// Makes a private key.
pub(crate) fn keys_generate(session: &Session, args: &GenerateArgs) -> Result<(), Failure> {
    let shows = session.output.shows_secrets();
    if args.out.is_none() && !shows {
        return Err(Failure::usage(
            "the key has nowhere to go",
            "name a file with `--out FILE`, or give `--show-secrets` to print the key",
        ));
    }
    let algorithm: Algorithm = args.alg.parse().map_err(|_| {
        Failure::usage(
            format!("`{}` is not an algorithm for keys", args.alg),
            "`ES384` and `RS384` are what SMART asks for",
        )
    })?;
    let key = PrivateKey::generate(algorithm).map_err(|error| Failure::System {
        code: error.code(),
        message: error.to_string(),
        hint: None,
    })?;
    let pem = key.to_pem();
    if let Some(path) = &args.out {
        write_new(path, pem.as_bytes()).map_err(|cause| unwritable(path, &cause))?;
    }
    let json = json!({
        "alg": key.algorithm().as_str(),
        "kid": key.kid(),
        "file": args.out.as_ref().map(|path| path.display().to_string()),
        "private_key": shows.then(|| pem.as_str()),
        "jwk": key.public_jwk().to_json(),
    });
    session.output.data(&json, || match (&args.out, shows) {
        (_, true) => pem.as_str().to_owned(),
        (Some(path), false) => format!("{} key `{}` in {}\n", key.algorithm(), key.kid(), path.display()),
        (None, false) => String::new(),
    })
}

/// Prints the public halves of keys as one JWK Set.
pub(crate) fn keys_jwks(session: &Session, args: &JwksArgs) -> Result<(), Failure> {
    let mut keys = Vec::new();
    for path in &args.files {
        keys.extend(public_keys(path)?);
    }
    let set = JwkSet::from_keys(keys).to_json();
    session.output.data(&set, || format!("{set:#}\n"))
}

/// Prints the thumbprint of a key, RFC 7638.
pub(crate) fn keys_thumbprint(session: &Session, args: &ThumbprintArgs) -> Result<(), Failure> {
    let keys = public_keys(&args.file)?;
    let [key] = keys.as_slice() else {
        return Err(Failure::usage(
            format!("the key file {} has {} keys", args.file.display(), keys.len()),
            "give a file with one key",
        ));
    };
    let json = json!({ "thumbprint": key.thumbprint(), "kid": key.kid() });
    session.output.data(&json, || format!("{}\n", key.thumbprint()))
}

/// The public halves of whatever the file holds: a private key, a public JWK, or a JWK Set.
fn public_keys(path: &Path) -> Result<Vec<Jwk>, Failure> {
    let bytes = read_file("key file", path)?;
    let unusable = |error: &KeyError| Failure::Usage {
        code: error.code(),
        message: format!("the key file {} is not usable: {error}", path.display()),
        hint: Some("give a private key in PEM, a JWK or a JWK Set".to_owned()),
    };
    let error = match PrivateKey::parse(&bytes) {
        Ok(key) => return Ok(vec![key.public_jwk()]),
        Err(error) => error,
    };
    let Ok(value) = serde_json::from_slice::<Value>(&bytes) else { return Err(unusable(&error)) };
    if value.get("keys").is_none() {
        return Jwk::parse(&value).map(|key| vec![key]).map_err(|error| unusable(&error));
    }
    let set = JwkSet::parse(&value).map_err(|error| unusable(&error))?;
    for skipped in set.skipped() {
        output::write_stderr(&format!(
            "warning: key {} of {} is left out: {}\n",
            skipped.index,
            path.display(),
            skipped.reason
        ));
    }
    Ok(set.keys().to_vec())
}

/// A file that only its owner reads, never over another; nothing stays where writing fails.
pub(super) fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    write_with(&mut options, path, bytes)
}

/// The same for what everybody may read.
pub(super) fn write_new_for_all(path: &Path, bytes: &[u8]) -> io::Result<()> {
    write_with(&mut OpenOptions::new(), path, bytes)
}

fn write_with(options: &mut OpenOptions, path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = options.write(true).create_new(true).open(path)?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    if written.is_err() {
        let _ = std::fs::remove_file(path);
    }
    written
}

/// Why a file is not there afterwards.
pub(super) fn unwritable(path: &Path, cause: &io::Error) -> Failure {
    let hint = if cause.kind() == io::ErrorKind::AlreadyExists {
        "a file is never overwritten: name another, or move this one away"
    } else {
        "name a file in a folder that you may write into"
    };
    Failure::Usage {
        code: "key-file-unwritable",
        message: format!("the key file {} cannot be written: {cause}", path.display()),
        hint: Some(hint.to_owned()),
    }
}
