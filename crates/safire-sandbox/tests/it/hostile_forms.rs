use safire_sandbox::Sandbox;

use crate::browser::Browser;
use crate::browser::Request;
use crate::browser::app_id;
use crate::browser::form_of;
use crate::browser::title;
use crate::support::client;
use crate::support::encode;
use crate::support::read;

#[tokio::test]
async fn only_a_form_of_this_session_counts() {
    let sandbox = Sandbox::start().await.unwrap();
    let id = app_id(&sandbox).await;
    let request = Request::of(&sandbox, &id).url(&sandbox);
    let mut browser = Browser::default();
    let page = browser.get(&request).await;
    let (action, hidden) = form_of(&page.text());
    let url = format!("{}{action}", sandbox.issuer());
    let [csrf, transaction] = [&hidden[0].1, &hidden[1].1];
    let mut stranger = Browser::default();
    let theirs = stranger.get(&request).await;
    let their_csrf = form_of(&theirs.text()).1[0].1.clone();
    let fields = |csrf: &str, transaction: &str| {
        encode(&[
            ("csrf", csrf),
            ("transaction", transaction),
            ("username", "patient"),
            ("password", "patient"),
        ])
    };

    let bad = browser.post(&url, fields("wrong", transaction)).await;
    assert_eq!((bad.status, title(&bad).as_str()), (403, "This cannot go on"));
    assert_eq!(browser.post(&url, fields(&their_csrf, transaction)).await.status, 403);
    assert_eq!(browser.post(&url, encode(&[("transaction", transaction)])).await.status, 403);
    assert_eq!(stranger.post(&url, fields(&their_csrf, transaction)).await.status, 400, "another's login");
    assert_eq!(browser.post(&url, fields(csrf, "unknown")).await.status, 400);
    assert_eq!(Browser::default().post(&url, fields(csrf, transaction)).await.status, 403, "no cookie");
    let mut forged = Browser { cookie: Some("safire_sandbox_session=x".to_owned()) };
    assert_eq!(forged.post(&url, fields(csrf, transaction)).await.status, 403);

    let consent = browser.post(&url, fields(csrf, transaction)).await;
    assert_eq!(title(&consent), "Allow access?", "after all of that the true form still works");
}

#[tokio::test]
async fn steps_cannot_be_skipped_or_done_twice() {
    let sandbox = Sandbox::start().await.unwrap();
    let id = app_id(&sandbox).await;
    let mut browser = Browser::default();
    let login = browser.get(&Request::of(&sandbox, &id).url(&sandbox)).await;
    let (_, hidden) = form_of(&login.text());
    let body = |more: &[(&str, &str)]| {
        let mut fields: Vec<(&str, &str)> =
            hidden.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        fields.extend_from_slice(more);
        encode(&fields)
    };
    let at = |path: &str| format!("{}/authorize/{path}", sandbox.issuer());
    let skipped = browser.post(&at("consent"), body(&[("decision", "allow"), ("scope", "openid")])).await;
    assert_eq!((skipped.status, title(&skipped).as_str()), (400, "This cannot go on"));

    let login = browser.get(&Request::of(&sandbox, &id).url(&sandbox)).await;
    let choice = browser.log_in(&sandbox, &login, "clinician").await;
    let (_, hidden) = form_of(&choice.text());
    let without_patient = [
        ("csrf", hidden[0].1.as_str()),
        ("transaction", hidden[1].1.as_str()),
        ("decision", "allow"),
        ("scope", "patient/*.rs"),
    ];
    let skipped = browser.post(&at("consent"), encode(&without_patient)).await;
    assert_eq!((skipped.status, sandbox.counts().codes_issued), (400, 0));

    let login = browser.get(&Request::of(&sandbox, &id).with("prompt", Some("login")).url(&sandbox)).await;
    let choice = browser.log_in(&sandbox, &login, "clinician").await;
    for patient in ["", "nobody"] {
        let refused = browser.submit(&sandbox, &choice, &[("patient", patient)]).await;
        assert_eq!((refused.status, title(&refused).as_str()), (400, "Choose a patient"));
    }
    let consent = browser.submit(&sandbox, &choice, &[("patient", "example")]).await;
    assert_eq!(browser.allow(&sandbox, &consent).await.status, 303);
    assert_eq!(browser.allow(&sandbox, &consent).await.status, 400, "the second time is one too many");
    assert_eq!(sandbox.counts().codes_issued, 1);
}

#[tokio::test]
async fn forms_are_small_and_forms() {
    let sandbox = Sandbox::start().await.unwrap();
    let id = app_id(&sandbox).await;
    let mut browser = Browser::default();
    let login = browser.get(&Request::of(&sandbox, &id).url(&sandbox)).await;
    let large = "x".repeat(70_000);
    let answer = browser.submit(&sandbox, &login, &[("username", &large)]).await;
    assert_eq!((answer.status, title(&answer).as_str()), (413, "This cannot go on"));
    let huge = "x".repeat(2 << 20);
    let url = format!("{}/authorize/login", sandbox.issuer());
    // The sandbox stops reading there, so the answer need not arrive.
    let answer = read(client().post(&url).body(huge)).await;
    assert!(answer.is_err() || answer.is_ok_and(|answer| answer.status == 413));
    for path in ["/authorize", "/authorize/login", "/launch"] {
        let url = format!("{}{path}", sandbox.issuer());
        let json = client().post(&url).header("content-type", "application/json").body("{}");
        assert_eq!(read(json).await.unwrap().status, 415, "{path}");
        assert_eq!(read(client().delete(&url)).await.unwrap().status, 405, "{path}");
    }
    assert_eq!(browser.get(&url).await.status, 405);
    assert_eq!(browser.get(&format!("{}/authorize/other", sandbox.issuer())).await.status, 404);
    assert_eq!(browser.log_in(&sandbox, &login, "patient").await.status, 200, "the sandbox goes on");
}
