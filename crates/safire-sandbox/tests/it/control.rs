use safire_sandbox::Sandbox;
use serde_json::json;

use crate::browser::Request;
use crate::browser::app_id;
use crate::support::get;
use crate::support::post_json;
use crate::support::public;
use crate::support::register;

#[tokio::test]
async fn faults_are_set_and_cleared_by_calls() {
    let sandbox = Sandbox::start().await.unwrap();
    let control = format!("{}/_control/faults", sandbox.issuer());
    assert_eq!(post_json(&control, &json!({"fault": "register:empty-500"})).await.status, 204);
    assert_eq!(post_json(&sandbox.registration_endpoint(), &public()).await.status, 500);
    assert_eq!(post_json(&control, &json!({"clear": true})).await.status, 204);
    register(&sandbox, &public()).await;
    let unknown = post_json(&control, &json!({"fault": "register:cutt"})).await;
    assert_eq!(unknown.status, 400);
    assert!(unknown.error().contains("`cut`"), "{}", unknown.error());
    assert_eq!(post_json(&control, &json!({"fualt": "cut"})).await.status, 400);
}

#[tokio::test]
async fn requests_and_counts_are_told() {
    let sandbox = Sandbox::start().await.unwrap();
    register(&sandbox, &public()).await;
    get(&format!("{}/.well-known/smart-configuration?x=1", sandbox.fhir_base())).await;
    let requests = sandbox.requests();
    assert_eq!(requests.len(), 2);
    assert_eq!((requests[0].method.as_str(), requests[0].path.as_str()), ("POST", "/register"));
    assert_eq!(requests[0].header("content-type"), Some("application/json"));
    assert_eq!(requests[0].body, public().to_string());
    assert_eq!(requests[1].path, "/fhir/.well-known/smart-configuration?x=1");
    let counts = get(&format!("{}/_control/counts", sandbox.issuer())).await.json();
    assert_eq!((&counts["discoveries"], &counts["registrations_issued"]), (&json!(1), &json!(1)));
    let told = get(&format!("{}/_control/requests", sandbox.issuer())).await.json();
    assert_eq!(told.as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn approval_is_given_and_taken_back_by_calls() {
    let sandbox = Sandbox::start().await.unwrap();
    let id = app_id(&sandbox).await;
    let url = Request::of(&sandbox, &id).url(&sandbox);
    let control = format!("{}/_control/auto-approve", sandbox.issuer());
    assert_eq!(get(&url).await.status, 200);
    let given = json!({"user": "patient", "patient": "example"});
    assert_eq!(post_json(&control, &given).await.status, 204);
    assert_eq!(get(&url).await.status, 303);
    for wrong in [
        json!({"user": "patient", "patient": "second"}),
        json!({"user": "patient"}),
        json!({"user": "patient", "patient": "example", "off": true}),
        json!({}),
        json!({"of": true}),
    ] {
        assert_eq!(post_json(&control, &wrong).await.status, 400, "{wrong}");
    }
    assert_eq!(get(&url).await.status, 303);
    assert_eq!(post_json(&control, &json!({"off": true})).await.status, 204);
    assert_eq!(get(&url).await.status, 200);
    assert_eq!(get(&control).await.status, 405);
}

#[tokio::test]
async fn recording_can_be_off() {
    let sandbox = Sandbox::builder().without_recording().start().await.unwrap();
    register(&sandbox, &public()).await;
    assert!(sandbox.requests().is_empty());
    assert_eq!(sandbox.counts().register, 1);
}

#[tokio::test]
async fn the_port_is_the_one_asked_for_and_free_again_after_the_drop() {
    let first = Sandbox::start().await.unwrap();
    let port = first.address().port();
    assert!(Sandbox::builder().port(port).start().await.is_err());
    let ready = first.ready();
    assert_eq!((ready.fhir_base, ready.pid), (first.fhir_base(), std::process::id()));
    drop(first);
    // The accept loop ends at its next turn.
    let mut again = Sandbox::builder().port(port).start().await;
    for _ in 0..1000 {
        if again.is_ok() {
            break;
        }
        tokio::task::yield_now().await;
        again = Sandbox::builder().port(port).start().await;
    }
    assert_eq!(again.unwrap().address().port(), port);
}
