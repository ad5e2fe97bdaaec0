//! Where a store is.

use std::fmt;
use std::path::Path;
use std::path::PathBuf;

use safire::store::StoreError;
use zeroize::Zeroizing;

/// Where a store is: `sqlite:PATH`, or `postgres://…`.
///
/// `Display` and `Debug` mask a password.
#[derive(Clone)]
#[non_exhaustive]
pub enum StoreUrl {
    /// One SQLite file.
    Sqlite(PathBuf),
    /// A PostgreSQL database.
    Postgres(PostgresUrl),
}

/// The URL of a PostgreSQL database; it may hold a password.
#[derive(Clone)]
pub struct PostgresUrl(Zeroizing<String>);

impl StoreUrl {
    /// Reads `sqlite:PATH` (also `sqlite://PATH`) or `postgres://…`.
    ///
    /// # Errors
    /// [`StoreError::Open`] for any other text.
    pub fn parse(text: &str) -> Result<Self, StoreError> {
        if is_postgres(text) {
            return Ok(Self::Postgres(PostgresUrl(Zeroizing::new(text.to_owned()))));
        }
        let path = strip_scheme(text, "sqlite://").or_else(|| strip_scheme(text, "sqlite:"));
        match path {
            Some("") => Err(refused(text, "a path must follow `sqlite:`")),
            Some(":memory:") => Err(refused(text, "a registration must survive the process; name a file")),
            Some(path) => Ok(Self::Sqlite(PathBuf::from(path))),
            None => Err(refused(text, "expected `sqlite:PATH` or `postgres://USER@HOST/DATABASE`")),
        }
    }

    /// The file in the user's data folder: `<data_home>/safire/safire.db`, where `data_home` is `XDG_DATA_HOME`
    /// if that is an absolute path, else `<home>/.local/share`. `None` when neither is known.
    #[must_use]
    pub fn in_data_folder(data_home: Option<&Path>, home: Option<&Path>) -> Option<Self> {
        // XDG base directories: a relative path there is invalid and ignored.
        let folder = match data_home.filter(|path| path.is_absolute()) {
            Some(path) => path.to_owned(),
            None => home.filter(|path| path.is_absolute())?.join(".local").join("share"),
        };
        Some(Self::Sqlite(folder.join("safire").join("safire.db")))
    }

    /// The file, if the store is one.
    pub(crate) fn file(&self) -> Result<&Path, StoreError> {
        match self {
            Self::Sqlite(path) => Ok(path),
            Self::Postgres(_) => {
                let detail = "it is a database, and a file is wanted here: `sqlite:PATH`".to_owned();
                Err(StoreError::Open { store: self.to_string(), detail })
            }
        }
    }
}

impl From<&Self> for StoreUrl {
    fn from(url: &Self) -> Self {
        url.clone()
    }
}

impl From<&PathBuf> for StoreUrl {
    fn from(path: &PathBuf) -> Self {
        Self::Sqlite(path.clone())
    }
}

impl From<&Path> for StoreUrl {
    fn from(path: &Path) -> Self {
        Self::Sqlite(path.to_owned())
    }
}

impl fmt::Display for StoreUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Self::Postgres(url) => fmt::Display::fmt(url, f),
        }
    }
}

impl fmt::Debug for StoreUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StoreUrl({self})")
    }
}

impl PostgresUrl {
    /// The URL with its password, for the one place that connects.
    #[must_use]
    pub fn expose_secret(&self) -> &str {
        &self.0
    }

    /// Where this machine keeps answers that the database cannot take in at the moment:
    /// `<data_folder>/safire/rescue-<name of the database>`, where the name tells neither password nor host.
    ///
    /// # Errors
    /// [`StoreError::Open`] when it is no URL of a database.
    #[cfg(feature = "postgres")]
    pub fn rescue_folder(&self, data_folder: &Path) -> Result<PathBuf, StoreError> {
        let name = crate::postgres::Address::read(self)?.fingerprint();
        Ok(data_folder.join("safire").join(format!("rescue-{name}")))
    }
}

impl fmt::Display for PostgresUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&masked(&self.0))
    }
}

impl fmt::Debug for PostgresUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PostgresUrl({self})")
    }
}

fn refused(text: &str, detail: &str) -> StoreError {
    StoreError::Open { store: masked(text), detail: detail.to_owned() }
}

fn is_postgres(text: &str) -> bool {
    ["postgres://", "postgresql://", "postgres:", "postgresql:"]
        .iter()
        .any(|scheme| strip_scheme(text, scheme).is_some())
}

fn strip_scheme<'a>(text: &'a str, scheme: &str) -> Option<&'a str> {
    let (head, rest) = text.split_at_checked(scheme.len())?;
    head.eq_ignore_ascii_case(scheme).then_some(rest)
}

/// Hides what may be a password: in the userinfo, and every value of the query. Works on text that is no URL
/// too, because a mistyped one holds the same password.
fn masked(text: &str) -> String {
    let (rest, query) = match text.split_once('?') {
        // A `?` before the only `@` is part of an unescaped password.
        Some((rest, query)) if rest.contains('@') || !query.contains('@') => (rest, "?***"),
        Some(_) | None => (text, ""),
    };
    // The last `@`: an unescaped one inside a password must not end it early.
    let Some((before, host)) = rest.rsplit_once('@') else { return format!("{rest}{query}") };
    let (scheme, userinfo) = before.split_once("//").unwrap_or(("", before));
    let slashes = if scheme.is_empty() { "" } else { "//" };
    match userinfo.split_once(':') {
        Some((user, _)) => format!("{scheme}{slashes}{user}:***@{host}{query}"),
        None => format!("{scheme}{slashes}{userinfo}@{host}{query}"),
    }
}
