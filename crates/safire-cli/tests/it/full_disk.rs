//! A disk that is full before the POST, or becomes full between the answer and the commit.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::process::Output;
use std::process::Stdio;

use safire_sandbox::Sandbox;
use serde_json::Value;
use tempfile::TempDir;

/// A small disk of its own; `None` where the tests may not mount one.
struct SmallDisk(TempDir);

impl SmallDisk {
    fn mount() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=8m", "safire-test"])
            .arg(folder.path())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success());
        if mounted {
            return Some(Self(folder));
        }
        eprintln!("LEFT OUT: a full disk needs root to mount a small one");
        None
    }

    fn store(&self) -> PathBuf {
        self.0.path().join("store.db")
    }

    /// Takes every free byte.
    fn fill(&self) -> PathBuf {
        let path = self.0.path().join("filler");
        let mut file = fs::File::create(&path).unwrap();
        for size in [65536, 4096, 1] {
            let block = vec![0; size];
            while file.write_all(&block).is_ok() {}
        }
        path
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.0.path()).status();
    }
}

fn safire(store: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_safire"));
    command
        .args(["--json", "--allow-insecure-localhost", "--store"])
        .arg(format!("sqlite:{}", store.display()));
    command
}

fn register(store: &Path, base: &str, name: &str) -> Command {
    let mut command = safire(store);
    command.args(["register", base, "--client-name", name, "--grant-type", "client_credentials"]);
    command.args(["--auth-method", "client_secret_basic", "--scope", "system/*.rs"]);
    command
}

fn registrations(store: &Path) -> Vec<Value> {
    let output = safire(store).arg("registrations").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn error(output: &Output) -> Value {
    assert!(output.stdout.is_empty());
    let text = String::from_utf8(output.stderr.clone()).unwrap();
    serde_json::from_str::<Value>(text.lines().last().unwrap()).unwrap()["error"].clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn done_when_5_a_disk_full_before_the_post_sends_nothing() {
    let Some(disk) = SmallDisk::mount() else { return };
    let sandbox = Sandbox::start().await.unwrap();
    let base = sandbox.fhir_base();
    let outcome = tokio::task::spawn_blocking(move || {
        let store = disk.store();
        assert!(register(&store, &base, "first").stdout(Stdio::null()).status().unwrap().success());
        let before = fs::read(&store).unwrap();
        let filler = disk.fill();
        let output = register(&store, &base, "second").output().unwrap();
        assert_eq!(fs::read(&store).unwrap(), before, "the store is as it was");
        fs::remove_file(filler).unwrap();
        (output, registrations(&store))
    });
    let (output, rows) = outcome.await.unwrap();
    assert_eq!(output.status.code(), Some(8), "{}", String::from_utf8_lossy(&output.stderr));
    let error = error(&output);
    assert_eq!(error["fault"], "store");
    assert!(error["hint"].as_str().unwrap().contains("space"), "{error}");
    assert_eq!(rows.len(), 1);
    assert_eq!(sandbox.clients().len(), 1, "the second was not sent");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn done_when_5_a_disk_full_between_answer_and_commit_keeps_the_answer() {
    let Some(disk) = SmallDisk::mount() else { return };
    let sandbox = Sandbox::start().await.unwrap();
    let (output, filler) = register_while_it_fills(&disk, &sandbox, || {}).await;
    assert_eq!(output.status.code(), Some(8), "{}", String::from_utf8_lossy(&output.stderr));
    let error = error(&output);
    assert_eq!(error["code"], "store-rescued", "{error}");
    assert!(error["id"].is_string() && error["message"].as_str().unwrap().contains("rescue"), "{error}");

    // With space again the next command takes the answer in.
    fs::remove_file(filler).unwrap();
    let rows = registrations(&disk.store());
    assert_eq!(rows.len(), 2);
    let second = rows.iter().find(|row| row["client_name"] == "second").unwrap();
    assert_eq!(second["state"], "registered");
    let issued =
        sandbox.clients().into_iter().find(|client| client.metadata["client_name"] == "second").unwrap();
    assert_eq!(second["client_id"], issued.client_id.as_str());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_can_be_kept_nowhere_is_told_as_lost() {
    let Some(disk) = SmallDisk::mount() else { return };
    let sandbox = Sandbox::start().await.unwrap();
    let rescue = disk.0.path().join("store.db.rescue");
    let (output, filler) =
        register_while_it_fills(&disk, &sandbox, || fs::remove_dir_all(rescue).unwrap()).await;
    assert_eq!(output.status.code(), Some(8), "{}", String::from_utf8_lossy(&output.stderr));
    let error = error(&output);
    let issued =
        sandbox.clients().into_iter().find(|client| client.metadata["client_name"] == "second").unwrap();
    let (message, hint) = (error["message"].as_str().unwrap(), error["hint"].as_str().unwrap());
    for part in [issued.client_id.as_str(), "second", &sandbox.registration_endpoint(), "secret is lost"] {
        assert!(message.contains(part), "{part}: {error}");
    }
    assert!(hint.contains("operator") && hint.contains("register again"), "{error}");
    assert_eq!(error["endpoint"], sandbox.registration_endpoint());

    fs::remove_file(filler).unwrap();
    let rows = registrations(&disk.store());
    let second = rows.iter().find(|row| row["client_name"] == "second").unwrap();
    assert_eq!((&second["state"], &second["id"]), (&Value::from("in-doubt"), &error["id"]));
}

/// Registers `second`; the disk is full, and `also` is done, once the server has been asked.
async fn register_while_it_fills(
    disk: &SmallDisk,
    sandbox: &Sandbox,
    also: impl FnOnce(),
) -> (Output, PathBuf) {
    let base = sandbox.fhir_base();
    let first = register(&disk.store(), &base, "first").stdout(Stdio::null()).status();
    assert!(first.unwrap().success());
    // Time to fill the disk while the answer is on its way.
    sandbox.set_fault("register:slow=3s").unwrap();
    let child = register(&disk.store(), &base, "second")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    while sandbox.requests().iter().filter(|request| request.path == "/register").count() < 2 {
        tokio::task::yield_now().await;
    }
    also();
    let filler = disk.fill();
    let output = tokio::task::spawn_blocking(move || child.wait_with_output()).await.unwrap().unwrap();
    (output, filler)
}
