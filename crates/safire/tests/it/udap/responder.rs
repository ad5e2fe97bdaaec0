//! OCSP: the responder that a certificate names is asked, and only a good word of the issuer counts.

use rcgen::CertificateParams;
use rcgen::SigningKey;
use safire::Error;
use safire::protocol::fault::Diagnose;
use safire::protocol::pki::Crl;
use safire::udap::UdapTrust;

use super::site::Site;
use super::site::bytes;
use super::site::document_with_chain;
use super::site::responder_at;
use super::site::tlv;
use super::world::Authority;
use super::world::World;
use super::world::server_serial;
use crate::script::Asked;

/// The contents of the first element, and what follows it.
fn open(der: &[u8]) -> (&[u8], &[u8]) {
    let (length, head) = match der[1] {
        0x81 => (usize::from(der[2]), 3),
        0x82 => (usize::from(der[2]) << 8 | usize::from(der[3]), 4),
        short => (usize::from(short), 2),
    };
    (&der[head..head + length], &der[head + length..])
}

/// An answer to this request by this authority (RFC 6960 §4.2.1); `status` is the DER of `CertStatus`.
fn answer(request: &[u8], authority: &Authority, status: &[u8]) -> Vec<u8> {
    let (requests, _) = open(open(open(request).0).0);
    let (certificate, _) = open(requests);
    let time = |tag, text: &str| {
        let time = tlv(0x18, text.as_bytes());
        if tag == 0 { time } else { tlv(tag, &time) }
    };
    let (this_update, next_update) = (time(0, "20260101000000Z"), time(0xa0, "20290101000000Z"));
    let single = tlv(0x30, &[certificate, status, &this_update, &next_update].concat());
    let common_name = [tlv(6, &[0x55, 4, 3]), tlv(0x0c, b"Test Community Issuer")].concat();
    let name = tlv(0x30, &tlv(0x31, &tlv(0x30, &common_name)));
    let body = tlv(0x30, &[tlv(0xa1, &name), this_update.clone(), tlv(0x30, &single)].concat());
    let signature = authority.key.sign(&body).unwrap();
    let algorithm = tlv(0x30, &tlv(6, &[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2]));
    let bits = tlv(3, &[&[0], signature.as_slice()].concat());
    let basic = tlv(0x30, &[body, algorithm, bits].concat());
    let kind = tlv(6, &[0x2b, 6, 1, 5, 5, 7, 0x30, 1, 1]);
    let response = tlv(0xa0, &tlv(0x30, &[kind, tlv(4, &basic)].concat()));
    tlv(0x30, &[tlv(0x0a, &[0]), response].concat())
}

const GOOD: &[u8] = &[0x80, 0];

fn revoked() -> Vec<u8> {
    tlv(0xa1, &tlv(0x18, b"20260201000000Z"))
}

/// A server whose leaf names a responder, which answers so.
async fn site(responder: impl Fn(&Asked, &World) -> Vec<u8> + Send + Sync + 'static) -> Site {
    let change = |params: &mut CertificateParams, world: &World| {
        let origin = world.base.strip_suffix("/fhir").unwrap();
        params.custom_extensions = vec![responder_at(&format!("{origin}/ocsp"))];
    };
    Site::with_metadata(
        move |_, world| {
            let mut params = world.server_params();
            change(&mut params, world);
            document_with_chain(world, &[world.server_leaf(&params), world.sub.der.clone()])
        },
        responder,
    )
    .await
}

/// With the list of the root alone, or with that of the leaf's issuer too.
async fn outcome(site: &Site, lists: usize) -> Result<(), Error> {
    let world = site.world();
    let all = [world.root.list(&[], (2026, 2029)), world.sub.list(&[], (2026, 2029))];
    let crls = all.iter().take(lists).flat_map(|der| Crl::parse(der).unwrap());
    site.server().udap(UdapTrust::new(world.bare_community().crls(crls))).metadata().await.map(|_| ())
}

#[tokio::test]
async fn z_16_tc_132_a_good_word_of_the_issuer_is_enough() {
    let site = site(|asked, world| bytes(200, &answer(&asked.bytes, &world.sub, GOOD))).await;
    outcome(&site, 1).await.unwrap();
    let asked = site.script.asked().into_iter().find(|asked| asked.path == "/ocsp").unwrap();
    assert_eq!(
        (asked.method.as_str(), asked.header("content-type")),
        ("POST", Some("application/ocsp-request"))
    );
    assert!(asked.header("authorization").is_none());
}

#[tokio::test]
async fn z_16_tc_131_anything_but_a_good_word_fails_closed() {
    type Responder = fn(&Asked, &World) -> Vec<u8>;
    let unknown: Responder = |asked, world| bytes(200, &answer(&asked.bytes, &world.sub, &[0x82, 0]));
    let foreign: Responder =
        |asked, world| bytes(200, &answer(&asked.bytes, &World::new(&world.base).sub, GOOD));
    let of_another: Responder = |_, world| bytes(200, &answer(&OTHER_REQUEST, &world.sub, GOOD));
    let garbage: Responder = |_, _| bytes(200, b"true");
    let failing: Responder = |_, _| bytes(500, b"");
    for responder in [unknown, foreign, of_another, garbage, failing] {
        assert_eq!(outcome(&site(responder).await, 1).await.unwrap_err().code(), "trust-revocation-unknown");
    }
    let revokes = site(|asked, world| bytes(200, &answer(&asked.bytes, &world.sub, &revoked()))).await;
    assert_eq!(outcome(&revokes, 1).await.unwrap_err().code(), "trust-revoked");
}

/// A request for a certificate with hashes of nothing.
const OTHER_REQUEST: [u8; 24] = [
    0x30, 0x16, 0x30, 0x14, 0x30, 0x12, 0x30, 0x10, 0x30, 0x0e, 0x30, 0x05, 0x06, 0x03, 0x2a, 0x03, 0x04,
    0x04, 0x00, 0x04, 0x00, 0x02, 0x01, 0x05,
];

#[tokio::test]
async fn z_17_a_list_that_clears_the_leaf_needs_no_responder() {
    let site = site(|_, _| bytes(500, b"")).await;
    outcome(&site, 2).await.unwrap();
    assert_eq!(site.script.count("/ocsp"), 0);
}

#[tokio::test]
async fn z_17_a_list_that_revokes_outweighs_a_good_word() {
    let site = site(|asked, world| bytes(200, &answer(&asked.bytes, &world.sub, GOOD))).await;
    let world = site.world();
    let lists = [world.root.list(&[], (2026, 2029)), world.sub.list(&[server_serial()], (2026, 2029))];
    let community = world.bare_community().crls(lists.iter().flat_map(|der| Crl::parse(der).unwrap()));
    let error = site.server().udap(UdapTrust::new(community)).metadata().await.unwrap_err();
    assert_eq!(error.code(), "trust-revoked", "{error}");
}

#[tokio::test]
async fn z_16_nobody_is_asked_about_a_certificate_whose_path_does_not_hold() {
    let site = site(|asked, world| bytes(200, &answer(&asked.bytes, &world.sub, GOOD))).await;
    let other = World::new(&site.world().base);
    let error = site.server().udap(UdapTrust::new(other.bare_community())).metadata().await.unwrap_err();
    assert_eq!(error.code(), "trust-signature-wrong", "{error}");
    assert_eq!(site.script.count("/ocsp"), 0);
}
