//! Whatever a server and its certificates lead to, it ends within limits and in a typed error.

use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;
use std::time::Duration;

use rcgen::CertificateParams;
use safire::Error;
use safire::Server;
use safire::protocol::fault::Diagnose;
use safire::protocol::fault::Fault;
use safire::protocol::pki::Crl;
use safire::protocol::url::LoopbackHttp;
use safire::udap::EvidenceLimits;
use safire::udap::UdapTrust;
use tokio::io::AsyncReadExt;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;

use super::site::Site;
use super::site::bytes;
use super::site::document_with_chain;
use super::site::issuer_at;
use super::site::nothing;
use super::world::World;
use crate::script::Asked;
use crate::script::json;

async fn site_with(
    change: impl Fn(&mut CertificateParams, &World) + Send + Sync + 'static,
    rest: impl Fn(&Asked, &World) -> Vec<u8> + Send + Sync + 'static,
) -> Site {
    Site::with_metadata(
        move |_, world| {
            let mut params = world.server_params();
            change(&mut params, world);
            document_with_chain(world, &[world.server_leaf(&params)])
        },
        rest,
    )
    .await
}

async fn failure(site: &Site, limits: EvidenceLimits) -> Error {
    let world = site.world();
    let community = world.bare_community().crls(Crl::parse(&world.root.list(&[], (2026, 2029))).unwrap());
    let trust = UdapTrust::new(community).evidence_limits(limits);
    let error = in_time(site.server().udap(trust).metadata()).await.unwrap_err();
    assert_eq!(error.fault(), Fault::Trust, "{error}");
    assert!(error.hint().is_some());
    error
}

/// Far less than what would be waited for, or read, without limits.
async fn in_time<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(20), what).await.expect("it ends within its limits")
}

/// A server whose answer has this body again and again, with a pause after each, and how many bytes it got rid of.
async fn endless(body: &'static [u8], pause: Duration) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let counter = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&counter);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let count = Arc::clone(&count);
            tokio::spawn(async move {
                let _ = stream.read(&mut [0; 4096]).await;
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n").await;
                let chunk = [format!("{:x}\r\n", body.len()).as_bytes(), body, b"\r\n"].concat();
                let mut paces = (!pause.is_zero()).then(|| tokio::time::interval(pause));
                while stream.write_all(&chunk).await.is_ok() {
                    count.fetch_add(body.len(), Ordering::SeqCst);
                    if let Some(paces) = &mut paces {
                        paces.tick().await;
                    }
                }
            });
        }
    });
    (origin, counter)
}

/// What may lie in the buffers of two sockets.
const BUFFERED: usize = 16 * 1024 * 1024;
const MEGABYTE: &[u8] = &[0x30; 1024 * 1024];

fn quick() -> EvidenceLimits {
    let mut limits = EvidenceLimits::default();
    limits.each = Duration::from_millis(200);
    limits
}

#[tokio::test]
async fn td_17_a_thousand_certificates_are_refused_by_their_number_or_length() {
    let site = Site::with_metadata(
        |_, world| document_with_chain(world, &vec![world.server_chain()[0].clone(); 1000]),
        nothing,
    )
    .await;
    let error = in_time(site.udap().metadata()).await.unwrap_err();
    // Long ones are stopped by the length of the body or of the token, short ones by their number.
    assert!(
        ["answer-too-large", "udap-signed-metadata-not-jws"].contains(&error.code()),
        "{}: {error}",
        error.code()
    );
}

