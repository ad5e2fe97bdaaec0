//! No input panics, and none but the right state opens a login.

use proptest::prelude::ProptestConfig;
use proptest::prelude::any;
use proptest::proptest;
use safire_protocol::authorize::AllowedIssuers;
use safire_protocol::authorize::Callback;
use safire_protocol::authorize::CodeVerifier;
use safire_protocol::authorize::EhrLaunch;
use safire_protocol::authorize::PendingAuthorization;
use url::Url;

use super::BASE;
use super::NOW;
use super::REDIRECT;
use super::at;
use super::pending;
use super::random;
use super::value;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn arbitrary_callbacks_open_nothing(body in proptest::collection::vec(any::<u8>(), 0..400), query in "(code|state|error|iss|=|&|%|[a-z0-9]){0,40}") {
        for callback in [Callback::from_form(&body), Callback::from_query(&query)].into_iter().flatten() {
            let _ = format!("{callback:?}");
            let (waiting, _) = pending();
            assert!(callback.clone().complete(None, NOW).is_err());
            assert!(callback.complete(Some(waiting), NOW).is_err());
        }
    }

    #[test]
    fn arbitrary_bytes_are_no_pending_authorization(bytes in proptest::collection::vec(any::<u8>(), 0..400), at in 0_usize..300) {
        assert!(PendingAuthorization::from_bytes(&bytes).is_err());
        let mut stored = pending().0.to_bytes().to_vec();
        stored.truncate(at);
        assert!(PendingAuthorization::from_bytes(&stored).is_err());
    }

    #[test]
    fn arbitrary_launch_urls_do_not_panic(query in "\\PC{0,120}", iss in "\\PC{0,60}") {
        let allowed = AllowedIssuers::none().whenever(|_| true);
        let _ = EhrLaunch::from_query(&query, &allowed);
        let _ = EhrLaunch::from_query(&format!("iss={iss}&launch=1"), &allowed);
        let _ = CodeVerifier::parse(query);
    }

    #[test]
    fn whatever_is_asked_for_arrives_as_it_was(scope in "[!-~]{1,20}( [!-~]{1,20}){0,3}", launch in "\\PC{1,30}", own in "[a-z]{1,6}=[a-zA-Z0-9%./]{0,12}") {
        let endpoint = format!("https://auth.example.com/authorize?own-{own}");
        if launch.trim().is_empty() || Url::parse(&endpoint).is_err() {
            return Ok(());
        }
        let (url, _) = at(&endpoint, BASE, REDIRECT, &scope).with_launch(launch.as_str()).url(&random(3), NOW).unwrap();
        assert_eq!(value(&url, "scope"), scope);
        assert_eq!(value(&url, "launch"), launch);
        let kept = format!("own-{own}&");
        assert!(url.query().unwrap().starts_with(&kept), "{url}");
    }
}
