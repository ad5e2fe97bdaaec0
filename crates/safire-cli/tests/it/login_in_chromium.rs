//! Logins in a real browser, by somebody who uses no mouse: the sandbox's pages, and the page at the end.

use std::fs;
use std::path::Path;
use std::path::PathBuf;

use safire_e2e::Chromium;
use safire_e2e::Key;
use safire_sandbox::Sandbox;
use serde_json::Value;
use serde_json::json;
use tempfile::TempDir;

use crate::browser::Waiting;
use crate::harness::Home;

const SCOPE: &str = "launch/patient openid fhirUser offline_access patient/Patient.rs patient/Observation.rs";
/// Without the last one, which the person unticks.
const ALLOWED: &str = "launch/patient openid fhirUser offline_access patient/Patient.rs";
/// The size of the images in the guide.
const VIEW: (u32, u32) = (800, 600);
/// The folder for the images, and with it ports that always are the same; the guide's are made so.
const KEPT: &str = "SAFIRE_SCREENSHOTS";

/// A person before a browser, an application on their machine, and an authorization server.
struct Desk {
    chromium: Chromium,
    sandbox: Sandbox,
    home: Home,
    id: String,
    images: Images,
}

/// Where the images go.
struct Images {
    kept: Option<PathBuf>,
    folder: TempDir,
}

impl Desk {
    /// `None` where there is no browser, which the run then says.
    async fn new() -> Option<Self> {
        let chromium = Chromium::start().await.unwrap()?;
        chromium.set_view(VIEW.0, VIEW.1).await.unwrap();
        let images = Images::new();
        let port = if images.kept.is_some() { 8765 } else { 0 };
        let sandbox = Sandbox::builder().port(port).start().await.unwrap();
        let (home, base) = (Home::new(), sandbox.fhir_base());
        let app = ["--client-name", "Heart Diary", "--auth-method", "none", "--scope", SCOPE];
        let back = ["--redirect-uri", "http://127.0.0.1/callback"];
        let grants = ["--grant-type", "authorization_code", "--grant-type", "refresh_token"];
        let made = home.json(&[&["register", &base] as &[&str], &app, &back, &grants].concat());
        let id = made["id"].as_str().unwrap().to_owned();
        Some(Self { chromium, sandbox, home, id, images })
    }

    /// Starts the command, and opens the page that it tells.
    async fn begin(&self) -> Waiting {
        let port: &[&str] = if self.images.kept.is_some() { &["--port", "8000"] } else { &[] };
        let login = Waiting::start(&self.home, &[&[&*self.id, "--json"], port].concat());
        self.chromium.go_to(login.page.as_str()).await.unwrap();
        login
    }

    /// Waits until the focus is there.
    async fn at(&self, selector: &str) {
        self.chromium.wait_for(&format!("{selector}:focus")).await.unwrap();
    }

    async fn press(&self, keys: &[Key]) {
        for key in keys {
            self.chromium.press(*key).await.unwrap();
        }
    }

    /// Types a name and a password into the login page, and sends it.
    async fn say_who(&self, name: &str, password: &str) {
        self.at("#username").await;
        self.chromium.type_text(name).await.unwrap();
        self.press(&[Key::Tab]).await;
        self.at("#password").await;
        self.chromium.type_text(password).await.unwrap();
        self.press(&[Key::Enter]).await;
    }

    /// Waits for the last page, and gives its headline.
    async fn end(&self, login: &Waiting) -> String {
        let mut done = login.redirect();
        done.set_path("/done");
        self.chromium.wait_for_url(done.as_str()).await.unwrap();
        self.chromium.text_of("h1").await.unwrap()
    }

    /// Nothing of the callback is left where the person, a bookmark or the next site could find it.
    async fn assert_no_code_is_left(&self, login: &Waiting) {
        let mut done = login.redirect();
        done.set_path("/done");
        assert_eq!(self.chromium.url().await.unwrap(), done.as_str());
        // All entries of this origin around the page; the callback is of the same origin.
        let entries = self.evaluate("return navigation.entries().map((entry) => entry.url)").await;
        assert_eq!(entries, json!([done.as_str()]));
        assert_eq!(self.evaluate("return document.referrer").await, "");
        let page = self.evaluate("return document.documentElement.outerHTML").await;
        let state = login.asked("state").unwrap();
        assert!(!page.to_string().contains(&state), "{page}");
    }

    async fn evaluate(&self, script: &str) -> Value {
        self.chromium.evaluate(script).await.unwrap()
    }

