use safire_sandbox::LaunchContext;
use safire_sandbox::Sandbox;
use serde_json::json;

use crate::browser::Browser;
use crate::browser::Request;
use crate::browser::app_id;
use crate::browser::code;
use crate::browser::redeem;
use crate::browser::title;
use crate::browser::told;
use crate::support::get;
use crate::support::post_json;

const SCOPE: &str = "launch openid fhirUser patient/*.rs";

fn launched(sandbox: &Sandbox, client_id: &str, launch: &str) -> Request {
    Request::of(sandbox, client_id).with("scope", Some(SCOPE)).with("launch", Some(launch))
}

#[tokio::test]
async fn the_page_launches_an_app_with_what_is_open() {
    let sandbox = Sandbox::start().await.unwrap();
    let id = app_id(&sandbox).await;
    let mut browser = Browser::default();
    let page = browser.get(&format!("{}/launch", sandbox.issuer())).await;
    assert_eq!((page.status, title(&page).as_str()), (200, "Launch an app"));
    let wrong = browser.submit(&sandbox, &page, &[("launch_url", "javascript:alert(1)")]).await;
    assert_eq!((wrong.status, title(&wrong).as_str()), (400, "Launch an app"));
    let unknown = [("launch_url", "https://app.example.com/"), ("user", "nobody"), ("patient", "second")];
    assert_eq!(browser.submit(&sandbox, &page, &unknown).await.status, 400);
    let fields = [
        ("launch_url", "https://app.example.com/launch?tenant=a"),
        ("user", "clinician"),
        ("patient", "second"),
        ("encounter", "open"),
    ];
    let away = browser.submit(&sandbox, &page, &fields).await;
    assert!(away.header("location").unwrap().starts_with("https://app.example.com/launch?tenant=a&iss="));
    let away = told(&away);
    assert_eq!(away["iss"], sandbox.fhir_base());

    let consent = browser.get(&launched(&sandbox, &id, &away["launch"]).url(&sandbox)).await;
    assert_eq!(title(&consent), "Allow access?", "the EHR knows the user and the patient");
    let back = told(&browser.allow(&sandbox, &consent).await);
    let answer = redeem(&sandbox, &id, &back["code"]).await.json();
    assert_eq!((&answer["patient"], &answer["encounter"]), (&json!("second"), &json!("visit-2")));
    assert_eq!(answer["need_patient_banner"], false);
    let style = get(answer["smart_style_url"].as_str().unwrap()).await;
    assert!(style.json()["color_background"].is_string());
}

#[tokio::test]
async fn a_launch_is_made_without_a_page_too() {
    let sandbox = Sandbox::builder().auto_approve("patient", "example").start().await.unwrap();
    let id = app_id(&sandbox).await;
    let context = LaunchContext::new().user("clinician").patient("third").encounter("visit-3");
    let launch = sandbox.launch(context).unwrap();
    let code = code(&sandbox, &launched(&sandbox, &id, &launch)).await;
    let answer = redeem(&sandbox, &id, &code).await.json();
    assert_eq!((&answer["patient"], &answer["encounter"]), (&json!("third"), &json!("visit-3")));

    let control = format!("{}/_control/launch", sandbox.issuer());
    let told = post_json(&control, &json!({"patient": "example", "need_patient_banner": true})).await.json();
    assert_eq!(told["iss"], sandbox.fhir_base());
    let code =
        crate::browser::code(&sandbox, &launched(&sandbox, &id, told["launch"].as_str().unwrap())).await;
    assert_eq!(redeem(&sandbox, &id, &code).await.json()["need_patient_banner"], true);
    for wrong in [
        json!({"user": "nobody"}),
        json!({"patient": "nobody"}),
        json!({"user": "patient", "patient": "second"}),
        json!({"patient": "second", "encounter": "visit-1"}),
        json!({"encounter": "visit-1"}),
        json!({"pateint": "second"}),
    ] {
        assert_eq!(post_json(&control, &wrong).await.status, 400, "{wrong}");
    }
}

#[tokio::test]
async fn a_launch_without_a_patient_asks_for_one_and_a_foreign_one_is_denied() {
    let sandbox = Sandbox::start().await.unwrap();
    let id = app_id(&sandbox).await;
    let open = sandbox.launch(LaunchContext::new().user("clinician")).unwrap();
    let mut browser = Browser::default();
    assert_eq!(title(&browser.get(&launched(&sandbox, &id, &open).url(&sandbox)).await), "Choose a patient");
    let foreign = sandbox.launch(LaunchContext::new().patient("second")).unwrap();
    let login = browser.get(&launched(&sandbox, &id, &foreign).url(&sandbox)).await;
    let denied = told(&browser.log_in(&sandbox, &login, "patient").await);
    assert_eq!(denied["error"], "access_denied");
}

#[tokio::test]
async fn an_app_that_asks_for_an_encounter_gets_the_patients() {
    let sandbox = Sandbox::builder().auto_approve("clinician", "fourth").start().await.unwrap();
    let id = app_id(&sandbox).await;
    let request = Request::of(&sandbox, &id).with("scope", Some("launch/encounter user/*.rs"));
    let code = code(&sandbox, &request).await;
    let answer = redeem(&sandbox, &id, &code).await.json();
    assert_eq!((&answer["patient"], &answer["encounter"]), (&json!("fourth"), &json!("visit-4")));
    assert_eq!(answer["need_patient_banner"], true);
    let request = Request::of(&sandbox, &id).with("scope", Some("openid user/*.rs"));
    let code = crate::browser::code(&sandbox, &request).await;
    let answer = redeem(&sandbox, &id, &code).await.json();
    assert!(answer.get("patient").is_none() && answer.get("need_patient_banner").is_none(), "{answer}");
}
