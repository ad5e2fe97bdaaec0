//! Who a client is: its URI, its chain and its key.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rcgen::Issuer;
use rcgen::KeyPair;
use rcgen::PublicKeyData;
use rcgen::date_time_ymd;
use safire_protocol::fault::Diagnose;
use safire_protocol::fault::Fault;
use safire_protocol::jose::Algorithm;
use safire_protocol::jose::KeyError;
use safire_protocol::jose::PrivateKey;
use safire_protocol::pki::Chain;
use safire_protocol::udap::ClientUri;
use safire_protocol::udap::IdentityError;
use safire_protocol::udap::UdapIdentity;

use super::BASE;
use super::NOW;
use super::identity;
use super::world::Authority;
use super::world::CLIENT;
use super::world::World;
use super::world::key_pair;
use super::world::leaf_params;
use super::world::uri;

fn client() -> ClientUri {
    ClientUri::parse(CLIENT).unwrap()
}

fn chain(world: &World, change: impl FnOnce(&mut rcgen::CertificateParams)) -> Chain {
    let mut params = leaf_params("client", CLIENT);
    change(&mut params);
    let leaf = world.sub.issue(&params, &key_pair(&world.client_key));
    Chain::from_der(&[leaf, world.sub.der.clone()]).unwrap()
}

#[track_caller]
fn assert_caller(error: &IdentityError, code: &str) {
    assert_eq!((error.code(), error.fault()), (code, Fault::Caller), "{error}");
    assert!(error.hint().is_some());
}

#[test]
fn w_04_a_client_uri_is_any_absolute_uri_and_kept_byte_for_byte() {
    for good in
        ["https://App.Example.org:443/x/", "did:web:example.org", "urn:oid:1.2", CLIENT, "http://h.example"]
    {
        assert_eq!(ClientUri::parse(good).unwrap().as_str(), good);
    }
    for bad in [
        "",
        "  ",
        "app.example.org",
        "https:",
        "https:host",
        "https:///x",
        "foo:",
        "https://a b",
        "not a uri",
    ] {
        let error = ClientUri::parse(bad).unwrap_err();
        assert_eq!((error.code(), error.fault()), ("udap-client-uri", Fault::Caller), "{bad}");
    }
}

#[test]
fn w_05_tc_138_the_client_uri_is_a_uri_name_of_the_leaf() {
    let world = World::new(BASE);
    assert!(UdapIdentity::new(client(), chain(&world, |_| {})).is_ok());
    let none = UdapIdentity::new(client(), chain(&world, |params| params.subject_alt_names = Vec::new()));
    assert_caller(&none.unwrap_err(), "udap-client-uri-not-in-certificate");
    let slash = UdapIdentity::new(
        client(),
        chain(&world, |params| params.subject_alt_names = vec![uri("https://app.example.org/udap/#T-TREAT")]),
    );
    assert!(slash.unwrap_err().to_string().contains("https://app.example.org/udap/#T-TREAT"));
    let comma = "https://app.example.org/a,b";
    let with_comma = chain(&world, |params| params.subject_alt_names = vec![uri(comma)]);
    assert!(UdapIdentity::new(ClientUri::parse(comma).unwrap(), with_comma).is_ok());
}

#[test]
fn t25_ii_a_fragment_is_part_of_the_name() {
    let world = World::new(BASE);
    let without = ClientUri::parse("https://app.example.org/udap").unwrap();
    assert!(UdapIdentity::new(without, chain(&world, |_| {})).is_err());
    let other = ClientUri::parse("https://app.example.org/udap#T-IAS").unwrap();
    assert!(UdapIdentity::new(other, chain(&world, |_| {})).is_err());
    assert_eq!(client().exchange_purpose().unwrap().as_str(), "T-TREAT");
}

#[test]
fn w_07_tc_138_a_public_encrypted_or_broken_key_is_refused_without_being_shown() {
    let world = World::new(BASE);
    let keys = concat!(env!("CARGO_MANIFEST_DIR"), "/../../testdata/jose/keys/");
    let read = |file: &str| PrivateKey::parse(&std::fs::read(format!("{keys}{file}")).unwrap());
    assert_eq!(read("rsa-2048.public.pem").unwrap_err(), KeyError::PublicOnly);
    for bad in [
        "",
        "planted garbage",
        "-----BEGIN PRIVATE KEY-----\ncGxhbnRlZA==\n-----END PRIVATE KEY-----\n",
        "-----BEGIN RSA PRIVATE KEY-----\ncGxhbnRlZA\n",
    ] {
        let error = PrivateKey::parse(bad.as_bytes()).unwrap_err();
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains("planted") && !shown.contains("cGxhbnRlZA"), "{shown}");
    }
    let p521 = KeyPair::from_pem(&std::fs::read_to_string(format!("{keys}p521.pkcs8.pem")).unwrap()).unwrap();
    let leaf = world.sub.issue(&leaf_params("client", CLIENT), &p521);
    let error = UdapIdentity::new(client(), Chain::from_der(&[leaf]).unwrap()).unwrap_err();
    assert_caller(&error, "key-unsupported-curve");
}

