//! Registers a client and is killed with signal 9 between the server's answer and the store's commit.

use std::error::Error;
use std::path::Path;
use std::process::Command;

use safire::Server;
use safire::future::BoxFuture;
use safire::protocol::credentials::AuthMethod;
use safire::protocol::registration::ClientMetadata;
use safire::protocol::url::LoopbackHttp;
use safire::store::Change;
use safire::store::Claim;
use safire::store::Claimed;
use safire::store::Query;
use safire::store::Record;
use safire::store::Store;
use safire::store::StoreError;
use safire::store::TokenQuery;
use safire::store::TokenRecord;
use safire_store::KeySource;
use safire_store::SqliteStore;

/// Dies when the answer is about to be committed.
#[derive(Debug)]
struct Dying(SqliteStore);

impl Store for Dying {
    fn commit(&self, change: Change) -> BoxFuture<'_, Result<(), StoreError>> {
        if matches!(change, Change::Replace(_)) {
            let own = std::process::id().to_string();
            // Nothing of this process runs after signal 9, no destructor either.
            let _ = Command::new("kill").args(["-9", &own]).status();
        }
        self.0.commit(change)
    }

    fn load(&self, query: Query) -> BoxFuture<'_, Result<Vec<Record>, StoreError>> {
        self.0.load(query)
    }

    fn load_tokens(&self, query: TokenQuery) -> BoxFuture<'_, Result<Vec<TokenRecord>, StoreError>> {
        self.0.load_tokens(query)
    }

    fn claim(&self, claim: Claim) -> BoxFuture<'_, Result<Claimed, StoreError>> {
        self.0.claim(claim)
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (base, path) = (arguments.next().ok_or("no base")?, arguments.next().ok_or("no store")?);
    let store = Dying(SqliteStore::open_or_create(Path::new(&path), KeySource::Beside)?);
    let server = Server::builder(&base).loopback(LoopbackHttp::Allowed).build()?;
    let metadata = ClientMetadata::new()
        .client_name("Dying")
        .grant_types(["client_credentials"])
        .token_endpoint_auth_method(AuthMethod::ClientSecretBasic)
        .scope("system/*.rs");
    server.register_client(&metadata).store(&store).await?;
    Ok(())
}
