//! Files that the command line names.

use std::borrow::Cow;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;

use zeroize::Zeroizing;

use crate::failure::Failure;

/// No key, statement or metadata is larger; a device that never ends is.
const LONGEST: u64 = 1024 * 1024;
/// A bundle of FHIR resources is.
const LONGEST_BODY: u64 = 64 * 1024 * 1024;

/// Stdin ends once; a second reader would find nothing there.
static STDIN_IS_READ: AtomicBool = AtomicBool::new(false);

/// Whether the path stands for stdin.
pub(super) fn is_stdin(path: &Path) -> bool {
    path == Path::new("-")
}

/// The path as it is told.
pub(super) fn shown(path: &Path) -> Cow<'_, str> {
    if is_stdin(path) { Cow::Borrowed("on stdin") } else { path.to_string_lossy() }
}

/// Says that stdin is about to be read.
pub(super) fn take_stdin(what: &str) -> Result<(), Failure> {
    if STDIN_IS_READ.swap(true, Ordering::Relaxed) {
        return Err(Failure::usage(
            format!("the {what} cannot come from stdin too: something else was read from it"),
            "name a file",
        ));
    }
    Ok(())
}

/// The whole file, `-` for stdin.
pub(crate) fn read_file(what: &str, path: &Path) -> Result<Zeroizing<Vec<u8>>, Failure> {
    read_up_to(LONGEST, what, path)
}

/// The same for FHIR resources.
pub(crate) fn read_body(path: &Path) -> Result<Zeroizing<Vec<u8>>, Failure> {
    read_large_file("body", path)
}

/// The same for what is large by its nature.
pub(crate) fn read_large_file(what: &str, path: &Path) -> Result<Zeroizing<Vec<u8>>, Failure> {
    read_up_to(LONGEST_BODY, what, path)
}

fn read_up_to(longest: u64, what: &str, path: &Path) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let mut bytes = Zeroizing::new(Vec::new());
    let read = if is_stdin(path) {
        take_stdin(what)?;
        std::io::stdin().lock().take(longest + 1).read_to_end(&mut bytes)
    } else {
        File::open(path).and_then(|file| file.take(longest + 1).read_to_end(&mut bytes))
    };
    read.map_err(|cause| Failure::file(what, path, &cause))?;
    if bytes.len() as u64 > longest {
        return Err(Failure::usage(
            format!("the {what} {} is larger than {longest} bytes", shown(path)),
            "name the right file",
        ));
    }
    Ok(bytes)
}

/// A one-line secret: the file without its line end.
pub(crate) fn read_secret(what: &str, path: &Path) -> Result<Zeroizing<String>, Failure> {
    let bytes = read_file(what, path)?;
    let text = std::str::from_utf8(&bytes).map_err(|_| {
        Failure::usage(format!("the {what} {} is not text", shown(path)), "name the right file")
    })?;
    let text = text.trim_end_matches(['\r', '\n']);
    if text.trim().is_empty() {
        return Err(Failure::usage(format!("the {what} {} is empty", shown(path)), "name the right file"));
    }
    Ok(Zeroizing::new(text.to_owned()))
}