#[test]
fn w_08_an_encrypted_key_is_told_and_nobody_is_asked_for_a_passphrase() {
    let keys = concat!(env!("CARGO_MANIFEST_DIR"), "/../../testdata/jose/keys/");
    for file in ["encrypted.pkcs8.pem", "encrypted.legacy.pem"] {
        let key = PrivateKey::parse(&std::fs::read(format!("{keys}{file}")).unwrap());
        assert_eq!(key.unwrap_err(), KeyError::Encrypted);
    }
}

#[test]
fn w_09_tc_015_tc_138_a_chain_that_cannot_be_read_is_refused() {
    for bad in [&b"garbage"[..], b"", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
        let error = UdapIdentity::parse(client(), bad).unwrap_err();
        assert!(matches!(error, IdentityError::Certificate(_)), "{error}");
    }
}

#[test]
fn w_14_w_19_tc_016_every_certificate_of_a_pem_text_is_used_and_kept() {
    let world = World::new(BASE);
    let mut pem: String = chain(&world, |_| {})
        .to_x5c()
        .iter()
        .map(|base64| format!("-----BEGIN CERTIFICATE-----\n{base64}\n-----END CERTIFICATE-----\n"))
        .collect();
    let identity = UdapIdentity::parse(client(), pem.as_bytes()).unwrap();
    pem.clear();
    assert_eq!(identity.chain().iter().count(), 2);
}

#[test]
fn w_10_tc_138_certificates_are_valid_to_their_last_second() {
    let world = World::new(BASE);
    // 1 January 2030, 00:00:00.
    let last = safire_protocol::time::UnixTime::from_seconds(1_893_456_000);
    let good = identity(&world, CLIENT, &world.client_key);
    assert!(good.check_at(last).is_ok());
    assert_caller(&good.check_at(last.plus_seconds(1)).unwrap_err(), "trust-expired");
    let first = safire_protocol::time::UnixTime::from_seconds(1_767_225_600);
    assert!(good.check_at(first).is_ok());
    let early = good.check_at(first.plus_seconds(-1)).unwrap_err();
    assert_caller(&early, "trust-not-valid-yet");
    assert!(early.to_string().contains("CN=client"), "{early}");
    let expired = chain(&world, |params| params.not_after = date_time_ymd(2026, 9, 1));
    assert_caller(&UdapIdentity::new(client(), expired).unwrap().check_at(NOW).unwrap_err(), "trust-expired");
    // Not the leaf alone: every certificate that is sent.
    let mut old = World::new(BASE);
    old.sub.params.not_after = date_time_ymd(2026, 9, 1);
    old.sub.der = old.root.issue(&old.sub.params, &old.sub.key);
    let error = identity(&old, CLIENT, &old.client_key).check_at(NOW).unwrap_err();
    assert_caller(&error, "trust-expired");
    assert!(error.to_string().contains("CN=Test Community Issuer"), "{error}");
}

#[test]
fn w_11_tc_138_each_certificate_is_followed_by_its_issuer() {
    let world = World::new(BASE);
    let leaf = chain(&world, |_| {}).leaf().clone();
    let bad = |others: Vec<Vec<u8>>| {
        let all: Vec<Vec<u8>> = std::iter::once(leaf.der().to_vec()).chain(others).collect();
        UdapIdentity::new(client(), Chain::from_der(&all).unwrap()).unwrap().check_at(NOW).unwrap_err()
    };
    assert_caller(&bad(vec![world.root.der.clone(), world.sub.der.clone()]), "trust-issuer-not-found");
    let (spoofed_params, spoofed_key) = (world.sub.params.clone(), KeyPair::generate().unwrap());
    let spoofed = world.root.issue(&spoofed_params, &spoofed_key);
    assert_caller(&bad(vec![spoofed]), "trust-signature-wrong");
}

#[test]
fn w_12_tc_138_the_private_key_is_that_of_the_leaf() {
    let world = World::new(BASE);
    let identity = identity(&world, CLIENT, &world.client_key);
    assert!(identity.check_key(&world.client_key).is_ok());
    for other in [Algorithm::Es384, Algorithm::Es256, Algorithm::Rs256] {
        let error = identity.check_key(&PrivateKey::generate(other).unwrap()).unwrap_err();
        assert_caller(&error, "udap-key-of-another-certificate");
    }
}

