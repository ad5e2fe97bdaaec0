//! Revocation lists, issuers and OCSP answers: fetched for the verification, apart from everything else.

use std::sync::Arc;
use std::time::Duration;

use rcgen::CertificateParams;
use safire::Error;
use safire::protocol::fault::Diagnose;
use safire::protocol::fault::Fault;
use safire::protocol::pki::Crl;
use safire::protocol::pki::TrustCommunity;
use safire::transport::HttpTransport;
use safire::udap::EvidenceLimits;
use safire::udap::UdapTrust;

use super::site::Site;
use super::site::bytes;
use super::site::document_with_chain;
use super::site::issuer_at;
use super::site::nothing;
use super::world::World;
use super::world::server_serial;
use crate::script::Asked;
use crate::script::Script;
use crate::script::redirect;

fn list_at(url: &str) -> Vec<rcgen::CrlDistributionPoint> {
    vec![rcgen::CrlDistributionPoint { uris: vec![url.to_owned()] }]
}

fn origin(world: &World) -> &str {
    world.base.strip_suffix("/fhir").unwrap()
}

/// A server whose leaf is issued with a change, sent alone or with its issuer.
async fn site(
    sends_issuer: bool,
    change: impl Fn(&mut CertificateParams, &World) + Send + Sync + 'static,
    rest: impl Fn(&Asked, &World) -> Vec<u8> + Send + Sync + 'static,
) -> Site {
    Site::with_metadata(
        move |_, world| {
            let mut params = world.server_params();
            change(&mut params, world);
            let mut chain = vec![world.server_leaf(&params)];
            if sends_issuer {
                chain.push(world.sub.der.clone());
            }
            document_with_chain(world, &chain)
        },
        rest,
    )
    .await
}

/// The community that knows the list of its root, and no other.
fn community(world: &World) -> TrustCommunity {
    world.bare_community().crls(Crl::parse(&world.root.list(&[], (2026, 2029))).unwrap())
}

async fn outcome(site: &Site) -> Result<(), Error> {
    site.server().udap(UdapTrust::new(community(site.world()))).metadata().await.map(|_| ())
}

#[track_caller]
fn assert_refused(outcome: Result<(), Error>, code: &str, says: &str) {
    let error = outcome.unwrap_err();
    assert_eq!((error.code(), error.fault()), (code, Fault::Trust), "{error}");
    assert!(error.to_string().contains(says), "{says}: {error}");
    assert!(error.hint().is_some());
}

fn at_crl(params: &mut CertificateParams, world: &World) {
    params.crl_distribution_points = list_at(&format!("{}/crl", origin(world)));
}

const UNKNOWN: &str = "trust-revocation-unknown";

#[tokio::test]
async fn t25_iv_a_list_is_fetched_from_its_distribution_point_without_credentials() {
    let good = site(true, at_crl, |_, world| bytes(200, &world.sub.list(&[], (2026, 2029)))).await;
    outcome(&good).await.unwrap();
    let asked = good.script.asked().into_iter().find(|asked| asked.path == "/crl").unwrap();
    assert_eq!((asked.method.as_str(), asked.header("accept")), ("GET", Some("application/pkix-crl")));
    assert!(asked.header("authorization").is_none() && asked.header("cookie").is_none());
}

#[tokio::test]
async fn t25_iv_a_fetched_list_that_revokes_refuses() {
    let revoked =
        site(true, at_crl, |_, world| bytes(200, &world.sub.list(&[server_serial()], (2026, 2029)))).await;
    assert_refused(outcome(&revoked).await, "trust-revoked", "CN=server");
}

#[tokio::test]
async fn t25_iv_an_expired_foreign_empty_or_missing_list_fails_closed_with_the_reason() {
    type Answer = fn(&Asked, &World) -> Vec<u8>;
    let answers: [(Answer, &str); 5] = [
        (|_, world| bytes(200, &world.sub.list(&[], (2025, 2026))), "/crl"),
        (|_, world| bytes(200, &World::new(&world.base).sub.list(&[], (2026, 2029))), "/crl"),
        (|_, _| bytes(200, b""), "empty"),
        (|_, _| bytes(200, b"garbage"), "/crl"),
        (|_, _| bytes(503, b""), "HTTP 503"),
    ];
    for (answer, says) in answers {
        assert_refused(outcome(&site(true, at_crl, answer).await).await, UNKNOWN, says);
    }
}

#[tokio::test]
async fn t25_iv_an_unreachable_list_fails_closed() {
    let gone = |params: &mut CertificateParams, _: &World| {
        params.crl_distribution_points = list_at("http://127.0.0.1:1/crl");
    };
    assert_refused(outcome(&site(true, gone, nothing).await).await, UNKNOWN, "no connection");
}

#[tokio::test]
async fn t25_iii_a_missing_issuer_is_fetched_from_aia() {
    let aia = |params: &mut CertificateParams, world: &World| {
        at_crl(params, world);
        params.custom_extensions = vec![issuer_at(&format!("{}/issuer", origin(world)))];
    };
    let good = site(false, aia, |asked, world| match asked.path.as_str() {
        "/issuer" => bytes(200, &world.sub.der),
        _ => bytes(200, &world.sub.list(&[], (2026, 2029))),
    })
    .await;
    outcome(&good).await.unwrap();
    assert_eq!((good.script.count("/issuer"), good.script.count("/crl")), (1, 1));
}

