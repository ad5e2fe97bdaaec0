//! Discovery by the client: fetched once, trusted at each use, kept apart by community and policy.

use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;
use std::time::Duration;

use safire::Error;
use safire::error::Stage;
use safire::protocol::discovery::EndpointKind;
use safire::protocol::fault::Diagnose;
use safire::protocol::fault::Fault;
use safire::protocol::pki::Policy;
use safire::protocol::server_profile::ProfileSource;
use safire::protocol::udap::ChainTrust;
use safire::protocol::udap::CommunityUri;
use safire::udap::UdapTrust;
use serde_json::Value;

use super::site::Site;
use super::site::document_with_chain;
use super::site::nothing;
use super::world::World;
use crate::script::answer;
use crate::script::json;

fn code(error: &Error) -> &'static str {
    assert!(matches!(error, Error::Udap(_)), "{error:?}");
    assert_eq!(error.stage(), Stage::Discovery);
    error.code()
}

#[tokio::test]
async fn tc_121_u_13_the_signed_endpoints_are_those_of_the_ordinary_server() {
    let site = Site::start(nothing).await;
    let udap = site.udap();
    let found = udap.metadata().await.unwrap();
    assert!(matches!(found.trust, ChainTrust::Anchored(_)));
    assert_eq!(found.profile.token_endpoint.as_deref().unwrap(), format!("{}/token", site.script.origin()));
    let profile = udap.server().metadata().await.unwrap();
    assert_eq!(profile.source, ProfileSource::Udap);
    let endpoint = udap.server().endpoint(EndpointKind::Token).await.unwrap();
    assert_eq!(endpoint.as_str(), format!("{}/token", site.script.origin()));
    assert_eq!(site.fetches(), 1);
}

#[tokio::test]
async fn u_05_z_10_tc_121_without_anchors_is_a_name_of_its_own() {
    let site = Site::start(nothing).await;
    let untrusting = site.server().udap(UdapTrust::accept_any_certificate_for_testing());
    let found = untrusting.metadata().await.unwrap();
    assert!(matches!(found.trust, ChainTrust::Unanchored(_)));
    let late = Site::start(nothing).await;
    late.hands.forward(4 * 365 * 86_400);
    let error =
        late.server().udap(UdapTrust::accept_any_certificate_for_testing()).metadata().await.unwrap_err();
    assert_eq!(error.fault(), Fault::Trust, "dates still count: {error}");
}

#[tokio::test]
async fn u_17_tc_122_two_calls_are_one_fetch_and_two_validations() {
    let site = Site::start(nothing).await;
    let udap = site.udap();
    let first = udap.metadata().await.unwrap();
    site.hands.forward(1);
    let second = udap.metadata().await.unwrap();
    assert!(!Arc::ptr_eq(&first, &second), "the second call has a verdict of its own");
    assert_eq!(site.fetches(), 1);
}

#[tokio::test]
async fn u_17_tc_123_what_no_longer_holds_is_fetched_again() {
    let site = Site::start(nothing).await;
    let udap = site
        .builder()
        .metadata_ttl(Duration::from_secs(86_400))
        .build_udap(UdapTrust::new(site.world().community()));
    let udap = udap.unwrap();
    udap.metadata().await.unwrap();
    site.hands.forward(3600);
    let error = udap.metadata().await.unwrap_err();
    assert_eq!(code(&error), "udap-expiry", "the script still answers the old word");
    assert_eq!(site.fetches(), 2);
}

#[tokio::test]
async fn u_18_kept_metadata_end_with_their_time_to_live_and_can_be_refreshed() {
    let site = Site::start(nothing).await;
    let trust = UdapTrust::new(site.world().community());
    let udap = site.builder().metadata_ttl(Duration::from_secs(60)).build_udap(trust).unwrap();
    for (forward, fetches) in [(0, 1), (59, 1), (1, 2)] {
        site.hands.forward(forward);
        udap.metadata().await.unwrap();
        assert_eq!(site.fetches(), fetches);
    }
    udap.refresh_metadata().await.unwrap();
    assert_eq!(site.fetches(), 3);
    udap.server().refresh_metadata().await.unwrap();
    assert_eq!(site.fetches(), 4);
}

#[tokio::test]
async fn however_many_ask_at_once_one_request_is_sent() {
    let site = Site::start(nothing).await;
    let udap = site.udap();
    let tasks: Vec<_> = (0..20)
        .map(|_| {
            let udap = udap.clone();
            tokio::spawn(async move { udap.metadata().await.is_ok() })
        })
        .collect();
    for task in tasks {
        assert!(task.await.unwrap());
    }
    assert_eq!(site.fetches(), 1);
}