    /// Keeps an image of the whole page.
    async fn shoot(&self, name: &str) {
        let (width, height) = VIEW;
        let length = self.evaluate("return document.documentElement.scrollHeight").await;
        let length = u32::try_from(length.as_u64().unwrap()).unwrap();
        self.chromium.set_view(width, length.max(height)).await.unwrap();
        let file = self.images.path(name);
        self.chromium.screenshot(&file).await.unwrap();
        assert_eq!(width_of(&file), width, "{name}");
        self.chromium.set_view(width, height).await.unwrap();
    }
}

impl Images {
    #[expect(
        clippy::disallowed_methods,
        reason = "the tests of the command read their environment here alone"
    )]
    fn new() -> Self {
        Self { kept: std::env::var(KEPT).ok().map(PathBuf::from), folder: tempfile::tempdir().unwrap() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.kept.as_deref().unwrap_or_else(|| self.folder.path()).join(name).with_extension("png")
    }
}

fn width_of(file: &Path) -> u32 {
    let image = fs::read(file).unwrap();
    assert_eq!(&image[..8], b"\x89PNG\r\n\x1a\n");
    u32::from_be_bytes(image[16..20].try_into().unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clinician_logs_in_by_keyboard_and_the_command_acts() {
    let Some(desk) = Desk::new().await else { return };
    let login = desk.begin().await;

    desk.at("#username").await;
    desk.shoot("login").await;
    desk.say_who("clinician", "clinician").await;

    desk.at("input[name=patient][value=example]").await;
    desk.press(&[Key::Down]).await;
    desk.at("input[name=patient][value=second]").await;
    desk.shoot("patient").await;
    desk.press(&[Key::Tab]).await;
    desk.at("#choose").await;
    desk.press(&[Key::Enter]).await;

    desk.at("#allow").await;
    desk.shoot("consent").await;
    desk.press(&[Key::ShiftTab]).await;
    desk.at("input[value='patient/Observation.rs']").await;
    desk.press(&[Key::Space, Key::Tab, Key::Enter]).await;

    assert_eq!(desk.end(&login).await, "Logged in");
    desk.assert_no_code_is_left(&login).await;
    desk.shoot("logged-in").await;

    let told = login.end().json();
    let base = desk.sandbox.fhir_base();
    assert_eq!((&told["patient"], &told["scope"]), (&json!("second"), &json!(ALLOWED)), "{told}");
    assert_eq!(told["fhir_user"], format!("{base}/Practitioner/example"));
    let shown = desk.home.json(&["registration", "show", &desk.id]);
    assert_eq!(shown["state"], "active");
    assert_eq!(
        (&shown["tokens"][0]["slot"], &shown["tokens"][0]["standing"]),
        (&json!("login"), &json!("good"))
    );
    assert_eq!(desk.home.json(&["fhir", &desk.id, "GET", "Patient/second"])["id"], "second");
    let refused = desk.home.local(&["fhir", &desk.id, "GET", "Observation?patient=second", "--json"]);
    assert_ne!(refused.code, Some(0), "it was unticked: {refused:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_patient_who_mistypes_and_then_denies_is_not_logged_in() {
    let Some(desk) = Desk::new().await else { return };
    let login = desk.begin().await;

    desk.say_who("patient", "wrong").await;
    // The name is there already; nobody has to type it twice.
    desk.at("#password").await;
    assert_eq!(desk.chromium.text_of("[role=alert]").await.unwrap(), "The name or the password is wrong.");
    desk.chromium.type_text("patient").await.unwrap();
    desk.press(&[Key::Enter]).await;

    desk.at("#allow").await;
    desk.press(&[Key::Tab]).await;
    desk.at("#deny").await;
    desk.press(&[Key::Enter]).await;

    assert_eq!(desk.end(&login).await, "Not logged in");
    desk.assert_no_code_is_left(&login).await;
    let page = desk.chromium.text_of("main").await.unwrap();
    assert!(page.contains("access_denied"), "{page}");
    desk.shoot("not-logged-in").await;

    let run = login.end();
    assert_eq!(run.code, Some(5), "{run:?}");
    let error = run.error();
    assert_eq!(
        (&error["code"], &error["server_error"]),
        (&json!("authorization-refused"), &json!("access_denied"))
    );
    let shown = desk.home.json(&["registration", "show", &desk.id]);
    assert_eq!(shown["tokens"], json!([]));
}
