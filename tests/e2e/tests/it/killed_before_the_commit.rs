//! A process that dies between the server's answer and the store's commit leaves an intent that says so.

use std::process::Command;

use safire::Server;
use safire::protocol::fault::Diagnose;
use safire::protocol::url::LoopbackHttp;
use safire::store::Query;
use safire::store::State;
use safire::store::Store;
use safire_sandbox::Sandbox;
use safire_store::KeySource;
use safire_store::SqliteStore;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t13_the_credential_is_in_doubt_not_lost() {
    let sandbox = Sandbox::start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let dying = env!("CARGO_BIN_EXE_register-and-die");
    let mut child = Command::new(dying).arg(sandbox.fhir_base()).arg(&path).spawn().unwrap();
    let status = tokio::task::spawn_blocking(move || child.wait()).await.unwrap().unwrap();
    assert_eq!(std::os::unix::process::ExitStatusExt::signal(&status), Some(9));
    assert_eq!(sandbox.clients().len(), 1, "the server has registered the client");

    let store = SqliteStore::open_or_create(&path, KeySource::Beside).unwrap();
    let records = store.load(Query::All).await.unwrap();
    assert_eq!(records.len(), 1);
    assert_eq!(records[0].state, State::InDoubt);
    assert_eq!(records[0].client_name.as_deref(), Some("Dying"));
    assert!(records[0].content.registration_endpoint.is_some());

    // The same registration is not repeated blindly.
    let server = Server::builder(&sandbox.fhir_base()).loopback(LoopbackHttp::Allowed).build().unwrap();
    let metadata =
        safire::protocol::registration::ClientMetadata::from_json(records[0].content.requested.clone());
    let error = server.register_client(&metadata.unwrap()).store(&store).await.unwrap_err();
    assert_eq!(error.code(), "registration-in-doubt");
    assert_eq!(sandbox.clients().len(), 1);
}
