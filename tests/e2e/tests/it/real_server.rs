//! What must hold at every real server, as tests that are made for each.

/// Makes the tests for one server; `missing` and `wrong` are its answers to the initial access token (RFC 7591 §3).
macro_rules! at_a_real_server {
    ($server:ident, missing: $missing:expr, wrong: $wrong:expr) => {
        use safire::protocol::credentials::AuthMethod;
        use safire::protocol::fault::Diagnose;
        use safire::protocol::jose::Algorithm;
        use safire_e2e::Options;
        use safire_e2e::Running;
        use safire_e2e::$server;

        use crate::steps;
        use crate::steps::Place;

        const TOKEN: &str = "e2e-initial-access-token";

        async fn started() -> Option<(Running, Place)> {
            let running = $server::start(Options::with_initial_access_token(TOKEN)).await.unwrap()?;
            let place = Place::new(&running.fhir_base());
            Some((running, place))
        }

        #[tokio::test]
        async fn discovery_of_a_real_server() {
            let Some((running, place)) = started().await else { return };
            let profile = place.server.metadata().await.unwrap();
            assert!(profile.supports_dynamic_registration());
            assert_eq!(profile.issuer.as_deref(), Some(&*running.issuer()));
        }

        #[tokio::test]
        async fn registration_needs_the_right_initial_access_token() {
            let Some((_running, place)) = started().await else { return };
            let error = steps::register(&place, &steps::public(), None).await.unwrap_err();
            steps::assert_refused(&place, &error, $missing.0, $missing.1).await;

            let Some((_running, place)) = started().await else { return };
            let error = steps::register(&place, &steps::public(), Some("wrong")).await.unwrap_err();
            steps::assert_refused(&place, &error, $wrong.0, $wrong.1).await;
        }

        #[tokio::test]
        async fn registration_is_open_where_the_server_says_so() {
            let Some(running) = $server::start(Options::default()).await.unwrap() else { return };
            let place = Place::new(&running.fhir_base());
            let registered = steps::register(&place, &steps::public(), None).await.unwrap();
            assert_eq!(registered.registration.status(), Some(201));
        }

        #[tokio::test]
        async fn a_public_client() {
            let Some((_running, place)) = started().await else { return };
            let registered = steps::register(&place, &steps::public(), Some(TOKEN)).await.unwrap();
            let registration = &registered.registration;
            assert_eq!(registration.status(), Some(201));
            assert!(registration.client_secret().is_none());
            assert!(registration.registration_access_token().is_some());
            assert_eq!(registration.token_endpoint_auth_method(), Some(&AuthMethod::None));
            assert!(steps::deviation_codes(&registered).is_empty(), "{:?}", registration.deviations());
            assert!(steps::different_members(&registered).is_empty(), "{:?}", registration.differences());

            let error = steps::token_from_store(&place, &registered).await.unwrap_err();
            assert!(error.hint().is_some(), "a public client has no backend token: {error}");
        }

        #[tokio::test]
        async fn a_secret_client_and_its_token() {
            let Some((_running, place)) = started().await else { return };
            let metadata = steps::backend(AuthMethod::ClientSecretBasic);
            let registered = steps::register(&place, &metadata, Some(TOKEN)).await.unwrap();
            assert!(registered.registration.client_secret().is_some());
            assert!(
                steps::deviation_codes(&registered).is_empty(),
                "{:?}",
                registered.registration.deviations()
            );
            assert!(
                steps::different_members(&registered).is_empty(),
                "{:?}",
                registered.registration.differences()
            );

            let token = steps::token_from_store(&place, &registered).await.unwrap();
            assert_eq!(token.scope.as_deref(), Some(steps::SCOPE));
            assert!(token.expires_at.is_some());
        }

        #[tokio::test]
        async fn a_key_client_and_its_token_by_rs384_and_by_es384() {
            for algorithm in [Algorithm::Rs384, Algorithm::Es384] {
                let Some((_running, place)) = started().await else { return };
                let metadata = steps::backend(AuthMethod::PrivateKeyJwt);
                let registered = steps::register_with_key(&place, &metadata, TOKEN, algorithm).await;
                assert!(registered.registration.client_secret().is_none());
                assert!(
                    steps::deviation_codes(&registered).is_empty(),
                    "{:?}",
                    registered.registration.deviations()
                );
                assert!(
                    steps::different_members(&registered).is_empty(),
                    "{:?}",
                    registered.registration.differences()
                );

                let token = steps::token_from_store(&place, &registered).await.unwrap();
                assert_eq!(token.token_type, "Bearer");
                assert_eq!(token.scope.as_deref(), Some(steps::SCOPE));
                assert!(token.deviations.is_empty(), "{:?}", token.deviations);
            }
        }
    };
}
