//! Runs the binary with a home of its own.

use std::collections::BTreeMap;
use std::hash::DefaultHasher;
use std::hash::Hash;
use std::hash::Hasher;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::process::Output;
use std::process::Stdio;

use safire_sandbox::Community;
use safire_sandbox::Sandbox;
use safire_sandbox::SandboxBuilder;
use serde_json::Value;
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// A user with a home and nothing else in the environment.
pub(crate) struct Home(TempDir);

/// What a run left behind.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Home {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// A file in the home, as text for the command line.
    pub(crate) fn file(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.path(name);
        std::fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// The same, for its owner alone.
    pub(crate) fn private_file(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        use std::os::unix::fs::PermissionsExt;
        let path = self.file(name, content);
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o600)).unwrap();
        path
    }

    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_safire"));
        command.args(args).env_clear().env("HOME", self.0.path()).current_dir(self.0.path());
        command.stdin(Stdio::null());
        command
    }

    pub(crate) fn run(&self, args: &[&str]) -> Run {
        self.command(args).output().unwrap().into()
    }

    /// Runs against http on loopback.
    pub(crate) fn local(&self, args: &[&str]) -> Run {
        self.command(args).env("SAFIRE_ALLOW_INSECURE_LOCALHOST", "1").output().unwrap().into()
    }

    /// Runs against http on loopback, expects success, and reads the JSON document.
    pub(crate) fn json(&self, args: &[&str]) -> Value {
        let mut args = args.to_vec();
        args.push("--json");
        self.local(&args).json()
    }

    pub(crate) fn registrations(&self) -> Vec<Value> {
        self.json(&["registrations"]).as_array().unwrap().clone()
    }

    /// Every file below the home with its bytes as a digest, so that a difference is short to read. SQLite notes
    /// its readers in `-shm`, which holds no data and is left out.
    pub(crate) fn digests(&self) -> BTreeMap<PathBuf, (usize, u64)> {
        let digest = |bytes: &Vec<u8>| {
            let mut hasher = DefaultHasher::new();
            bytes.hash(&mut hasher);
            (bytes.len(), hasher.finish())
        };
        let mut files = self.files();
        files.retain(|path, _| !path.to_string_lossy().ends_with("-shm"));
        files.into_iter().map(|(path, bytes)| (path, digest(&bytes))).collect()
    }

    /// Every file below the home with its bytes.
    pub(crate) fn files(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut found = BTreeMap::new();
        collect(self.0.path(), &mut found);
        found
    }

    /// A key file made by the command.
    pub(crate) fn key(&self, name: &str, algorithm: &str) -> String {
        let path = self.path(name).to_str().unwrap().to_owned();
        assert_eq!(self.run(&["keys", "generate", "--alg", algorithm, "--out", &path]).code, Some(0));
        path
    }
}

fn collect(folder: &Path, found: &mut BTreeMap<PathBuf, Vec<u8>>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, found);
        } else {
            found.insert(path.clone(), std::fs::read(&path).unwrap());
        }
    }
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Run {
    /// The one JSON document of a successful run.
    pub(crate) fn json(&self) -> Value {
        assert_eq!(self.code, Some(0), "{self:#?}");
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:#?}"))
    }

    /// The error of a failed run with `--json`: stdout is empty, the last line of stderr is the error, whole.
    pub(crate) fn error(&self) -> Value {
        assert_ne!(self.code, Some(0), "{self:#?}");
        assert_eq!(self.stdout, "", "{self:#?}");
        let line = self.stderr.lines().last().unwrap_or_default();
        let value: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {self:#?}"));
        let error = value["error"].as_object().unwrap();
        let names: Vec<&str> = error.keys().map(String::as_str).collect();
        assert_eq!(
            names,
            [
                "code",
                "message",
                "fault",
                "endpoint",
                "status",
                "server_error",
                "server_error_description",
                "server_error_uri",
                "hint",
                "retryable",
                "id"
            ]
        );
        value["error"].clone()
    }
}

/// A sandbox, and the runtime it lives in.
pub(crate) struct LiveSandbox {
    pub(crate) sandbox: Sandbox,
    runtime: Runtime,
}

impl LiveSandbox {
    pub(crate) fn start() -> Self {
        Self::with(|builder| builder)
    }

    pub(crate) fn with(set: impl FnOnce(SandboxBuilder) -> SandboxBuilder) -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let sandbox = runtime.block_on(set(Sandbox::builder()).start()).unwrap();
        Self { sandbox, runtime }
    }

    pub(crate) fn base(&self) -> String {
        self.sandbox.fhir_base().to_owned()
    }

    /// The trust community of its own.
    pub(crate) fn community(&self) -> Community {
        self.runtime.block_on(self.sandbox.udap_communities()).unwrap().remove(0)
    }
}

/// The arguments that register a small client.
pub(crate) fn register<'a>(base: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let mut args =
        vec!["register", base, "--client-name", "Test", "--redirect-uri", "http://127.0.0.1:8000/callback"];
    args.extend(more);
    args
}
