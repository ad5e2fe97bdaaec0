//! Certificates and revocation lists from files and folders.

use std::path::Path;
use std::path::PathBuf;

use safire::protocol::pki::Certificate;
use safire::protocol::pki::CertificateError;
use safire::protocol::pki::Chain;
use safire::protocol::pki::Crl;
use safire::protocol::pki::TrustAnchors;

use crate::failure::Failure;
use crate::plan::text_file::is_stdin;
use crate::plan::text_file::read_file;
use crate::plan::text_file::read_large_file;
use crate::plan::text_file::shown;

/// By which names files with certificates are found in a folder.
const CERTIFICATES: [&str; 6] = ["pem", "crt", "cer", "der", "p7b", "p7c"];
/// The same for revocation lists.
const LISTS: [&str; 1] = ["crl"];

/// Every certificate of these files and folders.
pub(super) fn certificates(what: &str, paths: &[PathBuf]) -> Result<Vec<Certificate>, Failure> {
    let mut found = Vec::new();
    for path in files(what, paths, &CERTIFICATES)? {
        let bytes = read_file(what, &path)?;
        let read = TrustAnchors::parse(&bytes).map_err(|error| unusable(what, &path, &error))?;
        found.extend(read.certificates().iter().cloned());
    }
    Ok(found)
}

/// Every revocation list of these files and folders.
pub(super) fn lists(paths: &[PathBuf]) -> Result<Vec<Crl>, Failure> {
    const WHAT: &str = "revocation list";
    let mut found = Vec::new();
    for path in files(WHAT, paths, &LISTS)? {
        let bytes = read_large_file(WHAT, &path)?;
        found.extend(Crl::parse(&bytes).map_err(|error| Failure::Usage {
            code: error.code(),
            message: format!("the {WHAT} {} is not usable: {error}", shown(&path)),
            hint: Some(error.hint().to_owned()),
        })?);
    }
    Ok(found)
}

/// The chain of a file, the leaf first.
pub(crate) fn chain(path: &Path) -> Result<Chain, Failure> {
    const WHAT: &str = "certificate file";
    let bytes = read_file(WHAT, path)?;
    Chain::parse(&bytes).map_err(|error| unusable(WHAT, path, &error))
}

/// The files themselves, and those of the folders, in the order of their names.
fn files(what: &str, paths: &[PathBuf], kinds: &[&str]) -> Result<Vec<PathBuf>, Failure> {
    let mut found = Vec::new();
    for path in paths {
        if is_stdin(path) || !path.is_dir() {
            found.push(path.clone());
            continue;
        }
        let listed = std::fs::read_dir(path).and_then(Iterator::collect::<Result<Vec<_>, _>>);
        let listed = listed.map_err(|cause| Failure::file("folder", path, &cause))?;
        let is_of_kind = |file: &PathBuf| {
            let kind = file.extension().and_then(|kind| kind.to_str()).map(str::to_ascii_lowercase);
            kind.is_some_and(|kind| kinds.contains(&kind.as_str())) && file.is_file()
        };
        let mut files: Vec<PathBuf> = listed.iter().map(std::fs::DirEntry::path).filter(is_of_kind).collect();
        if files.is_empty() {
            return Err(Failure::usage(
                format!("the folder {} holds no {what}", path.display()),
                format!("its files are known by their ends: {}", kinds.join(", ")),
            ));
        }
        files.sort();
        found.extend(files);
    }
    Ok(found)
}

fn unusable(what: &str, path: &Path, error: &CertificateError) -> Failure {
    Failure::Usage {
        code: error.code(),
        message: format!("the {what} {} is not usable: {error}", shown(path)),
        hint: Some(error.hint().to_owned()),
    }
}