#[tokio::test]
async fn u_16_tc_124_each_community_has_a_document_of_its_own() {
    let site = Site::start(nothing).await;
    let trust = UdapTrust::new(site.world().community());
    site.server().udap(trust.clone()).metadata().await.unwrap();
    let named = trust.community_uri(CommunityUri::parse(" urn:oid:1.2 ").unwrap());
    site.server().udap(named).metadata().await.unwrap();
    let asked: Vec<String> = site.script.asked().into_iter().map(|asked| asked.path).collect();
    assert_eq!(asked, ["/fhir/.well-known/udap", "/fhir/.well-known/udap?community=urn%3Aoid%3A1.2"]);
}

#[tokio::test]
async fn u_16_u_19_tc_125_each_policy_has_a_document_of_its_own() {
    let site = Site::start(nothing).await;
    let server = site.server();
    let lenient =
        site.world().bare_community().policy(Policy::strict().accepting_unknown_revocation_status());
    let strict = site.world().bare_community();
    assert!(server.udap(UdapTrust::new(lenient)).metadata().await.is_ok());
    let error = server.udap(UdapTrust::new(strict)).metadata().await.unwrap_err();
    assert_eq!(code(&error), "trust-revocation-unknown");
    assert!(server.udap(UdapTrust::new(site.world().community())).metadata().await.is_ok());
    assert_eq!(site.fetches(), 3);
}

#[tokio::test]
async fn tc_127_a_204_is_an_error_that_names_the_community() {
    let site = Site::with_metadata(|_, _| answer(204, &[], ""), nothing).await;
    let trust = UdapTrust::new(site.world().community());
    let error = site.server().udap(trust.clone()).metadata().await.unwrap_err();
    assert_eq!(code(&error), "udap-no-workflow");
    let named = trust.community_uri(CommunityUri::parse("urn:c:1").unwrap());
    let error = site.server().udap(named).metadata().await.unwrap_err();
    assert!(error.to_string().contains("urn:c:1") && error.hint().is_some(), "{error}");
}

#[tokio::test]
async fn tc_128_a_404_is_an_error_of_udap_and_is_not_kept() {
    let good = Arc::new(AtomicUsize::new(0));
    let tries = Arc::clone(&good);
    let document = move |_: &crate::script::Asked, world: &World| {
        if tries.fetch_add(1, Ordering::SeqCst) == 0 {
            answer(404, &[], "")
        } else {
            json(200, &Value::Object(world.document()).to_string())
        }
    };
    let site = Site::with_metadata(document, nothing).await;
    let udap = site.udap();
    let error = udap.metadata().await.unwrap_err();
    assert_eq!(code(&error), "udap-not-supported");
    assert_eq!(error.server_answer().unwrap().status, 404);
    assert!(udap.metadata().await.is_ok());
}

#[tokio::test]
async fn td_05_broken_json_is_a_discovery_error() {
    let site = Site::with_metadata(|_, _| json(200, "{oops"), nothing).await;
    assert_eq!(code(&site.udap().metadata().await.unwrap_err()), "discovery-unusable");
}

#[tokio::test]
async fn endpoints_given_by_hand_do_not_stand_in_for_trust() {
    let site = Site::with_metadata(|_, _| answer(404, &[], ""), nothing).await;
    let trust = UdapTrust::new(site.world().community());
    let udap = site.builder().token_endpoint("https://other.example/token").build_udap(trust).unwrap();
    assert!(udap.server().endpoint(EndpointKind::Token).await.is_err());
}

#[tokio::test]
async fn td_15_names_of_other_kinds_do_not_identify_a_server() {
    type Name = fn(&str) -> rcgen::SanType;
    let dns: Name = |base| rcgen::SanType::DnsName(format!("x.example.com, URI:{base}").try_into().unwrap());
    let mail: Name = |base| rcgen::SanType::Rfc822Name(format!("a,{base}").try_into().unwrap());
    for name in [dns, mail] {
        let document = move |_: &crate::script::Asked, world: &World| {
            let mut params = world.server_params();
            params.subject_alt_names = vec![name(&world.base)];
            document_with_chain(world, &[world.server_leaf(&params), world.sub.der.clone()])
        };
        let site = Site::with_metadata(document, nothing).await;
        let error = site.udap().metadata().await.unwrap_err();
        assert_eq!(code(&error), "udap-issuer-not-in-certificate");
    }
}