#[tokio::test]
async fn a_token_of_five_megabytes_stops_at_the_cap_of_the_body() {
    let site = Site::with_metadata(
        |_, _| json(200, &format!(r#"{{"signed_metadata":"{}"}}"#, "A".repeat(5 * 1024 * 1024))),
        nothing,
    )
    .await;
    assert_eq!(in_time(site.udap().metadata()).await.unwrap_err().code(), "answer-too-large");
}

#[tokio::test]
async fn issuers_that_lead_in_a_circle_end() {
    // Each answer is a certificate of the wanted name whose own issuer is again somewhere else.
    let aia = |params: &mut CertificateParams, world: &World| {
        let origin = world.base.strip_suffix("/fhir").unwrap();
        params.custom_extensions = vec![issuer_at(&format!("{origin}/issuer/0"))];
    };
    let circle = |asked: &Asked, world: &World| {
        let number: u64 = asked.path.rsplit('/').next().unwrap().parse().unwrap_or_default();
        let origin = world.base.strip_suffix("/fhir").unwrap();
        let mut params = world.sub.params.clone();
        params.custom_extensions = vec![issuer_at(&format!("{origin}/issuer/{}", number + 1))];
        // Issued by itself under the same name: it never reaches the root.
        bytes(200, &world.sub.issue(&params, &world.sub.key))
    };
    let site = site_with(aia, circle).await;
    let error = failure(&site, EvidenceLimits::default()).await;
    assert!(error.code().starts_with("trust-"), "{}", error.code());
    assert!(site.script.asked().len() < 40, "{}", site.script.asked().len());
}

#[tokio::test]
async fn a_list_of_fifty_megabytes_is_not_read_to_its_end() {
    let crl = |params: &mut CertificateParams, world: &World| {
        let origin = world.base.strip_suffix("/fhir").unwrap();
        params.crl_distribution_points =
            vec![rcgen::CrlDistributionPoint { uris: vec![format!("{origin}/crl")] }];
        params.custom_extensions = vec![issuer_at(&format!("{origin}/issuer"))];
    };
    let huge = |asked: &Asked, world: &World| match asked.path.as_str() {
        "/issuer" => bytes(200, &world.sub.der),
        _ => bytes(200, &vec![0x30; 50 * 1024 * 1024]),
    };
    let error = failure(&site_with(crl, huge).await, EvidenceLimits::default()).await;
    assert_eq!(error.code(), "trust-revocation-unknown");
    assert!(error.to_string().contains("larger than"), "{error}");
}

#[tokio::test]
async fn a_list_an_issuer_and_an_answer_without_an_end_are_read_to_their_limit() {
    let (origin, sent) = endless(MEGABYTE, Duration::ZERO).await;
    let issuer = format!("{origin}/issuer");
    let site = site_with(move |params, _| params.custom_extensions = vec![issuer_at(&issuer)], nothing).await;
    let error = failure(&site, EvidenceLimits::default()).await;
    assert!(error.to_string().contains("larger than"), "{error}");
    assert!(sent.load(Ordering::SeqCst) < BUFFERED + 256 * 1024, "{sent:?}");

    let (origin, sent) = endless(MEGABYTE, Duration::ZERO).await;
    let list = format!("{origin}/crl");
    let crl = move |params: &mut CertificateParams, _: &World| {
        params.crl_distribution_points = vec![rcgen::CrlDistributionPoint { uris: vec![list.clone()] }];
    };
    let site = Site::with_metadata(
        move |_, world| {
            let mut params = world.server_params();
            crl(&mut params, world);
            document_with_chain(world, &[world.server_leaf(&params), world.sub.der.clone()])
        },
        nothing,
    )
    .await;
    let error = failure(&site, EvidenceLimits::default()).await;
    assert_eq!(error.code(), "trust-revocation-unknown");
    assert!(error.to_string().contains("larger than"), "{error}");
    assert!(sent.load(Ordering::SeqCst) < BUFFERED + 16 * 1024 * 1024, "{sent:?}");

    let (origin, sent) = endless(MEGABYTE, Duration::ZERO).await;
    let server = Server::builder(&format!("{origin}/fhir")).loopback(LoopbackHttp::Allowed);
    let udap = server.build_udap(UdapTrust::new(site.world().community())).unwrap();
    assert_eq!(in_time(udap.metadata()).await.unwrap_err().code(), "answer-too-large");
    assert!(sent.load(Ordering::SeqCst) < BUFFERED + 1024 * 1024, "{sent:?}");
}

#[tokio::test]
async fn an_issuer_that_drips_costs_its_time_limit_once() {
    let (origin, sent) = endless(b"0", Duration::from_millis(20)).await;
    let issuer = format!("{origin}/issuer");
    let site = site_with(move |params, _| params.custom_extensions = vec![issuer_at(&issuer)], nothing).await;
    let error = failure(&site, quick()).await;
    assert_eq!(error.code(), "trust-issuer-not-found");
    assert!(error.to_string().contains("in time"), "{error}");
    assert!((1..200).contains(&sent.load(Ordering::SeqCst)), "{sent:?}");
}

#[tokio::test]
async fn an_issuer_that_never_answers_costs_its_time_limit_once() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/issuer", silent.local_addr().unwrap());
    let site = site_with(move |params, _| params.custom_extensions = vec![issuer_at(&url)], nothing).await;
    let error = failure(&site, quick()).await;
    assert_eq!(error.code(), "trust-issuer-not-found");
    assert!(error.to_string().contains("in time"), "{error}");
}

#[tokio::test]
async fn the_time_for_everything_together_is_limited() {
    let crl = |params: &mut CertificateParams, world: &World| {
        let origin = world.base.strip_suffix("/fhir").unwrap();
        params.custom_extensions = vec![issuer_at(&format!("{origin}/issuer"))];
    };
    let site = site_with(crl, |_, world| bytes(200, &world.sub.der)).await;
    let mut limits = EvidenceLimits::default();
    limits.total = Duration::ZERO;
    let error = failure(&site, limits).await;
    assert_eq!(error.code(), "trust-issuer-not-found");
    assert_eq!(site.script.count("/issuer"), 0);
}

#[tokio::test]
async fn an_issuer_at_a_private_address_is_refused_before_anything_is_sent() {
    for url in ["http://10.1.2.3/issuer.cer", "http://169.254.169.254/latest", "http://[::ffff:10.0.0.1]/i"] {
        let site = site_with(move |params, _| params.custom_extensions = vec![issuer_at(url)], nothing).await;
        let error = failure(&site, EvidenceLimits::default()).await;
        assert_eq!(error.code(), "trust-issuer-not-found");
        assert!(error.to_string().contains("private"), "{url}: {error}");
    }
}
