//! Chromium without a window, for what only a real browser shows: scripts, focus, history, what a page looks like.

use std::path::Path;
use std::path::PathBuf;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use serde_json::json;
use tempfile::TempDir;
use tokio::time::MissedTickBehavior;

use crate::environment::cache_folder;
use crate::environment::find_program;
use crate::environment::is_root;
use crate::failure::Failure;
use crate::failure::Missing;
use crate::install::Prepared;
use crate::install::apt_install;
use crate::install::leave_out;
use crate::install::lock;
use crate::key::Key;
use crate::web_driver::WebDriver;

const NAME: &str = "chromium";
const BROWSERS: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const DRIVER: &str = "chromedriver";
const PACKAGES: [&str; 2] = ["chromium", "chromium-driver"];

/// How long a page, an element or an address may take to come.
const WITHIN: Duration = Duration::from_secs(30);
/// How often an address is asked for.
const POLL: Duration = Duration::from_millis(20);
/// Under this name WebDriver refers to an element (§12.2).
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// Nothing but the page under test: no first-run page, no updates, no request to any host but loopback.
const ARGUMENTS: [&str; 10] = [
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--window-size=1024,768",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1, EXCLUDE [::1]",
];

/// A browser with a fresh profile; it ends with this value.
#[derive(Debug)]
pub struct Chromium {
    driver: WebDriver,
    // Behind the driver: dropped after it, when nobody writes there any more.
    _profile: TempDir,
}

struct Programs {
    browser: PathBuf,
    driver: PathBuf,
}

impl Chromium {
    /// Installs it where needed and starts it; `None` when it is left out, which the run then says on stderr.
    ///
    /// # Errors
    ///
    /// It does not start, or it cannot be installed and the environment says `CI=true`.
    pub async fn start() -> Result<Option<Self>, Failure> {
        let profile = tempfile::tempdir().map_err(|error| Failure::new(format!("no profile: {error}")))?;
        let folder = profile.path().to_owned();
        let start = move || match installed() {
            Ok(programs) => {
                WebDriver::start(&programs.driver, &folder).map(|driver| Some((driver, programs.browser)))
            }
            Err(missing) => leave_out(NAME, &missing).map(|()| None),
        };
        let started = tokio::task::spawn_blocking(start).await;
        let started =
            started.map_err(|error| Failure::new(format!("starting {NAME} ended early: {error}")))?;
        let Some((mut driver, browser)) = started? else { return Ok(None) };

        let mut arguments: Vec<String> = ARGUMENTS.map(str::to_owned).to_vec();
        arguments.push(format!("--user-data-dir={}", profile.path().display()));
        if is_root() {
            // Its sandbox refuses to be root's.
            arguments.push("--no-sandbox".to_owned());
        }
        let wait = u64::try_from(WITHIN.as_millis()).unwrap_or(u64::MAX);
        let capabilities = json!({
            "browserName": "chrome",
            "timeouts": { "implicit": wait, "pageLoad": wait, "script": wait },
            "goog:chromeOptions": { "binary": browser, "args": arguments },
        });
        driver.open(&capabilities).await?;
        Ok(Some(Self { driver, _profile: profile }))
    }

    /// Installs it where needed, and says whether it is there.
    ///
    /// # Errors
    ///
    /// It cannot be installed and the environment says `CI=true`.
    pub fn prepare() -> Result<Prepared, Failure> {
        match installed() {
            Ok(_) => Ok(Prepared::Ready),
            Err(missing) => leave_out(NAME, &missing).map(|()| Prepared::LeftOut),
        }
    }

    /// Opens an address and waits until its page is loaded.
    ///
    /// # Errors
    ///
    /// Nothing answers there.
    pub async fn go_to(&self, url: &str) -> Result<(), Failure> {
        self.driver.post("url", &json!({ "url": url })).await.map(drop)
    }

    /// One page back, as the browser's button does.
    ///
    /// # Errors
    ///
    /// The page is not loaded in time.
    pub async fn go_back(&self) -> Result<(), Failure> {
        self.driver.post("back", &json!({})).await.map(drop)
    }

    /// Waits for an element, by its CSS selector.
    ///
    /// # Errors
    ///
    /// None comes in time.
    pub async fn wait_for(&self, selector: &str) -> Result<(), Failure> {
        self.element(selector).await.map(drop)
    }

    /// Waits until the address starts with `prefix`, and returns all of it.
    ///
    /// # Errors
    ///
    /// It is another one until the end.
    pub async fn wait_for_url(&self, prefix: &str) -> Result<String, Failure> {
        let wait = async {
            let mut ticks = tokio::time::interval(POLL);
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            loop {
                ticks.tick().await;
                let url = self.url().await?;
                if url.starts_with(prefix) {
                    return Ok(url);
                }
            }
        };
        match tokio::time::timeout(WITHIN, wait).await {
            Ok(outcome) => outcome,
            Err(_) => Err(Failure::new(format!("the address is {}, not {prefix}…", self.url().await?))),
        }
    }

