//! An identity from a PKCS#12 file.

use p12_keystore::Certificate;
use p12_keystore::KeyStore;
use p12_keystore::KeyStoreEntry;
use p12_keystore::PrivateKey;
use p12_keystore::PrivateKeyChain;
use safire::protocol::fault::Diagnose;
use safire::protocol::secret::Passphrase;
use safire::udap::ClientIdentity;

use super::world::CLIENT;
use super::world::World;
use super::world::key_pair;

fn file(world: &World, passphrase: &str) -> Vec<u8> {
    let chain = world.client_chain(CLIENT, &world.client_key);
    let certificates: Vec<Certificate> =
        chain.iter().map(|certificate| Certificate::from_der(certificate.der()).unwrap()).collect();
    let key = PrivateKey::from_der(&key_pair(&world.client_key).serialize_der()).unwrap();
    let mut store = KeyStore::new();
    store.add_entry("client", KeyStoreEntry::PrivateKeyChain(PrivateKeyChain::new("key", key, certificates)));
    store.writer(passphrase).write().unwrap()
}

#[test]
fn key_and_chain_come_out_and_belong_together() {
    let world = World::new("https://fhir.example.com/r4");
    let file = file(&world, "planted-passphrase");
    let identity =
        ClientIdentity::from_pkcs12(CLIENT, &file, &Passphrase::new("planted-passphrase")).unwrap();
    assert_eq!(identity.identity().chain().iter().count(), 2);
}

#[test]
fn a_wrong_passphrase_an_empty_store_and_garbage_are_told_without_a_secret() {
    let world = World::new("https://fhir.example.com/r4");
    let good = file(&world, "planted-passphrase");
    let empty = KeyStore::new().writer("planted-passphrase").write().unwrap();
    for (file, passphrase) in
        [(&good[..], "wrong-planted"), (&empty[..], "planted-passphrase"), (b"garbage", "planted-passphrase")]
    {
        let error = ClientIdentity::from_pkcs12(CLIENT, file, &Passphrase::new(passphrase)).unwrap_err();
        assert_eq!(error.code(), "udap-key-file", "{error}");
        assert!(!error.to_string().contains("planted") && error.hint().is_some(), "{error}");
    }
}