#[test]
fn w_13_authorities_usages_and_repetitions_are_looked_at() {
    let world = World::new(BASE);
    let check = |chain: Chain| UdapIdentity::new(client(), chain).unwrap().check_at(NOW);
    let leaf = chain(&world, |_| {}).leaf().der().to_vec();
    assert!(check(Chain::from_der(std::slice::from_ref(&leaf)).unwrap()).is_ok(), "a leaf alone may be sent");
    assert!(check(Chain::from_der(&[leaf.clone(), leaf.clone()]).unwrap()).is_err(), "listed twice");
    let usage = chain(&world, |params| params.key_usages = vec![rcgen::KeyUsagePurpose::KeyAgreement]);
    assert_caller(&check(usage).unwrap_err(), "trust-leaf-usage");
    let mut false_issuer = Authority::root("Test Community Issuer");
    false_issuer.params.is_ca = rcgen::IsCa::ExplicitNoCa;
    false_issuer.der = world.root.issue(&false_issuer.params, &false_issuer.key);
    let leaf = false_issuer.issue(&leaf_params("client", CLIENT), &key_pair(&world.client_key));
    let error = check(Chain::from_der(&[leaf, false_issuer.der]).unwrap()).unwrap_err();
    assert_caller(&error, "trust-issuer-not-ca");
}

/// The public part of the stored RSA key of 1024 bits; no library here makes or reads such a key.
struct ShortKey(Vec<u8>);

impl ShortKey {
    fn read() -> Self {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../testdata/jose/keys/rsa-1024.pkcs1.pem");
        let pem = std::fs::read_to_string(file).unwrap();
        let base64: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
        let private = STANDARD.decode(base64).unwrap();
        // After the header and the version: modulus and exponent, the two numbers of a public key.
        let numbers = &private[7..7 + 132 + 5];
        Self([&[0x30, 0x81, 137], numbers].concat())
    }
}

impl PublicKeyData for ShortKey {
    fn der_bytes(&self) -> &[u8] {
        &self.0
    }

    fn algorithm(&self) -> &'static rcgen::SignatureAlgorithm {
        &rcgen::PKCS_RSA_SHA256
    }
}

#[test]
fn w_13_td_19_an_rsa_key_of_1024_bits_is_refused() {
    let world = World::new(BASE);
    let issuer = Issuer::from_params(&world.sub.params, &world.sub.key);
    let leaf = leaf_params("client", CLIENT).signed_by(&ShortKey::read(), &issuer).unwrap();
    let chain = Chain::from_der(&[leaf.der().to_vec(), world.sub.der.clone()]).unwrap();
    let error = UdapIdentity::new(client(), chain).and_then(|found| found.check_at(NOW)).unwrap_err();
    assert_caller(&error, "key-rsa-too-small");
    assert!(error.to_string().contains("1024") && error.to_string().contains("2048"), "{error}");
}

#[test]
fn w_13_a_certificate_of_an_authority_does_not_identify_a_client() {
    let world = World::new(BASE);
    let mut params = leaf_params("client", CLIENT);
    params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let key = key_pair(&world.client_key);
    let own = params.self_signed(&key).unwrap().der().to_vec();
    for leaf in [own, world.sub.issue(&params, &key)] {
        let chain = Chain::from_der(&[leaf]).unwrap();
        assert_caller(
            &UdapIdentity::new(client(), chain).unwrap().check_at(NOW).unwrap_err(),
            "trust-leaf-is-ca",
        );
    }
}

#[test]
fn w_15_w_17_tc_138_the_algorithm_is_the_first_of_the_key_that_the_server_lists() {
    let world = World::new(BASE);
    let lists = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let rsa = identity(&world, CLIENT, &world.server_key);
    assert_eq!(rsa.algorithm(None, &lists(&["ES384", "RS384", "RS256"])).unwrap(), Algorithm::Rs256);
    assert_eq!(rsa.algorithm(None, &lists(&["ES384", "RS384"])).unwrap(), Algorithm::Rs384);
    let p384 = identity(&world, CLIENT, &world.client_key);
    assert_eq!(p384.algorithm(None, &lists(&["RS256", "ES384"])).unwrap(), Algorithm::Es384);
    let p256 = identity(&world, CLIENT, &PrivateKey::generate(Algorithm::Es256).unwrap());
    assert_eq!(p256.algorithm(None, &lists(&["ES256"])).unwrap(), Algorithm::Es256);
    for offered in [lists(&["RS256"]), lists(&[])] {
        assert_caller(&p256.algorithm(None, &offered).unwrap_err(), "udap-algorithm-not-offered");
    }
}

#[test]
fn w_16_tc_138_an_algorithm_that_is_asked_for_fits_key_and_server() {
    let world = World::new(BASE);
    let rsa = identity(&world, CLIENT, &world.server_key);
    let offered = vec!["RS256".to_owned(), "ES384".to_owned()];
    assert_eq!(rsa.algorithm(Some(Algorithm::Rs256), &offered).unwrap(), Algorithm::Rs256);
    assert_caller(&rsa.algorithm(Some(Algorithm::Es384), &offered).unwrap_err(), "udap-algorithm-not-of-key");
    let error = rsa.algorithm(Some(Algorithm::Rs384), &offered).unwrap_err();
    assert_caller(&error, "udap-algorithm-not-offered");
    assert!(error.to_string().contains("RS256, ES384"), "{error}");
}
