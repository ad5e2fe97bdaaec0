use safire_sandbox::Sandbox;

use crate::browser::Browser;
use crate::browser::NONCE;
use crate::browser::REDIRECT;
use crate::browser::Request;
use crate::browser::SCOPE;
use crate::browser::STATE;
use crate::browser::app_id;
use crate::browser::redeem;
use crate::browser::ticked;
use crate::browser::title;
use crate::browser::told;
use crate::support::Answer;

fn check_headers(page: &Answer) {
    let policy = page.header("content-security-policy").unwrap();
    assert!(
        policy.starts_with("default-src 'none'; style-src 'unsafe-inline'; form-action 'self'"),
        "{policy}"
    );
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
    assert_eq!(page.header("cache-control"), Some("no-store"));
    assert_eq!(page.header("referrer-policy"), Some("no-referrer"));
    assert_eq!(page.header("x-frame-options"), Some("DENY"));
    let text = page.text();
    assert!(text.contains("<html lang=\"en\">") && text.contains("name=\"viewport\""));
    assert!(!text.contains("<script") && !text.contains("App <b>"), "{text}");
}

#[tokio::test]
async fn a_clinician_logs_in_chooses_a_patient_and_allows() {
    let sandbox = Sandbox::start().await.unwrap();
    let id = app_id(&sandbox).await;
    let mut browser = Browser::default();
    let login = browser.get(&Request::of(&sandbox, &id).url(&sandbox)).await;
    check_headers(&login);
    assert_eq!((login.status, title(&login).as_str()), (200, "Log in"));
    for mark in ["for=\"username\"", "id=\"username\"", "id=\"password\"", "id=\"login\"", " autofocus"] {
        assert!(login.text().contains(mark), "{mark}");
    }
    assert!(login.text().contains("App &lt;b&gt;&quot;&amp;&#39;"), "{}", login.text());
    assert!(login.header("content-security-policy").unwrap().contains(" https://app.example.com;"));

    let before = browser.cookie.clone();
    let choice = browser.log_in(&sandbox, &login, "clinician").await;
    check_headers(&choice);
    assert_ne!(browser.cookie, before, "a login gives another cookie");
    let mut planted = Browser { cookie: before };
    assert_eq!(
        planted.submit(&sandbox, &choice, &[("patient", "third")]).await.status,
        403,
        "the old one is void"
    );
    assert_eq!(title(&choice), "Choose a patient");
    let text = choice.text();
    assert_eq!(text.matches("type=\"radio\" name=\"patient\"").count(), 4);
    assert!(text.contains("value=\"example\"") && text.contains("id=\"choose\""), "{text}");
    assert!(text.contains("O&#39;Neill &amp; Søn &lt;jr&gt;"), "{text}");

    let consent = browser.submit(&sandbox, &choice, &[("patient", "third")]).await;
    check_headers(&consent);
    assert_eq!(title(&consent), "Allow access?");
    let text = consent.text();
    assert_eq!(ticked(&text).join(" "), SCOPE);
    assert!(text.contains("read and search all records of this patient"), "{text}");
    assert!(text.contains("id=\"allow\"") && text.contains("id=\"deny\""));

    let back = browser.allow(&sandbox, &consent).await;
    assert!(back.header("location").unwrap().starts_with(&format!("{REDIRECT}&code=")));
    let told = told(&back);
    assert_eq!(
        (told["state"].as_str(), &told["iss"], told["tenant"].as_str()),
        (STATE, &sandbox.issuer(), "a")
    );
    let answer = redeem(&sandbox, &id, &told["code"]).await.json();
    assert_eq!((answer["patient"].as_str(), answer["scope"].as_str()), (Some("third"), Some(SCOPE)));
    assert_eq!((sandbox.counts().codes_issued, sandbox.counts().authorize), (1, 5));
}

#[tokio::test]
async fn a_patient_is_not_asked_which_one() {
    let sandbox = Sandbox::start().await.unwrap();
    let id = app_id(&sandbox).await;
    let mut browser = Browser::default();
    let login =
        browser.get(&Request::of(&sandbox, &id).with("login_hint", Some("pat\"ient")).url(&sandbox)).await;
    assert!(login.text().contains("value=\"pat&quot;ient\""), "the hint is filled in");
    let wrong = browser.submit(&sandbox, &login, &[("username", "patient"), ("password", "clinician")]).await;
    assert_eq!((wrong.status, title(&wrong).as_str()), (403, "Log in"));
    assert!(wrong.text().contains("role=\"alert\"") && wrong.text().contains("value=\"patient\""));
    let consent = browser.log_in(&sandbox, &wrong, "patient").await;
    assert_eq!(title(&consent), "Allow access?");
    let told = told(&browser.allow(&sandbox, &consent).await);
    assert_eq!(redeem(&sandbox, &id, &told["code"]).await.json()["patient"], "example");
}

