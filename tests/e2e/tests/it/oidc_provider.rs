//! oidc-provider (npm), really running.

at_a_real_server!(OidcProvider, missing: (401, "invalid_token"), wrong: (401, "invalid_token"));

#[tokio::test]
async fn without_empty_response_types_the_hint_names_them() {
    let Some((_running, place)) = started().await else { return };
    let mut metadata = steps::backend(AuthMethod::ClientSecretBasic);
    metadata.response_types = None;
    metadata.redirect_uris = None;
    let error = steps::register(&place, &metadata, Some(TOKEN)).await.unwrap_err();
    steps::assert_refused(&place, &error, 400, "invalid_redirect_uri").await;
    assert!(error.hint().unwrap().contains("response_types"), "{:?}", error.hint());
}

#[tokio::test]
async fn an_unknown_scope_is_refused_or_told() {
    let Some((_running, place)) = started().await else { return };
    let metadata = steps::backend(AuthMethod::ClientSecretBasic);
    let registered = steps::register(&place, &metadata, Some(TOKEN)).await.unwrap();
    let credentials = registered.credentials(None).unwrap();
    let client = place.server.client(credentials);
    let token = client.request_backend_token(Some("system/Nonsense.rs")).await.unwrap();
    // This server answers 200 without a scope: nothing was granted, and we say that we cannot tell.
    assert!(token.scope.is_none());
    assert!(token.deviations.iter().any(|d| d.member.as_deref() == Some("scope")), "{:?}", token.deviations);
}
