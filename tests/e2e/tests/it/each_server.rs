//! Runs a test at each real server.

/// Makes a test at each server of every function named, which gets the started server as a [`Site`](crate::site::Site).
macro_rules! at_each_real_server {
    ($($test:ident),+ $(,)?) => {
        mod oidc_provider {
            at_each_real_server!(@ at_oidc_provider: $($test),+);
        }

        mod authlib {
            at_each_real_server!(@ at_authlib: $($test),+);
        }
    };
    (@ $start:ident: $($test:ident),+) => {
        $(
            #[tokio::test]
            async fn $test() {
                if let Some(site) = crate::site::Site::$start().await {
                    super::$test(&site).await;
                }
            }
        )+
    };
}
