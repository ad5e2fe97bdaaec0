//! Servers, databases and stores to test with.

use std::path::Path;
use std::path::PathBuf;
use std::sync::LazyLock;
use std::time::Duration;

use safire::store::StoreError;
use safire_postgres_server::Database;
use safire_postgres_server::PostgresServer;
use safire_store::KeySource;
use safire_store::PostgresBuilder;
use safire_store::PostgresStore;
use safire_store::PostgresUrl;
use safire_store::StoreUrl;
use tempfile::TempDir;
use zeroize::Zeroizing;

use crate::sample;

/// The key of every store here; it seals nothing else.
pub(crate) const KEY: &str = "c2FmaXJlIHRlc3Qga2V5IGZvciBQb3N0Z3JlU1FMLi4=";

/// The server that the tests of this process share; `None` when it is left out.
pub(crate) fn shared() -> Option<&'static PostgresServer> {
    static SERVER: LazyLock<Option<PostgresServer>> = LazyLock::new(own);
    SERVER.as_ref()
}

/// A server that one test may stop.
pub(crate) fn own() -> Option<PostgresServer> {
    PostgresServer::start().unwrap()
}

/// A database of the shared server and a folder of this machine.
pub(crate) struct Place<'a> {
    pub(crate) database: Database<'a>,
    pub(crate) folder: TempDir,
}

impl<'a> Place<'a> {
    pub(crate) fn at(server: &'a PostgresServer) -> Self {
        Self { database: server.create_database().unwrap(), folder: sample::folder() }
    }

    pub(crate) fn rooms(&self) -> PathBuf {
        self.folder.path().join("rooms")
    }

    pub(crate) fn builder(&self) -> PostgresBuilder {
        builder(&self.database.url(), &self.rooms())
    }

    pub(crate) fn open(&self) -> PostgresStore {
        opened(self.builder())
    }
}

pub(crate) fn url(text: &str) -> PostgresUrl {
    let StoreUrl::Postgres(url) = StoreUrl::parse(text).unwrap() else { panic!("no database: {text}") };
    url
}

/// Not patient: most tests have a server, and those that stop it say how long they wait.
pub(crate) fn builder(text: &str, rooms: &Path) -> PostgresBuilder {
    PostgresStore::builder(url(text), key(), rooms).patience(Duration::from_millis(400))
}

pub(crate) fn key() -> KeySource {
    KeySource::Base64(Zeroizing::new(KEY.to_owned()))
}

pub(crate) fn opened(builder: PostgresBuilder) -> PostgresStore {
    sample::run(builder.open_or_create()).unwrap()
}

/// The error of a store that does not open.
pub(crate) fn refused(builder: PostgresBuilder) -> StoreError {
    let error = sample::run(builder.open_or_create()).unwrap_err();
    let shown = format!("{error} {error:?}");
    for planted in Database::planted() {
        assert!(!shown.contains(planted), "{shown}");
    }
    error
}

/// The names in a folder, without the files that only lock.
pub(crate) fn rooms(folder: &Path) -> Vec<String> {
    let listing = std::fs::read_dir(folder).into_iter().flatten();
    let names = listing.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names.filter(|name| name != "lock" && name != "turn").collect();
    names.sort();
    names
}
