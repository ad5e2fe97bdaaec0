//! Logins of users by UDAP in a real browser, by keyboard: at the server, and first at their own organization.

use safire_e2e::Chromium;
use safire_e2e::Key;
use safire_sandbox::Sandbox;
use serde_json::json;

use super::world::app;
use super::world::redirect;
use super::world::request;
use crate::browser::Waiting;
use crate::harness::Home;

/// A person before a browser, an application of the community, and two servers of it.
struct Desk {
    chromium: Chromium,
    holder: Sandbox,
    provider: Sandbox,
    home: Home,
    id: String,
}

impl Desk {
    /// `None` where there is no browser, which the run then says.
    async fn new() -> Option<Self> {
        let chromium = Chromium::start().await.unwrap()?;
        let holder = Sandbox::start().await.unwrap();
        let community = holder.udap_communities().await.unwrap().remove(0);
        let provider = Sandbox::builder().udap(community.clone()).start().await.unwrap();
        let member = community.issue_as(&request("https://app.example.org/udap")).unwrap();
        let home = Home::new();
        let (anchors, cert) =
            (home.file("anchors.pem", community.anchors_pem()), home.file("client.pem", member.chain_pem()));
        let key = home.private_file("client.key.pem", member.key().to_pem().as_bytes());
        let base = holder.fhir_base();
        let told = home.json(&app(&base, &anchors, (&cert, &key), &redirect()));
        let id = told["id"].as_str().unwrap().to_owned();
        Some(Self { chromium, holder, provider, home, id })
    }

    async fn begin(&self, more: &[&str]) -> Waiting {
        let login = Waiting::of(&self.home, &["udap", "login"], &[&[&*self.id, "--json"], more].concat());
        self.chromium.go_to(login.page.as_str()).await.unwrap();
        login
    }

    /// Logs in by keyboard at this server.
    async fn say_who(&self, server: &Sandbox, name: &str) {
        self.at("#username").await;
        let url = self.chromium.url().await.unwrap();
        assert!(url.starts_with(&server.issuer()), "{url}");
        self.chromium.type_text(name).await.unwrap();
        self.chromium.press(Key::Tab).await.unwrap();
        self.at("#password").await;
        self.chromium.type_text(name).await.unwrap();
        self.chromium.press(Key::Enter).await.unwrap();
    }

    /// Chooses the patient that is offered first.
    async fn choose(&self) {
        self.at("input[name=patient][value=example]").await;
        self.chromium.press(Key::Tab).await.unwrap();
        self.at("#choose").await;
        self.chromium.press(Key::Enter).await.unwrap();
    }

    async fn allow(&self, server: &Sandbox) {
        self.at("#allow").await;
        let url = self.chromium.url().await.unwrap();
        assert!(url.starts_with(&server.issuer()), "{url}");
        self.chromium.press(Key::Enter).await.unwrap();
    }

    async fn at(&self, selector: &str) {
        self.chromium.wait_for(&format!("{selector}:focus")).await.unwrap();
    }

    async fn end(&self, login: &Waiting) {
        let mut done = login.redirect();
        done.set_path("/done");
        self.chromium.wait_for_url(done.as_str()).await.unwrap();
        assert_eq!(self.chromium.text_of("h1").await.unwrap(), "Logged in");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_patient_logs_in_at_the_server() {
    let Some(desk) = Desk::new().await else { return };
    let login = desk.begin(&[]).await;
    desk.say_who(&desk.holder, "patient").await;
    desk.allow(&desk.holder).await;
    desk.end(&login).await;
    assert_eq!(login.end().json()["patient"], "example");
    assert_eq!(desk.home.json(&["fhir", &desk.id, "GET", "Patient/example"])["id"], "example");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clinician_logs_in_at_their_own_organization() {
    let Some(desk) = Desk::new().await else { return };
    let idp = desk.provider.issuer();
    let login = desk.begin(&["--idp", &idp]).await;
    desk.say_who(&desk.provider, "clinician").await;
    desk.allow(&desk.provider).await;
    desk.choose().await;
    desk.allow(&desk.holder).await;
    desk.end(&login).await;
    let told = login.end().json();
    assert_eq!((&told["patient"], &told["has_refresh_token"]), (&json!("example"), &json!(true)), "{told}");
    assert_eq!(desk.provider.counts().register, 1, "the server registered itself at the provider");
}
