//! How servers are reached.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use safire::Error;
use safire::Server;
use safire::clock::SystemClock;
use safire::error::Stage;
use safire::fleet::PaceLimits;
use safire::fleet::PacedTransport;
use safire::protocol::url::LoopbackHttp;
use safire::server::ServerBuilder;
use safire::transport::Exchange;
use safire::transport::Explained;
use safire::transport::HttpTransport;
use safire::transport::HttpTransportBuilder;
use safire::transport::Transport;
use safire::transport::TransportError;

use super::duration::span;
use super::text_file::read_file;
use crate::args::ConnectionArgs;
use crate::args::GlobalArgs;
use crate::environment;
use crate::failure::Failure;
use crate::output;

/// A bundle of FHIR resources is larger than any answer of an authorization server.
const FHIR_BODY_LIMIT: usize = 64 * 1024 * 1024;

/// A connection that nobody uses is an open file, and there are thousands of hosts.
const FLEET_IDLE: Duration = Duration::from_secs(5);
/// The largest revocation list that is read; each need has a smaller limit of its own.
const EVIDENCE_BODY_LIMIT: usize = 32 * 1024 * 1024;

/// What is asked for, by which answers are limited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Answers {
    /// Documents, registrations and tokens.
    #[default]
    Protocol,
    /// FHIR resources too.
    Fhir,
    /// Documents and registrations of thousands of hosts.
    OfFleet,
}

/// How servers are reached, ready for use.
#[derive(Debug)]
pub(crate) struct Connection {
    transport: Arc<dyn Transport>,
    loopback: LoopbackHttp,
    auth_hosts: Vec<String>,
    timeout: Option<String>,
    explain: bool,
}

impl Connection {
    /// Reads the files and checks the values.
    pub(crate) fn plan(global: &GlobalArgs, answers: Answers) -> Result<Self, Failure> {
        let args = &global.connection;
        let loopback = loopback(args);
        let mut builder = HttpTransport::builder().loopback(loopback);
        builder = match answers {
            Answers::Protocol => builder,
            Answers::Fhir => builder.body_limit(FHIR_BODY_LIMIT),
            Answers::OfFleet => builder.idle_timeout(FLEET_IDLE),
        };
        builder = with_timeout(builder, args.timeout.as_deref())?;
        if let Some(path) = &args.ca_file {
            let pem = read_file("CA file", path)?;
            builder = builder.only_roots(&pem).map_err(|error| unusable(path, error))?;
        }
        if let Some(path) = &args.extra_ca {
            let pem = read_file("CA file", path)?;
            builder = builder.extra_roots(&pem).map_err(|error| unusable(path, error))?;
        }
        let transport = explained(global.explain, Arc::new(builder.build()));
        let auth_hosts = args.auth_host.iter().map(|host| host_name(host)).collect::<Result<_, _>>()?;
        Ok(Self { transport, loopback, auth_hosts, timeout: args.timeout.clone(), explain: global.explain })
    }

    /// The same, with every host asked no faster than this.
    pub(crate) fn paced(mut self, limits: PaceLimits) -> Self {
        let clock = Arc::new(SystemClock::new());
        self.transport = Arc::new(PacedTransport::new(self.transport, clock, limits));
        self
    }

    /// How revocation lists, issuers and OCSP answers are fetched: they are signed, and certificates name http.
    pub(crate) fn evidence(&self) -> Result<Arc<dyn Transport>, Failure> {
        let builder = HttpTransport::builder().loopback(self.loopback).body_limit(EVIDENCE_BODY_LIMIT);
        let builder = with_timeout(builder, self.timeout.as_deref())?;
        Ok(explained(self.explain, Arc::new(builder.for_signed_evidence().build())))
    }

    /// What everything is sent through.
    pub(crate) fn transport(&self) -> Arc<dyn Transport> {
        Arc::clone(&self.transport)
    }

    /// The hosts that endpoints are pinned to.
    pub(crate) fn auth_hosts(&self) -> &[String] {
        &self.auth_hosts
    }

    /// The server at `base`, reached this way.
    pub(crate) fn server(&self, base: &str) -> ServerBuilder {
        Server::builder(base)
            .loopback(self.loopback)
            .auth_hosts(self.auth_hosts.clone())
            .transport(Arc::clone(&self.transport))
    }
}

fn explained(explain: bool, transport: Arc<dyn Transport>) -> Arc<dyn Transport> {
    if !explain {
        return transport;
    }
    let tell = |exchange: &Exchange| output::write_stderr(&output::show_exchange(exchange));
    Arc::new(Explained::new(transport, Arc::new(SystemClock::new()), Arc::new(tell)))
}

/// Whether http on loopback was allowed, on the command line or in the environment.
pub(crate) fn loopback(args: &ConnectionArgs) -> LoopbackHttp {
    if args.allow_insecure_localhost || environment::allows_insecure_localhost() {
        LoopbackHttp::Allowed
    } else {
        LoopbackHttp::Refused
    }
}

fn with_timeout(builder: HttpTransportBuilder, text: Option<&str>) -> Result<HttpTransportBuilder, Failure> {
    let Some(text) = text else { return Ok(builder) };
    let limit = span("--timeout", text)?;
    Ok(builder.timeout(limit).read_timeout(limit).connect_timeout(limit))
}

fn unusable(path: &Path, error: TransportError) -> Failure {
    if let TransportError::Setting { setting, detail } = error {
        return Failure::Usage {
            code: "ca-file-unusable",
            message: format!("the file {} of `--{setting}` is not usable: {detail}", path.display()),
            hint: Some("name a file with CA certificates in PEM".to_owned()),
        };
    }
    Error::Transport { stage: Stage::Setup, source: error }.into()
}

fn host_name(text: &str) -> Result<String, Failure> {
    match url::Host::parse(text) {
        Ok(host) => Ok(host.to_string()),
        Err(_) => Err(Failure::usage(
            format!("`--auth-host` is not the name of a host: `{text}`"),
            "give the bare name, without scheme, port or path, such as `auth.example.com`",
        )),
    }
}