    /// Clicks on the first element of this selector.
    ///
    /// # Errors
    ///
    /// It does not come, or nobody could click on it.
    pub async fn click(&self, selector: &str) -> Result<(), Failure> {
        let element = self.element(selector).await?;
        self.driver.post(&format!("element/{element}/click"), &json!({})).await.map(drop)
    }

    /// Types into the first element of this selector.
    ///
    /// # Errors
    ///
    /// It does not come, or nobody could type into it.
    pub async fn type_into(&self, selector: &str, text: &str) -> Result<(), Failure> {
        let element = self.element(selector).await?;
        self.driver.post(&format!("element/{element}/value"), &json!({ "text": text })).await.map(drop)
    }

    /// Types into whatever has the focus.
    ///
    /// # Errors
    ///
    /// The browser is gone.
    pub async fn type_text(&self, text: &str) -> Result<(), Failure> {
        for character in text.chars() {
            self.strike(&[character]).await?;
        }
        Ok(())
    }

    /// Presses a key, wherever the focus is.
    ///
    /// # Errors
    ///
    /// The browser is gone.
    pub async fn press(&self, key: Key) -> Result<(), Failure> {
        self.strike(key.code_points()).await
    }

    /// The text of the first element of this selector, as it is seen.
    ///
    /// # Errors
    ///
    /// It does not come.
    pub async fn text_of(&self, selector: &str) -> Result<String, Failure> {
        let element = self.element(selector).await?;
        self.driver.get(&format!("element/{element}/text")).await.and_then(|value| text(&value))
    }

    /// The address.
    ///
    /// # Errors
    ///
    /// The browser is gone.
    pub async fn url(&self) -> Result<String, Failure> {
        self.driver.get("url").await.and_then(|value| text(&value))
    }

    /// How many pages one could go back and forth in.
    ///
    /// # Errors
    ///
    /// The browser is gone.
    pub async fn history_length(&self) -> Result<u64, Failure> {
        let length = self.evaluate("return history.length").await?;
        length.as_u64().ok_or_else(|| Failure::new(format!("the history has no length, but {length}")))
    }

    /// What a script returns; its text is the body of a function.
    ///
    /// # Errors
    ///
    /// The script throws.
    pub async fn evaluate(&self, script: &str) -> Result<Value, Failure> {
        self.driver.post("execute/sync", &json!({ "script": script, "args": [] })).await
    }

    /// What is seen, written to a file as PNG.
    ///
    /// # Errors
    ///
    /// The file cannot be written.
    pub async fn screenshot(&self, file: &Path) -> Result<(), Failure> {
        let unwritten = |what: &dyn std::fmt::Display| {
            Failure::new(format!("no screenshot in {}: {what}", file.display()))
        };
        let encoded = text(&self.driver.get("screenshot").await?)?;
        let image = STANDARD.decode(encoded).map_err(|error| unwritten(&error))?;
        std::fs::write(file, image).map_err(|error| unwritten(&error))
    }

    /// The driver itself waits until there is one.
    async fn element(&self, selector: &str) -> Result<String, Failure> {
        let found =
            self.driver.post("element", &json!({ "using": "css selector", "value": selector })).await?;
        let reference = found.get(ELEMENT).and_then(Value::as_str);
        reference.map(str::to_owned).ok_or_else(|| Failure::new(format!("{selector} is no element: {found}")))
    }

    /// Holds the keys down one after the other, and lets them go again.
    async fn strike(&self, keys: &[char]) -> Result<(), Failure> {
        let down = keys.iter().map(|key| json!({ "type": "keyDown", "value": key }));
        let up = keys.iter().rev().map(|key| json!({ "type": "keyUp", "value": key }));
        let strokes: Vec<Value> = down.chain(up).collect();
        let actions = json!({ "actions": [{ "type": "key", "id": "keyboard", "actions": strokes }] });
        self.driver.post("actions", &actions).await.map(drop)
    }
}

fn installed() -> Result<Programs, Missing> {
    let find = || {
        let browser = BROWSERS.iter().find_map(|name| find_program(name))?;
        Some(Programs { browser, driver: find_program(DRIVER)? })
    };
    if let Some(programs) = find() {
        return Ok(programs);
    }
    let _lock = lock(&cache_folder()?)?;
    // Another process may have installed it while this one waited.
    if find().is_none() {
        apt_install(&PACKAGES)?;
    }
    find().ok_or_else(|| Missing::new(format!("no browser and no {DRIVER} on PATH after `{PACKAGES:?}`")))
}

fn text(value: &Value) -> Result<String, Failure> {
    value.as_str().map(str::to_owned).ok_or_else(|| Failure::new(format!("a text was expected, not {value}")))
}
