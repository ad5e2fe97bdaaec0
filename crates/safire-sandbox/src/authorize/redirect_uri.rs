//! Whether a redirect URI is a registered one.

use url::Host;
use url::Url;

use crate::client::Client;

/// Letter by letter (RFC 9700 §4.1.3); a native app's loopback URI may have any port (RFC 8252 §7.3).
pub(super) fn is_registered(client: &Client, uri: &str) -> bool {
    client
        .redirect_uris
        .iter()
        .any(|registered| registered == uri || (client.is_native() && differ_in_port_only(registered, uri)))
}

fn differ_in_port_only(registered: &str, uri: &str) -> bool {
    let (Some(registered), Some(uri)) = (loopback(registered), loopback(uri)) else { return false };
    registered == uri
}

/// A loopback URI without its port.
fn loopback(text: &str) -> Option<Url> {
    let mut url = Url::parse(text).ok()?;
    let is_loopback = match url.host()? {
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
        Host::Domain(name) => name.eq_ignore_ascii_case("localhost"),
    };
    let plain = url.scheme() == "http" && url.username().is_empty() && url.password().is_none();
    if !is_loopback || !plain || url.fragment().is_some() {
        return None;
    }
    url.set_port(None).ok()?;
    Some(url)
}