#[tokio::test]
async fn t25_iii_an_issuer_of_no_bytes_or_of_garbage_is_told_and_nothing_panics() {
    let aia = |params: &mut CertificateParams, world: &World| {
        params.custom_extensions = vec![issuer_at(&format!("{}/issuer", origin(world)))];
    };
    for body in [&b""[..], b"garbage", &[0x30, 0x82, 0xff, 0xff]] {
        let refused = site(false, aia, move |_, _| bytes(200, body)).await;
        assert_refused(outcome(&refused).await, "trust-issuer-not-found", "Test Community Issuer");
    }
}

#[tokio::test]
async fn what_was_fetched_is_kept_and_shared_by_the_servers_of_a_community() {
    let good = site(true, at_crl, |_, world| bytes(200, &world.sub.list(&[], (2026, 2029)))).await;
    let trust = UdapTrust::new(community(good.world()));
    for _ in 0..3 {
        good.server().udap(trust.clone()).metadata().await.unwrap();
        good.hands.forward(5);
    }
    assert_eq!((good.fetches(), good.script.count("/crl")), (3, 1));
    good.hands.forward(3600);
    let udap = good.server().udap(trust);
    // The word of the server has ended by then; the list is what is looked at here.
    assert_eq!(udap.metadata().await.unwrap_err().code(), "udap-expiry");
}

#[tokio::test]
async fn a_refusal_that_rests_on_what_was_kept_is_made_sure_of() {
    let answered = Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let counter = Arc::clone(&answered);
    let mends = move |_: &Asked, world: &World| {
        let first = counter.fetch_add(1, std::sync::atomic::Ordering::SeqCst) == 0;
        if first { bytes(503, b"") } else { bytes(200, &world.sub.list(&[], (2026, 2029))) }
    };
    let site = site(true, at_crl, mends).await;
    let udap = site.server().udap(UdapTrust::new(community(site.world())));
    assert_eq!(udap.metadata().await.unwrap_err().code(), UNKNOWN);
    udap.metadata().await.unwrap();
    assert_eq!(site.script.count("/crl"), 2);
}

#[tokio::test]
async fn a_redirect_stays_on_its_host() {
    let same = site(true, at_crl, |asked, world| match asked.path.as_str() {
        "/crl" => redirect(302, "/moved"),
        _ => bytes(200, &world.sub.list(&[], (2026, 2029))),
    })
    .await;
    outcome(&same).await.unwrap();
    let evil = Script::start(|_, _| bytes(200, b"")).await;
    let target = evil.origin().replace("127.0.0.1", "localhost");
    let other = site(true, at_crl, move |_, _| redirect(302, &format!("{target}/crl"))).await;
    assert_refused(outcome(&other).await, UNKNOWN, "another host");
    assert!(evil.asked().is_empty());
    let endless = site(true, at_crl, |_, _| redirect(302, "/crl")).await;
    assert_refused(outcome(&endless).await, UNKNOWN, "redirects");
    assert_eq!(endless.script.count("/crl"), 3);
}

#[tokio::test]
async fn private_addresses_other_schemes_and_user_information_are_refused_before_anything_is_sent() {
    for (url, says) in [
        ("http://10.0.0.1/crl", "private"),
        ("http://169.254.169.254/latest/meta-data", "private"),
        ("http://[fd00::1]/crl", "private"),
        ("https://192.168.1.1/crl", "private"),
        ("ldap://ldap.example.com/cn=x", "ldap"),
        ("file:///etc/passwd", "file"),
        ("http://user:pass@crl.example.com/crl", "user information"),
    ] {
        let inside =
            move |params: &mut CertificateParams, _: &World| params.crl_distribution_points = list_at(url);
        let outcome = outcome(&site(true, inside, nothing).await).await;
        let error = outcome.unwrap_err();
        assert_eq!(error.code(), UNKNOWN, "{url}: {error}");
        assert!(error.to_string().contains(says) || !url.starts_with("http"), "{url}: {error}");
    }
}

#[tokio::test]
async fn loopback_is_refused_without_the_opt_in() {
    let hosted = Script::start(|_, _| bytes(200, b"")).await;
    let crl = format!("{}/crl", hosted.origin());
    let url = crl.clone();
    let site = site(true, move |params, _| params.crl_distribution_points = list_at(&url), nothing).await;
    // A transport as it is built where http on loopback was not allowed.
    let careful = Arc::new(HttpTransport::builder().guard_private_addresses().build());
    let trust = UdapTrust::new(community(site.world())).evidence_transport(careful);
    let error = site.server().udap(trust).metadata().await.unwrap_err();
    assert_eq!(error.code(), UNKNOWN, "{error}");
    assert!(hosted.asked().is_empty(), "{crl}");
}

#[tokio::test]
async fn hosts_are_limited() {
    let many = |params: &mut CertificateParams, _: &World| {
        params.crl_distribution_points = (1..8)
            .map(|n| rcgen::CrlDistributionPoint { uris: vec![format!("http://127.0.0.{n}:1/crl")] })
            .collect();
    };
    let site = site(true, many, nothing).await;
    let mut limits = EvidenceLimits::default();
    limits.hosts = 2;
    limits.each = Duration::from_secs(2);
    let trust = UdapTrust::new(community(site.world())).evidence_limits(limits);
    let error = site.server().udap(trust).metadata().await.unwrap_err();
    assert!(error.to_string().contains("more than 2 hosts"), "{error}");
}
