//! Parameters in a query: the endpoint's own are kept byte for byte, ours come behind.

use url::Url;
use url::form_urlencoded;

/// One parameter by its name and value.
pub(super) type Parameter = (String, String);

/// The URL with `parameters` behind its own query.
pub(super) fn append(endpoint: &Url, parameters: &[Parameter]) -> Url {
    let mut query = endpoint.query().unwrap_or_default().to_owned();
    for (name, value) in parameters {
        if !query.is_empty() && !query.ends_with('&') {
            query.push('&');
        }
        push_encoded(&mut query, name);
        query.push('=');
        push_encoded(&mut query, value);
    }
    let mut url = endpoint.clone();
    url.set_query(Some(&query));
    url
}

/// A name that stands in the endpoint's query and in `parameters`, or in these twice.
pub(super) fn doubled(endpoint: &Url, parameters: &[Parameter]) -> Option<String> {
    let own: Vec<String> = form_urlencoded::parse(endpoint.query().unwrap_or_default().as_bytes())
        .map(|(name, _)| name.into_owned())
        .collect();
    parameters
        .iter()
        .enumerate()
        .find(|(index, (name, _))| {
            own.contains(name) || parameters.iter().take(*index).any(|(other, _)| other == name)
        })
        .map(|(_, (name, _))| name.clone())
}

/// RFC 3986 §2.3: everything but unreserved characters as `%XX`; a space too, as not every server reads `+`.
fn push_encoded(out: &mut String, text: &str) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    let digit = |nibble: u8| char::from(DIGITS.get(usize::from(nibble)).copied().unwrap_or(b'0'));
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.extend(['%', digit(byte >> 4), digit(byte & 0xf)]);
        }
    }
}
