//! One tenant, as a test wants to see it.

use std::sync::Arc;

use super::World;
use crate::client::IssuedClient;
use crate::counts::Counts;
use crate::error::SandboxError;
use crate::lock::lock;
use crate::state::State;

/// One of the servers that a sandbox with tenants is.
///
/// ```no_run
/// # async fn example() -> Result<(), safire_sandbox::SandboxError> {
/// let sandbox =
///     safire_sandbox::Sandbox::builder().tenants(1000).share("slow", 50).without_recording().start().await?;
/// for tenant in sandbox.tenants() {
///     println!("{} {}", tenant.fhir_base(), tenant.manner().unwrap_or("as it should be"));
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Tenant {
    world: Arc<World>,
    number: u32,
}

impl Tenant {
    pub(crate) fn of(world: &Arc<World>, number: u32) -> Option<Self> {
        (number < world.tenants()).then(|| Self { world: Arc::clone(world), number })
    }

    /// Its number.
    #[must_use]
    pub const fn number(&self) -> u32 {
        self.number
    }

    /// The issuer, which is also the start of every URL.
    #[must_use]
    pub fn issuer(&self) -> String {
        format!("{}{}", self.world.origin(self.number), World::path(self.number))
    }

    /// The FHIR base URL, where discovery begins.
    #[must_use]
    pub fn fhir_base(&self) -> String {
        format!("{}/fhir", self.issuer())
    }

    /// Where clients register.
    #[must_use]
    pub fn registration_endpoint(&self) -> String {
        format!("{}/register", self.issuer())
    }

    /// Where tokens are given.
    #[must_use]
    pub fn token_endpoint(&self) -> String {
        format!("{}/token", self.issuer())
    }

    /// The manner or profile that a share gave it.
    #[must_use]
    pub fn manner(&self) -> Option<&'static str> {
        self.world.manner(self.number).map(super::manner::Manner::name)
    }

    /// Turns a fault on here, as [`Sandbox::set_fault`](crate::Sandbox::set_fault) does everywhere.
    ///
    /// # Errors
    /// A name, endpoint or value that does not exist.
    pub fn set_fault(&self, spec: &str) -> Result<(), SandboxError> {
        self.state().map_or(Ok(()), |state| state.faults.set(spec))
    }

    /// Turns every fault of its own off, those of its manner too.
    pub fn clear_faults(&self) {
        if let Some(state) = self.state() {
            state.faults.clear();
        }
    }

    /// How often what happened here.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.world.touched(self.number).map_or_else(Counts::default, |state| state.counts())
    }

    /// The clients issued here, oldest first.
    #[must_use]
    pub fn clients(&self) -> Vec<IssuedClient> {
        let issued =
            |state: &Arc<State>| lock(&state.clients).values().map(|client| client.issued()).collect();
        self.world.touched(self.number).map(issued).unwrap_or_default()
    }

    fn state(&self) -> Option<Arc<State>> {
        self.world.tenant(self.number)
    }
}
