//! Redirect URIs, RFC 6749 §3.1.2 and RFC 8252 §7.

use url::Host;
use url::Url;

/// Why a redirect URI is refused, or nothing.
pub(super) fn fault(text: &str) -> Option<&'static str> {
    let Ok(url) = Url::parse(text) else { return Some("is no absolute URI") };
    if url.fragment().is_some() {
        return Some("has a fragment");
    }
    if text.contains('*') {
        return Some("has a wildcard");
    }
    match url.scheme() {
        "https" => None,
        "http" if is_loopback(&url) => None,
        "http" => Some("uses http at a host that is not loopback"),
        // RFC 8252 §7.1: a private-use scheme is a domain name in reverse, so it has a dot.
        scheme if scheme.contains('.') => None,
        _ => Some("has a scheme that is neither https nor a private-use one"),
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        None => false,
    }
}
