//! A running sandbox.

use std::net::SocketAddr;
use std::sync::Arc;

use serde_json::Map;
use serde_json::Value;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::authorize::Approval;
use crate::builder::SandboxBuilder;
use crate::client::IssuedClient;
use crate::counts::Counts;
use crate::endpoint::JWKS_PATH;
use crate::error::SandboxError;
use crate::launch::Launch;
use crate::launch::LaunchContext;
use crate::lock::lock;
use crate::ready::Ready;
use crate::record::RecordedRequest;
use crate::register;
use crate::tenants::Tenant;
use crate::tenants::World;

/// A strict authorization server and a small FHIR server on loopback; it stops when dropped.
///
/// It runs on the Tokio runtime that it was started on.
///
/// ```no_run
/// # async fn example() -> Result<(), safire_sandbox::SandboxError> {
/// let sandbox = safire_sandbox::Sandbox::start().await?;
/// println!("{}", sandbox.fhir_base());
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Sandbox {
    pub(crate) address: SocketAddr,
    pub(crate) ca_pem: Option<String>,
    pub(crate) world: Arc<World>,
    pub(crate) task: JoinHandle<()>,
    /// Dropped with the sandbox, which ends the accept loop and every connection.
    pub(crate) _stop: watch::Sender<()>,
}

impl Sandbox {
    /// Starts on `127.0.0.1` at a free port, without TLS.
    ///
    /// # Errors
    /// [`SandboxError::Listen`] when there is no port to listen on.
    pub async fn start() -> Result<Self, SandboxError> {
        Self::builder().start().await
    }

    /// Starts with choices.
    pub fn builder() -> SandboxBuilder {
        SandboxBuilder::default()
    }

    /// The FHIR base URL, where discovery begins.
    #[must_use]
    pub fn fhir_base(&self) -> String {
        self.world.root.fhir_base()
    }

    /// The authorization server's issuer, which is also the origin of every URL.
    #[must_use]
    pub fn issuer(&self) -> String {
        self.world.root.issuer.clone()
    }

    /// Where clients register.
    #[must_use]
    pub fn registration_endpoint(&self) -> String {
        format!("{}/register", self.world.root.issuer)
    }

    /// Where tokens are given.
    #[must_use]
    pub fn token_endpoint(&self) -> String {
        self.world.root.token_endpoint()
    }

    /// Where the server's own keys are.
    #[must_use]
    pub fn jwks_uri(&self) -> String {
        format!("{}{JWKS_PATH}", self.world.root.issuer)
    }

    /// Where users log in.
    #[must_use]
    pub fn authorization_endpoint(&self) -> String {
        format!("{}/authorize", self.world.root.issuer)
    }

    /// Where tokens are asked about.
    #[must_use]
    pub fn introspection_endpoint(&self) -> String {
        format!("{}/introspect", self.world.root.issuer)
    }

    /// Where tokens are ended.
    #[must_use]
    pub fn revocation_endpoint(&self) -> String {
        format!("{}/revoke", self.world.root.issuer)
    }

    /// The address listened on.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The certificate authority to trust, when TLS is on.
    #[must_use]
    pub fn ca_pem(&self) -> Option<&str> {
        self.ca_pem.as_deref()
    }

    /// Launches an app from the EHR, and gives the value of `launch` for its launch URL; [`fhir_base`](Self::fhir_base)
    /// is the value of `iss`.
    ///
    /// # Errors
    /// A user, patient or encounter that does not exist.
    pub fn launch(&self, context: LaunchContext) -> Result<String, SandboxError> {
        Launch::begin(&self.world.root, context)
    }

    /// Answers every authorization request at once from now on, as
    /// [`SandboxBuilder::auto_approve`] does from the start.
    ///
    /// # Errors
    /// A user or patient that does not exist.
    pub fn auto_approve(&self, user: &str, patient: &str) -> Result<(), SandboxError> {
        let approval = Approval::read(user, patient)?;
        *lock(&self.world.root.approval) = Some(approval);
        Ok(())
    }

    /// Shows the pages again.
    pub fn ask_again(&self) {
        *lock(&self.world.root.approval) = None;
    }

    /// Adds a client as somebody does in a vendor's portal, and gives what registration would have answered: an app
    /// needs this where the profile has no registration, or wants an app to be known first.
    ///
    /// # Errors
    /// [`SandboxError::Metadata`] for metadata that registration would refuse.
    pub fn add_client(&self, metadata: &Value) -> Result<Map<String, Value>, SandboxError> {
        register::add(&self.world.root, metadata.to_string().as_bytes())
    }

    /// Approves a client that waits for it, as an administrator does.
    ///
    /// # Errors
    /// [`SandboxError::UnknownClient`].
    pub fn approve(&self, client_id: &str) -> Result<(), SandboxError> {
        self.world.root.approve(client_id)
    }

    /// Puts new signing keys in place of the old ones, which are no longer published.
    pub fn rotate_keys(&self) {
        self.world.root.keys.rotate();
    }

    /// One of the tenants, from 0 on, or `None` for a number that none has.
    #[must_use]
    pub fn tenant(&self, number: u32) -> Option<Tenant> {
        Tenant::of(&self.world, number)
    }

    /// All tenants.
    pub fn tenants(&self) -> impl Iterator<Item = Tenant> {
        (0..self.world.tenants()).filter_map(|number| self.tenant(number))
    }

    /// Turns a fault on, `[tenant N:][ENDPOINT:]NAME[=VALUE]`, in place of what was on at its endpoints.
    ///
    /// Without an endpoint it is on wherever it can occur. Without a tenant it is on at every one that has no fault of
    /// its own there. [`crate::faults`] lists the names.
    ///
    /// # Errors
    /// A name, endpoint or value that does not exist; the error lists names that are close.
    pub fn set_fault(&self, spec: &str) -> Result<(), SandboxError> {
        self.world.set_fault(spec)
    }

    /// Turns every fault off but those of single tenants.
    pub fn clear_faults(&self) {
        self.world.root.faults.clear();
    }

    /// The requests received, oldest first, at most 10,000; control calls are left out.
    #[must_use]
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.world.root.recorder.all()
    }

    /// How often what happened, at all tenants together.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.world.root.counts()
    }

    /// The clients issued, oldest first, whether or not their answer arrived; those of tenants are told by them.
    #[must_use]
    pub fn clients(&self) -> Vec<IssuedClient> {
        lock(&self.world.root.clients).values().map(|client| client.issued()).collect()
    }

    /// What the command prints once the server listens.
    #[must_use]
    pub fn ready(&self) -> Ready {
        Ready { fhir_base: self.fhir_base(), issuer: self.issuer(), pid: std::process::id() }
    }

    /// Runs until the process is told to end.
    pub async fn stopped(mut self) {
        // The loop ends only with its task; a task that was aborted has ended too.
        let _ = (&mut self.task).await;
    }
}
