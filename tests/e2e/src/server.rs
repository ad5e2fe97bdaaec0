//! A real server that runs for as long as the value that stands for it.

use std::process::Command;

use bytes::Bytes;
use http::HeaderMap;
use http::Method;

use crate::failure::Failure;
use crate::failure::Missing;
use crate::http::Http;
use crate::install::Launch;
use crate::install::leave_out;
use crate::process::Process;

/// What a server writes when it may be used, with its issuer behind it.
const READY: &str = "listening on ";
/// How a server is started. The default is open registration and a registration access token that stays.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The initial access token that registration asks for (RFC 7591 §3); open registration where there is none.
    pub initial_access_token: Option<String>,
    /// Whether an update changes the registration access token (RFC 7592 §3).
    pub rotation: Rotation,
    /// How many seconds an access token lives; 300 where there is none.
    pub token_lifetime: Option<u32>,
}

impl Options {
    /// Registration asks for this initial access token.
    pub fn with_initial_access_token(token: impl Into<String>) -> Self {
        Self { initial_access_token: Some(token.into()), ..Self::default() }
    }

    /// An update answers with a new registration access token.
    #[must_use]
    pub fn rotating(self) -> Self {
        Self { rotation: Rotation::Rotating, ..self }
    }

    /// Access tokens live this many seconds.
    #[must_use]
    pub fn with_token_lifetime(self, seconds: u32) -> Self {
        Self { token_lifetime: Some(seconds), ..self }
    }
}

/// What an update does to the registration access token (RFC 7592 §3).
#[derive(Debug, Clone, Copy, Default)]
pub enum Rotation {
    /// It stays as it was.
    #[default]
    Fixed,
    /// Each update answers with a new one, and the old one ends.
    Rotating,
}

/// A server that runs until this value is dropped.
#[derive(Debug)]
pub struct Running {
    process: Process,
    issuer: String,
}

impl Running {
    /// The issuer, `http://127.0.0.1:<port>`.
    pub fn issuer(&self) -> String {
        self.issuer.clone()
    }

    /// The FHIR base URL, below which the SMART document and `Patient/example` are.
    pub fn fhir_base(&self) -> String {
        format!("{}/fhir", self.issuer)
    }

    /// Gives the issuer new signing keys; the old ones are gone.
    ///
    /// # Errors
    ///
    /// The server does not answer.
    pub async fn rotate_signing_keys(&self) -> Result<(), Failure> {
        self.switch("rotate-keys").await
    }

    /// Puts the server's clock forward, so that nothing has to wait for a token's end.
    ///
    /// # Errors
    ///
    /// The server does not answer.
    pub async fn advance_clock(&self, seconds: u32) -> Result<(), Failure> {
        self.switch(&format!("advance?seconds={seconds}")).await
    }

    async fn switch(&self, name: &str) -> Result<(), Failure> {
        let url = format!("{}/testing/{name}", self.issuer);
        let answer = Http::new().send(Method::POST, &url, HeaderMap::new(), Bytes::new()).await?;
        if answer.status().is_success() {
            return Ok(());
        }
        Err(Failure::new(format!("{url} answered {}; the server wrote:\n{}", answer.status(), self.log())))
    }

    /// The last lines that the server wrote: what to show beside a failed assertion.
    pub fn log(&self) -> String {
        self.process.log()
    }

    /// Installation and start block, so they run beside the caller's runtime.
    pub(crate) async fn start_in_background(
        name: &'static str,
        install: fn() -> Result<Launch, Missing>,
        options: Options,
    ) -> Result<Option<Self>, Failure> {
        let start = move || match install() {
            Ok(launch) => Self::start(name, &launch, &options).map(Some),
            Err(missing) => leave_out(name, &missing).map(|()| None),
        };
        tokio::task::spawn_blocking(start)
            .await
            .map_err(|error| Failure::new(format!("starting {name} ended early: {error}")))?
    }

    fn start(name: &str, launch: &Launch, options: &Options) -> Result<Self, Failure> {
        let mut command = Command::new(&launch.program);
        command
            .arg(&launch.script)
            .env("PORT", "0")
            .env("IAT", options.initial_access_token.as_deref().unwrap_or_default())
            .env(
                "ROTATE",
                match options.rotation {
                    Rotation::Fixed => "0",
                    Rotation::Rotating => "1",
                },
            )
            .env("TTL", options.token_lifetime.map(|seconds| seconds.to_string()).unwrap_or_default());
        let (process, issuer) = Process::start(name, &mut command, READY)?;
        Ok(Self { process, issuer })
    }
}
