//! The registered redirect URIs to which a browser can come back here.

use std::net::IpAddr;
use std::net::Ipv4Addr;

use safire::protocol::registration::Registration;
use safire::protocol::url::is_loopback;
use safire::store::RecordId;
use serde_json::Value;
use url::Host;
use url::Url;

use crate::failure::Failure;

/// The redirect URI that a command can be reached at, at any port (RFC 8252 §7.3).
const TO_REGISTER: &str = "http://127.0.0.1/callback";

/// A registered redirect URI on loopback, kept letter by letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LoopbackRedirect {
    registered: String,
    /// Where the authority's host ends and the port, if any, begins; where the authority ends.
    host_end: usize,
    authority_end: usize,
    address: IpAddr,
    port: Option<u16>,
    path: String,
}

impl LoopbackRedirect {
    /// All that the client has registered, in their order; at least one.
    pub(crate) fn all_of(id: &RecordId, registration: &Registration) -> Result<Vec<Self>, Failure> {
        let granted = &registration.granted().redirect_uris;
        let requested = registration.requested().get("redirect_uris").and_then(Value::as_array);
        let requested = requested.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned);
        let registered = if granted.is_empty() { requested.collect() } else { granted.clone() };
        let found: Vec<Self> = registered.iter().filter_map(|uri| Self::parse(uri)).collect();
        if found.is_empty() { Err(none(id, &registered)) } else { Ok(found) }
    }

    /// An http URI on loopback; `None` for any other.
    fn parse(text: &str) -> Option<Self> {
        let url = Url::parse(text).ok()?;
        let is_plain = url.scheme() == "http"
            && is_loopback(&url)
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none();
        let address = match url.host()? {
            Host::Domain(_) => IpAddr::V4(Ipv4Addr::LOCALHOST),
            Host::Ipv4(address) => IpAddr::V4(address),
            Host::Ipv6(address) => IpAddr::V6(address),
        };
        let from = text.find("://")? + "://".len();
        let rest = text.get(from..)?;
        let authority = rest.get(..rest.find(['/', '?', '#']).unwrap_or(rest.len()))?;
        let host = match authority.rfind(']') {
            Some(bracket) => bracket + 1,
            None => authority.find(':').unwrap_or(authority.len()),
        };
        // `Url` forgets a port 80 that was written down.
        let port = authority.get(host..)?.strip_prefix(':').and_then(|digits| digits.parse().ok());
        is_plain.then(|| Self {
            registered: text.to_owned(),
            host_end: from + host,
            authority_end: from + authority.len(),
            address,
            port,
            path: url.path().to_owned(),
        })
    }

    /// As it was registered.
    pub(crate) fn registered(&self) -> &str {
        &self.registered
    }

    /// Where to listen.
    pub(crate) const fn address(&self) -> IpAddr {
        self.address
    }

    /// The port registered, where one is.
    pub(crate) const fn port(&self) -> Option<u16> {
        self.port
    }

    /// The path as a browser asks for it.
    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    /// The URI with this port; letter by letter the registered one where that has it.
    pub(crate) fn with_port(&self, port: u16) -> String {
        if self.port.unwrap_or(80) == port {
            return self.registered.clone();
        }
        let front = self.registered.get(..self.host_end).unwrap_or_default();
        let rest = self.registered.get(self.authority_end..).unwrap_or_default();
        format!("{front}:{port}{rest}")
    }
}

fn none(id: &RecordId, registered: &[String]) -> Failure {
    let register = format!(
        "register the client with `--redirect-uri {TO_REGISTER}`, which is good for any port; one that a portal made is added again with `safire registration add --redirect-uri`"
    );
    let message = if registered.is_empty() {
        format!("registration `{id}` has no redirect URI to which a browser could come back")
    } else {
        let shown: Vec<String> = registered.iter().map(|uri| format!("`{}`", shown(uri))).collect();
        format!(
            "registration `{id}` has only {}: a browser cannot come back to a command there, only to http on loopback",
            shown.join(", ")
        )
    };
    Failure::Usage { code: "no-loopback-redirect", message, hint: Some(register) }
}

fn shown(uri: &str) -> String {
    uri.split(['?', '#']).next().unwrap_or_default().chars().filter(|c| !c.is_control()).take(120).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_port_varies_and_nothing_else() {
        for (registered, port, expected) in [
            ("http://127.0.0.1:8000/callback", 8000, "http://127.0.0.1:8000/callback"),
            ("http://127.0.0.1:8000/callback", 9000, "http://127.0.0.1:9000/callback"),
            ("http://127.0.0.1/callback", 9000, "http://127.0.0.1:9000/callback"),
            ("http://127.0.0.1/callback", 80, "http://127.0.0.1/callback"),
            ("http://127.0.0.1:80/cb", 80, "http://127.0.0.1:80/cb"),
            ("http://[::1]/cb?a=b:c", 9000, "http://[::1]:9000/cb?a=b:c"),
            ("http://[::1]:1/cb", 9000, "http://[::1]:9000/cb"),
            ("http://localhost", 9000, "http://localhost:9000"),
            ("HTTP://LocalHost:7?x=/:", 9000, "HTTP://LocalHost:9000?x=/:"),
        ] {
            let redirect = LoopbackRedirect::parse(registered).unwrap();
            assert_eq!(redirect.with_port(port), expected, "{registered}");
        }
    }

    #[test]
    fn only_http_on_loopback_is_listened_at() {
        for uri in [
            "https://127.0.0.1:8443/cb",
            "http://app.example.com/cb",
            "com.example.app:/cb",
            "http://user@127.0.0.1/cb",
            "http://127.0.0.1.example.com/cb",
            "urn:ietf:wg:oauth:2.0:oob",
            "http://127.0.0.1/cb#x",
        ] {
            assert_eq!(LoopbackRedirect::parse(uri), None, "{uri}");
        }
        let redirect = LoopbackRedirect::parse("http://localhost:80").unwrap();
        assert_eq!((redirect.port(), redirect.path()), (Some(80), "/"));
        assert_eq!(redirect.address().to_string(), "127.0.0.1");
    }
}