#[tokio::test]
async fn what_is_unticked_is_not_granted_and_no_is_no() {
    let sandbox = Sandbox::start().await.unwrap();
    let id = app_id(&sandbox).await;
    let mut browser = Browser::default();
    let request = Request::of(&sandbox, &id);
    let login = browser.get(&request.url(&sandbox)).await;
    let consent = browser.log_in(&sandbox, &login, "patient").await;
    let fields = [("scope", "patient/*.rs"), ("scope", "user/*.rs"), ("decision", "allow")];
    let back = told(&browser.submit(&sandbox, &consent, &fields).await);
    let answer = redeem(&sandbox, &id, &back["code"]).await.json();
    assert_eq!(answer["scope"], "patient/*.rs", "neither what was unticked nor what was never asked for");
    assert!(answer.get("refresh_token").is_none() && answer.get("id_token").is_none());

    // Logged in by now: the consent page comes at once.
    let consent = browser.get(&request.url(&sandbox)).await;
    let denied =
        told(&browser.submit(&sandbox, &consent, &[("scope", "openid"), ("decision", "deny")]).await);
    assert_eq!((denied["error"].as_str(), denied["state"].as_str()), ("access_denied", STATE));
    assert_eq!(denied["iss"], sandbox.issuer());
    let consent = browser.get(&request.url(&sandbox)).await;
    let nothing = told(&browser.submit(&sandbox, &consent, &[("decision", "allow")]).await);
    assert_eq!(nothing["error"], "access_denied");
    let consent = browser.get(&request.url(&sandbox)).await;
    let neither = browser.submit(&sandbox, &consent, &[]).await;
    assert_eq!((neither.status, title(&neither).as_str()), (400, "This cannot go on"));
    assert_eq!(sandbox.counts().codes_issued, 1);
}

#[tokio::test]
async fn prompt_says_which_pages_may_come() {
    let sandbox = Sandbox::start().await.unwrap();
    let id = app_id(&sandbox).await;
    let mut browser = Browser::default();
    let ask = |prompt: &str| Request::of(&sandbox, &id).with("prompt", Some(prompt)).url(&sandbox);
    assert_eq!(told(&browser.get(&ask("none")).await)["error"], "login_required");
    let login = browser.get(&ask("consent")).await;
    let choice = browser.log_in(&sandbox, &login, "clinician").await;
    assert_eq!(told(&browser.get(&ask("none")).await)["error"], "consent_required");
    let consent = browser.submit(&sandbox, &choice, &[("patient", "second")]).await;
    browser.allow(&sandbox, &consent).await;

    let silent = told(&browser.get(&ask("none")).await);
    assert_eq!(redeem(&sandbox, &id, &silent["code"]).await.json()["patient"], "second");
    let more =
        Request::of(&sandbox, &id).with("scope", Some("openid user/*.rs")).with("prompt", Some("none"));
    assert_eq!(told(&browser.get(&more.url(&sandbox)).await)["error"], "consent_required");
    assert_eq!(title(&browser.get(&ask("login")).await), "Log in");
    assert_eq!(title(&browser.get(&ask("consent")).await), "Choose a patient");
    for wrong in ["none login", "create"] {
        assert_eq!(told(&browser.get(&ask(wrong)).await)["error"], "invalid_request", "{wrong}");
    }
}

#[tokio::test]
async fn the_form_of_authorize_post_does_the_same() {
    let sandbox = Sandbox::start().await.unwrap();
    let id = app_id(&sandbox).await;
    let mut browser = Browser::default();
    let login = browser.post(&sandbox.authorization_endpoint(), Request::of(&sandbox, &id).encoded()).await;
    let consent = browser.log_in(&sandbox, &login, "patient").await;
    let back = told(&browser.allow(&sandbox, &consent).await);
    let token = redeem(&sandbox, &id, &back["code"]).await.json()["id_token"].as_str().unwrap().to_owned();
    let claims = safire_jose::decode(&token, safire_jose::Limits::default()).unwrap();
    assert_eq!(claims.claims_unverified()["nonce"], NONCE);
}
