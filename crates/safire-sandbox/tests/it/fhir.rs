use safire_sandbox::Sandbox;

use crate::support::backend;
use crate::support::client;
use crate::support::get;
use crate::support::read;
use crate::support::register;
use crate::support::token_by_secret;

#[tokio::test]
async fn the_endpoint_wants_the_token() {
    let sandbox = Sandbox::start().await.unwrap();
    let url = format!("{}/Patient/example", sandbox.fhir_base());
    let refused = get(&url).await;
    assert_eq!((refused.status, refused.json()["resourceType"].as_str()), (401, Some("OperationOutcome")));
    let wrong = read(client().get(&url).header("authorization", "Bearer x")).await.unwrap();
    assert!(wrong.header("www-authenticate").unwrap().contains("invalid_token"));

    let registered = register(&sandbox, &backend("client_secret_basic")).await;
    let token =
        token_by_secret(&sandbox, &registered).await.json()["access_token"].as_str().unwrap().to_owned();
    let ask = |path: &str| {
        read(
            client()
                .get(format!("{}{path}", sandbox.fhir_base()))
                .header("authorization", format!("Bearer {token}")),
        )
    };
    let patient = ask("/Patient/example").await.unwrap();
    assert_eq!((patient.status, patient.json()["id"].as_str()), (200, Some("example")));
    assert_eq!(patient.header("content-type"), Some("application/fhir+json"));
    let bundle = ask("/Patient?name=x").await.unwrap().json();
    assert_eq!((bundle["type"].as_str(), bundle["total"].as_u64()), (Some("searchset"), Some(4)));
    assert_eq!(ask("/Patient/nobody").await.unwrap().status, 404);
}

#[tokio::test]
async fn a_token_for_other_resources_is_not_enough() {
    let sandbox = Sandbox::start().await.unwrap();
    let mut metadata = backend("client_secret_basic");
    metadata["scope"] = "system/Patient.r".into();
    let registered = register(&sandbox, &metadata).await;
    let header = crate::support::basic(
        registered["client_id"].as_str().unwrap(),
        registered["client_secret"].as_str().unwrap(),
    );
    let request = crate::support::form(&sandbox.token_endpoint(), &[("grant_type", "client_credentials")]);
    let token = read(request.header("authorization", header)).await.unwrap().json()["access_token"].clone();
    let header = format!("Bearer {}", token.as_str().unwrap());
    let ask = |path: &str| {
        read(client().get(format!("{}{path}", sandbox.fhir_base())).header("authorization", header.clone()))
    };
    assert_eq!(ask("/Patient/example").await.unwrap().status, 200);
    assert_eq!(ask("/Patient").await.unwrap().status, 403);
}
