//! The one place that reads environment variables.

use std::path::PathBuf;

use zeroize::Zeroizing;

/// A variable's text; `None` where it is unset, empty or not UTF-8.
#[expect(clippy::disallowed_methods, reason = "this is the one place")]
fn read(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// `SAFIRE_STORE`.
pub(crate) fn store() -> Option<String> {
    read("SAFIRE_STORE")
}

/// `SAFIRE_STORE_KEY`.
pub(crate) fn store_key() -> Option<Zeroizing<String>> {
    read("SAFIRE_STORE_KEY").map(Zeroizing::new)
}

/// Whether `SAFIRE_ALLOW_INSECURE_LOCALHOST` is `1`.
pub(crate) fn allows_insecure_localhost() -> bool {
    read("SAFIRE_ALLOW_INSECURE_LOCALHOST").is_some_and(|value| value == "1" || value == "true")
}

/// A variable that the person named and that holds a secret.
pub(crate) fn secret(name: &str) -> Option<Zeroizing<String>> {
    // A name with `=` or NUL cannot be a variable, and asking for it would panic on some systems.
    if name.is_empty() || name.contains(['=', '\0']) {
        return None;
    }
    read(name).map(Zeroizing::new)
}

/// The user's data folder: `$XDG_DATA_HOME` or its platform's equivalent.
pub(crate) fn data_folder() -> Option<PathBuf> {
    let home = || read("HOME").map(PathBuf::from);
    if cfg!(target_os = "windows") {
        read("LOCALAPPDATA").map(PathBuf::from)
    } else if cfg!(target_os = "macos") {
        home().map(|home| home.join("Library").join("Application Support"))
    } else {
        // XDG Base Directory Specification: a relative path is ignored.
        let named = read("XDG_DATA_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
        named.or_else(|| home().map(|home| home.join(".local").join("share")))
    }
}
