//! Where the database is and how the connection to it is protected, read from its URL.

use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use aws_lc_rs::digest;
use safire::store::StoreError;
use tokio_postgres::Config;
use tokio_postgres::config::Host;
use tokio_postgres::config::SslMode;

use crate::url::PostgresUrl;

/// Where the database is. The configuration holds a password: no `Debug`.
pub(crate) struct Address {
    pub(crate) config: Config,
    pub(crate) security: Security,
}

/// How the connection is protected, by the names of libpq's `sslmode`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Security {
    /// `disable`: not at all.
    Disable,
    /// `prefer`: encrypted if the server can; whose certificate it is does not matter.
    Prefer,
    /// `require`: encrypted; whose certificate it is does not matter.
    Require,
    /// `verify-full`: encrypted, and the certificate is for this host, from these roots or the system's.
    VerifyFull(Option<PathBuf>),
}

/// A database that does not answer a connection is not there.
const CONNECT: Duration = Duration::from_secs(5);
/// When a peer that acknowledges nothing is given up.
const SILENCE: Duration = Duration::from_secs(10);

impl Address {
    /// Reads the URL.
    ///
    /// # Errors
    /// [`StoreError::Open`]; it shows nothing of the URL but its masked form.
    pub(crate) fn read(url: &PostgresUrl) -> Result<Self, StoreError> {
        let refused = |detail: &str| StoreError::Open { store: url.to_string(), detail: detail.to_owned() };
        let (text, mode, roots) = divide(url.expose_secret());
        // What the parser says may hold a part of the password.
        let unreadable = "it is not a connection URL: `postgres://USER:PASSWORD@HOST:PORT/DATABASE`, with `sslmode` and \
                          `sslrootcert` and a few others behind `?`; other characters in a password are percent-encoded";
        let mut config = Config::from_str(&text).map_err(|_| refused(unreadable))?;
        if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
            return Err(refused("it names no host"));
        }
        let security = match (mode.as_deref(), roots.filter(|roots| roots != "system")) {
            (Some("disable"), _) => Security::Disable,
            (Some("prefer"), _) => Security::Prefer,
            (Some("require"), None) => Security::Require,
            // Whoever names roots wants them to matter.
            (Some("verify-full" | "require"), roots) => Security::VerifyFull(roots.map(PathBuf::from)),
            (Some(_), _) => {
                return Err(refused("its `sslmode` is none of disable, prefer, require, verify-full"));
            }
            (None, None) if is_near(&config) => Security::Prefer,
            (None, roots) => Security::VerifyFull(roots.map(PathBuf::from)),
        };
        config.ssl_mode(match &security {
            // No network in between, and the protocol has no TLS there.
            _ if is_socket(&config) => SslMode::Disable,
            Security::Disable => SslMode::Disable,
            Security::Prefer => SslMode::Prefer,
            Security::Require | Security::VerifyFull(_) => SslMode::Require,
        });
        if config.get_application_name().is_none() {
            config.application_name("safire");
        }
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECT);
        }
        if config.get_tcp_user_timeout().is_none() {
            config.tcp_user_timeout(SILENCE);
        }
        Ok(Self { config, security })
    }

    /// A name for the database that holds neither its password nor how the connection is protected.
    pub(crate) fn fingerprint(&self) -> String {
        let mut context = digest::Context::new(&digest::SHA256);
        let mut part = |text: &str| {
            context.update(&(text.len() as u64).to_be_bytes());
            context.update(text.as_bytes());
        };
        for host in self.config.get_hosts() {
            match host {
                Host::Tcp(name) => part(&name.to_ascii_lowercase()),
                #[cfg(unix)]
                Host::Unix(path) => part(&path.to_string_lossy()),
            }
        }
        for address in self.config.get_hostaddrs() {
            part(&address.to_string());
        }
        let ports = self.config.get_ports();
        for port in if ports.is_empty() { &[5432] } else { ports } {
            part(&port.to_string());
        }
        part(self.config.get_dbname().or_else(|| self.config.get_user()).unwrap_or_default());
        let hash = context.finish();
        hash.as_ref().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Address").field("security", &self.security).finish_non_exhaustive()
    }
}

/// The URL without the two members that the client library does not know, and these.
fn divide(url: &str) -> (String, Option<String>, Option<String>) {
    // The scheme's case does not matter to us; the library knows small letters only.
    let url = match url.split_once(':') {
        Some((scheme, rest)) => format!("{}:{rest}", scheme.to_ascii_lowercase()),
        None => url.to_owned(),
    };
    // The library ends the credentials at the first `@`; a `?` before it belongs to the password.
    let credentials = url.find('@').unwrap_or(0);
    let Some(query) = url.get(credentials..).and_then(|rest| rest.find('?')) else {
        return (url, None, None);
    };
    let (head, query) = url.split_at(credentials + query);
    let (mut mode, mut roots, mut others) = (None, None, Vec::new());
    for member in query.trim_start_matches('?').split('&').filter(|member| !member.is_empty()) {
        match member.split_once('=') {
            Some(("sslmode", value)) => mode = Some(value.to_owned()),
            Some(("sslrootcert", value)) => roots = Some(unescaped(value)),
            Some(_) | None => others.push(member),
        }
    }
    let mut text = head.to_owned();
    if !others.is_empty() {
        text.push('?');
        text.push_str(&others.join("&"));
    }
    (text, mode, roots)
}

/// A path with its percent-encoded bytes decoded; a `%` that encodes nothing stays.
fn unescaped(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('%') {
        bytes.extend_from_slice(before.as_bytes());
        let byte = after.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match byte {
            Some(byte) => bytes.push(byte),
            None => bytes.push(b'%'),
        }
        rest = if byte.is_some() { after.get(2..).unwrap_or_default() } else { after };
    }
    bytes.extend_from_slice(rest.as_bytes());
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Whether every way to the database stays on this machine.
fn is_near(config: &Config) -> bool {
    let near = |name: &str| {
        name.eq_ignore_ascii_case("localhost") || name.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
    };
    config.get_hostaddrs().iter().all(IpAddr::is_loopback)
        && config.get_hosts().iter().all(|host| match host {
            Host::Tcp(name) => near(name),
            #[cfg(unix)]
            Host::Unix(_) => true,
        })
}

fn is_socket(config: &Config) -> bool {
    let socket = |host: &Host| match host {
        Host::Tcp(_) => false,
        #[cfg(unix)]
        Host::Unix(_) => true,
    };
    !config.get_hosts().is_empty() && config.get_hosts().iter().all(socket)
}
