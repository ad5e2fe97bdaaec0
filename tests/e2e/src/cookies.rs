//! Cookies of one host, RFC 6265, as far as authorization servers need them.

use http::HeaderMap;
use http::HeaderValue;
use http::header::SET_COOKIE;

/// What one browser keeps for one host. Names may come twice, with different paths.
#[derive(Debug, Default)]
pub(crate) struct CookieJar(Vec<Cookie>);

#[derive(Debug)]
struct Cookie {
    name: String,
    value: String,
    path: String,
}

impl CookieJar {
    /// Takes what an answer to a request for `path` sets, and drops what it takes back.
    pub(crate) fn take(&mut self, headers: &HeaderMap, path: &str) {
        let texts = headers.get_all(SET_COOKIE).iter().filter_map(|value| value.to_str().ok());
        for (cookie, is_alive) in texts.filter_map(|text| read(text, path)) {
            self.0.retain(|kept| kept.name != cookie.name || kept.path != cookie.path);
            if is_alive {
                self.0.push(cookie);
            }
        }
    }

    /// The `Cookie` header of a request for `path`.
    pub(crate) fn header(&self, path: &str) -> Option<HeaderValue> {
        let fitting = self.0.iter().filter(|cookie| cookie.fits(path));
        let pairs: Vec<String> = fitting.map(|cookie| format!("{}={}", cookie.name, cookie.value)).collect();
        if pairs.is_empty() { None } else { HeaderValue::from_str(&pairs.join("; ")).ok() }
    }
}

impl Cookie {
    /// RFC 6265 §5.1.4.
    fn fits(&self, path: &str) -> bool {
        path.strip_prefix(self.path.as_str())
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || self.path.ends_with('/'))
    }
}

/// A cookie, and whether it is to be kept: one with nothing in it is how servers take theirs back.
fn read(text: &str, request_path: &str) -> Option<(Cookie, bool)> {
    let (pair, attributes) = text.split_once(';').unwrap_or((text, ""));
    let (name, value) = pair.split_once('=')?;
    let attribute = |wanted: &str| {
        let pairs = attributes.split(';').filter_map(|attribute| attribute.split_once('='));
        pairs
            .filter(|(name, _)| name.trim().eq_ignore_ascii_case(wanted))
            .map(|(_, value)| value.trim())
            .next_back()
    };
    let folder = request_path.rsplit_once('/').map_or("/", |(folder, _)| folder);
    let path = attribute("path").filter(|path| path.starts_with('/')).unwrap_or(folder);
    let is_alive = !value.trim().is_empty() && attribute("max-age") != Some("0");
    let cookie = Cookie {
        name: name.trim().to_owned(),
        value: value.trim().to_owned(),
        path: if path.is_empty() { "/".to_owned() } else { path.to_owned() },
    };
    Some((cookie, is_alive))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jar(answers: &[(&str, &str)]) -> CookieJar {
        let mut jar = CookieJar::default();
        for (path, text) in answers {
            let mut headers = HeaderMap::new();
            headers.append(SET_COOKIE, HeaderValue::from_str(text).unwrap());
            jar.take(&headers, path);
        }
        jar
    }

    fn sent(jar: &CookieJar, path: &str) -> String {
        jar.header(path).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
    }

    #[test]
    fn a_cookie_goes_to_its_path_and_below() {
        let jar = jar(&[
            ("/auth", "a=1; Path=/interaction/x; HttpOnly"),
            ("/auth/deep", "b=2"),
            ("/", "c=3; path=/"),
        ]);
        assert_eq!(sent(&jar, "/interaction/x/login"), "a=1; c=3");
        assert_eq!(sent(&jar, "/interaction/xy"), "c=3");
        assert_eq!(sent(&jar, "/auth/other"), "b=2; c=3");
    }

    #[test]
    fn the_last_value_counts_and_an_empty_one_ends_it() {
        let set = ("/", "a=1; path=/");
        assert_eq!(sent(&jar(&[set, ("/", "a=2; path=/")]), "/"), "a=2");
        assert_eq!(sent(&jar(&[set, ("/", "a=; path=/; expires=Thu, 01 Jan 1970 00:00:00 GMT")]), "/"), "");
        assert_eq!(sent(&jar(&[set, ("/", "a=3; path=/; Max-Age=0")]), "/"), "");
    }
}
