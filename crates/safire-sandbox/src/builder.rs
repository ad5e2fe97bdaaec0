//! Choices before the start.

use std::net::Ipv4Addr;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::authorize::Approval;
use crate::error::SandboxError;
use crate::listener;
use crate::lock::lock;
use crate::management::Management;
use crate::profile::Profile;
use crate::record::Recorder;
use crate::sandbox::Sandbox;
use crate::scope_syntax::ScopeSyntax;
use crate::setup::InitialAccess;
use crate::setup::Setup;
use crate::tenants::Mix;
use crate::tenants::World;
use crate::tls::Tls;
#[cfg(feature = "udap")]
use crate::udap::UdapSetup;

/// Collects choices, then starts.
#[derive(Debug, Default)]
#[must_use]
pub struct SandboxBuilder {
    port: u16,
    scheme: Scheme,
    recording: Recording,
    initial_access_token: Option<InitialAccess>,
    token_lifetime: Option<Duration>,
    profile: Option<String>,
    scopes: Option<ScopeSyntax>,
    management: Option<Management>,
    approval: Option<(String, String)>,
    faults: Vec<String>,
    tenants: u32,
    hosts: u8,
    shares: Vec<(String, u32)>,
    #[cfg(feature = "udap")]
    pub(crate) udap: UdapSetup,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Scheme {
    #[default]
    Http,
    Https,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Recording {
    #[default]
    On,
    Off,
}

impl SandboxBuilder {
    /// Listens on this port; without it, or with 0, on a free one.
    pub const fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Speaks TLS, with a certificate authority made for this run ([`Sandbox::ca_pem`]).
    pub const fn tls(mut self) -> Self {
        self.scheme = Scheme::Https;
        self
    }

    /// Refuses a registration without this token, RFC 7591 §3.
    pub fn require_initial_access_token(mut self, token: impl Into<String>) -> Self {
        self.initial_access_token = Some(InitialAccess(token.into()));
        self
    }

    /// How long access tokens live, in whole seconds; 300 s if not said.
    pub const fn token_lifetime(mut self, lifetime: Duration) -> Self {
        self.token_lifetime = Some(lifetime);
        self
    }

    /// Answers every authorization request at once, as if this user had agreed to all of it and chosen this patient:
    /// for tests and demos without a browser. The users are `clinician` and `patient`.
    pub fn auto_approve(mut self, user: impl Into<String>, patient: impl Into<String>) -> Self {
        self.approval = Some((user.into(), patient.into()));
        self
    }

    /// Behaves as a vendor's servers do: `epic`, `oracle`, `athena`, `keycloak`, `openemr`, `medplum`.
    ///
    /// [`crate::profiles`] says what is different with each.
    pub fn profile(mut self, name: impl Into<String>) -> Self {
        self.profile = Some(name.into());
        self
    }

    /// Grants resource scopes in this syntax only.
    pub const fn scope_syntax(mut self, syntax: ScopeSyntax) -> Self {
        self.scopes = Some(syntax);
        self
    }

    /// Lets clients manage their registrations in this way, RFC 7592.
    pub const fn management(mut self, management: Management) -> Self {
        self.management = Some(management);
        self
    }

    /// Starts with a fault on, as [`Sandbox::set_fault`] takes it.
    pub fn fault(mut self, spec: impl Into<String>) -> Self {
        self.faults.push(spec.into());
        self
    }

    /// Serves that many tenants too, each a server of its own with its own issuer, clients, faults and counts, at
    /// `/t/0/fhir`, `/t/1/fhir` and so on. A tenant costs next to nothing before its first request.
    pub const fn tenants(mut self, number: u32) -> Self {
        self.tenants = number;
        self
    }

    /// Gives that many tenants a manner: `slow`, `broken`, `redirecting`, `rate-limiting`, `hostile`, or the name of a
    /// profile. They are spread evenly, the same at each start; the others are as the sandbox is.
    pub fn share(mut self, manner: impl Into<String>, tenants: u32) -> Self {
        self.shares.push((manner.into(), tenants));
        self
    }

    /// Spreads the tenants over that many hosts, `127.0.1.0` and on, in turn: what one server asks of its host, as a pause,
    /// then touches few others. Each of these addresses must be on the loopback interface, as all of 127.0.0.0/8 are on
    /// Linux. Without TLS only.
    pub const fn hosts(mut self, number: u8) -> Self {
        self.hosts = number;
        self
    }

    /// Does not remember requests.
    pub const fn without_recording(mut self) -> Self {
        self.recording = Recording::Off;
        self
    }

    /// Starts on `127.0.0.1`.
    ///
    /// # Errors
    /// [`SandboxError`] for a port that cannot be had, certificates that cannot be made, a profile, manner, fault,
    /// user or patient that does not exist, more shares than tenants.
    pub async fn start(mut self) -> Result<Sandbox, SandboxError> {
        let setup = self.setup()?;
        let mix = Mix::read(self.tenants, &self.shares)?;
        if self.hosts != 0 && self.scheme == Scheme::Https {
            return Err(SandboxError::HostsWithTls);
        }
        let tls = match self.scheme {
            Scheme::Http => None,
            Scheme::Https => Some(Tls::make()?),
        };
        let wanted = SocketAddr::from((Ipv4Addr::LOCALHOST, self.port));
        let failed = |source| SandboxError::Listen { address: wanted, source };
        let listener = TcpListener::bind(wanted).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let port = address.port();
        let mut further = Vec::with_capacity(usize::from(self.hosts));
        for host in (0..self.hosts).map(World::host) {
            let address = SocketAddr::from((host, port));
            let bound = TcpListener::bind(address).await;
            further.push(bound.map_err(|source| SandboxError::Listen { address, source })?);
        }
        let scheme = if tls.is_some() { "https" } else { "http" };
        let recorder = match self.recording {
            Recording::On => Recorder::on(),
            Recording::Off => Recorder::off(),
        };
        let world = Arc::new(World::new(format!("{scheme}://{address}"), setup, recorder, mix, self.hosts));
        if let Some((user, patient)) = &self.approval {
            *lock(&world.root.approval) = Some(Approval::read(user, patient)?);
        }
        for spec in &self.faults {
            world.set_fault(spec)?;
        }
        let (stop, stopped) = watch::channel(());
        let (acceptor, ca_pem) = tls.map(|tls| (tls.acceptor, tls.ca_pem)).unzip();
        for listener in further {
            // They end with `stop`, as the first one does.
            tokio::spawn(listener::accept(listener, acceptor.clone(), Arc::clone(&world), stopped.clone()));
        }
        let task = tokio::spawn(listener::accept(listener, acceptor, Arc::clone(&world), stopped));
        Ok(Sandbox { address, ca_pem, world, task, _stop: stop })
    }

    fn setup(&mut self) -> Result<Setup, SandboxError> {
        let usual = Setup::default();
        Ok(Setup {
            initial_access_token: self.initial_access_token.take(),
            token_lifetime: self.token_lifetime.map_or(usual.token_lifetime, |lifetime| {
                i64::try_from(lifetime.as_secs()).unwrap_or(i64::MAX).clamp(0, LONGEST)
            }),
            profile: self.profile.as_deref().map_or(Ok(usual.profile), Profile::named)?,
            scopes: self.scopes,
            management: self.management,
            #[cfg(feature = "udap")]
            udap: std::mem::take(&mut self.udap),
        })
    }
}

/// A century, beyond which a time in seconds would soon be none.
const LONGEST: i64 = 3_155_760_000;
