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
use crate::record::Recorder;
use crate::sandbox::Sandbox;
use crate::state::InitialAccess;
use crate::state::State;
use crate::tls::Tls;

/// Collects choices, then starts.
#[derive(Debug, Default)]
#[must_use]
pub struct SandboxBuilder {
    port: u16,
    scheme: Scheme,
    recording: Recording,
    initial_access_token: Option<InitialAccess>,
    token_lifetime: Option<Duration>,
    approval: Option<(String, String)>,
    faults: Vec<String>,
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

    /// Starts with a fault on, as [`Sandbox::set_fault`] takes it.
    pub fn fault(mut self, spec: impl Into<String>) -> Self {
        self.faults.push(spec.into());
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
    /// [`SandboxError`] for a port that cannot be had, certificates that cannot be made, a fault, user or patient that
    /// does not exist.
    pub async fn start(self) -> Result<Sandbox, SandboxError> {
        let tls = match self.scheme {
            Scheme::Http => None,
            Scheme::Https => Some(Tls::make()?),
        };
        let wanted = SocketAddr::from((Ipv4Addr::LOCALHOST, self.port));
        let failed = |source| SandboxError::Listen { address: wanted, source };
        let listener = TcpListener::bind(wanted).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let scheme = if tls.is_some() { "https" } else { "http" };
        let recorder = match self.recording {
            Recording::On => Recorder::on(),
            Recording::Off => Recorder::off(),
        };
        let lifetime = self.token_lifetime.map_or(LIFETIME, |lifetime| {
            i64::try_from(lifetime.as_secs()).unwrap_or(i64::MAX).clamp(0, LONGEST)
        });
        let origin = format!("{scheme}://{address}");
        let state = Arc::new(State::new(origin, self.initial_access_token, recorder, lifetime));
        if let Some((user, patient)) = &self.approval {
            *lock(&state.approval) = Some(Approval::read(user, patient)?);
        }
        for spec in &self.faults {
            state.faults.set(spec)?;
        }
        let (stop, stopped) = watch::channel(());
        let (acceptor, ca_pem) = tls.map(|tls| (tls.acceptor, tls.ca_pem)).unzip();
        let task = tokio::spawn(listener::accept(listener, acceptor, Arc::clone(&state), stopped));
        Ok(Sandbox { address, ca_pem, state, task, _stop: stop })
    }
}

/// SMART recommends at most five minutes for backend services.
const LIFETIME: i64 = 300;

/// A century, beyond which a time in seconds would soon be none.
const LONGEST: i64 = 3_155_760_000;
