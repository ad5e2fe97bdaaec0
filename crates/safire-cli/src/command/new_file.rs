//! Files that this command makes.

use std::fs::OpenOptions;
use std::io;
use std::io::Write as _;
use std::path::Path;

use crate::failure::Failure;

/// A file that only its owner reads, never over another; nothing stays where writing fails.
pub(super) fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    write_with(&mut options, path, bytes)
}

/// The same for what everybody may read.
pub(super) fn write_for_all(path: &Path, bytes: &[u8]) -> io::Result<()> {
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

/// What is told of a key file that could not be made.
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
