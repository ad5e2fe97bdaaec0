//! What the servers issued, against what the store holds.

use std::collections::BTreeMap;

use safire::protocol::registration::Registration;
use safire::protocol::url::LoopbackHttp;
use safire::store::Query;
use safire::store::Record;
use safire::store::State;
use safire::store::Store as _;
use safire::transport::HttpTransport;
use safire::transport::Transport as _;
use safire_store::KeySource;
use safire_store::Opening;
use safire_store::StoreUrl;
use tokio::runtime::Runtime;
use zeroize::Zeroizing;

use super::run::LostFleet;
use crate::postgres::KEY;

/// The tenants by what became of their registration.
#[derive(Debug, Default)]
pub(super) struct Account {
    /// Issued, and the store holds it.
    pub(super) kept: u32,
    /// Issued or not: the store says which one is in doubt.
    pub(super) in_doubt: u32,
    /// Not issued, and the store knows of nothing.
    pub(super) nothing: u32,
}

impl LostFleet {
    /// Holds what each server issued against the store; what is lost, doubled or made up ends the test.
    pub(super) fn account(&self) -> Account {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let records = self.records(&runtime);
        let mut by_base: BTreeMap<String, Vec<Record>> = BTreeMap::new();
        for record in records {
            by_base.entry(record.base_url.clone()).or_default().push(record);
        }
        let mut account = Account::default();
        for tenant in self.live.sandbox.tenants() {
            let base = tenant.fhir_base();
            let (issued, ours) = (tenant.clients(), by_base.remove(&base).unwrap_or_default());
            assert!(tenant.counts().registrations_issued <= 1 && ours.len() <= 1, "{base}: twice: {ours:?}");
            match (issued.first(), ours.first()) {
                (Some(client), Some(record)) if record.state == State::Registered => {
                    let registration = record.registration().unwrap();
                    assert_eq!(registration.client_id().as_str(), client.client_id, "{base}");
                    assert!(registration.client_secret().is_some(), "{base}");
                    assert!(is_known(&runtime, &registration), "{base}: the server takes what is stored");
                    account.kept += 1;
                }
                (_, Some(record)) if record.state == State::InDoubt => account.in_doubt += 1,
                (None, None) => account.nothing += 1,
                (issued, ours) => panic!("{base}: the server has {issued:?}, the store says {ours:?}"),
            }
        }
        assert!(by_base.is_empty(), "{by_base:?}");
        account
    }

    fn records(&self, runtime: &Runtime) -> Vec<Record> {
        let key = KeySource::Base64(Zeroizing::new(KEY.to_owned()));
        let opening = Opening::new(StoreUrl::parse(&self.store).unwrap(), key);
        let opening = opening.data_folder(self.home.path(".local/share"));
        runtime.block_on(async {
            let store = opening.open_existing().await.unwrap().expect("a store");
            store.load(Query::All).await.unwrap()
        })
    }
}

/// Whether the server takes the registration access token that is stored.
fn is_known(runtime: &Runtime, registration: &Registration) -> bool {
    let token = registration.registration_access_token().unwrap().expose_secret();
    let request = http::Request::get(registration.registration_client_uri().unwrap())
        .header("authorization", format!("Bearer {token}"))
        .body(bytes::Bytes::new())
        .unwrap();
    let transport = HttpTransport::builder().loopback(LoopbackHttp::Allowed).build();
    runtime.block_on(async { transport.send(request).await }).unwrap().status() == 200
}
