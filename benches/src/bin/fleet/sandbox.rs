//! The sandbox as a process of its own, on the same cores as who asks it.

use std::io::BufRead as _;
use std::io::BufReader;
use std::path::Path;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;

use safire_benches::floor;
use serde_json::Value;

use crate::Outcome;

pub(crate) struct Sandbox {
    process: Child,
    origin: String,
}

impl Sandbox {
    pub(crate) fn start(safire: &Path, tenants: u32, more: &[String]) -> Outcome<Self> {
        let mut command = Command::new(safire);
        command.args(["sandbox", "--tenants", &tenants.to_string()]).args(more);
        let mut process = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
        let mut ready = String::new();
        BufReader::new(process.stdout.take().ok_or("no stdout")?).read_line(&mut ready)?;
        let ready: Value = serde_json::from_str(&ready)?;
        let origin = ready.get("issuer").and_then(Value::as_str).ok_or("no address")?.to_owned();
        Ok(Self { process, origin })
    }

    /// The FHIR base of each tenant.
    pub(crate) fn bases(&self) -> Outcome<Vec<String>> {
        Ok(self.ask("fhir-bases")?.lines().map(str::to_owned).collect())
    }

    /// What it counted, for each tenant that had anything to do.
    pub(crate) fn tenants(&self) -> Outcome<Vec<Value>> {
        let all: Value = serde_json::from_str(&self.ask("tenants")?)?;
        Ok(all.get("each").and_then(Value::as_array).cloned().ok_or("no counts")?)
    }

    fn ask(&self, what: &str) -> Outcome<String> {
        let url = format!("{}/_control/{what}", self.origin);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        Ok(runtime.block_on(async { floor::client().get(url).send().await?.text().await })?)
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
