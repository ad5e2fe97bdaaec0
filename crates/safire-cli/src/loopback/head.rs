//! The head of one request, read with limits. What follows it is not read: only GET is answered.

use std::io;

use tokio::io::AsyncRead;
use tokio::io::AsyncReadExt as _;

/// No browser sends more for a page of ours; a code that is larger does not fit into a URL either.
const LONGEST: usize = 32 * 1024;

/// What is asked for.
#[derive(Debug)]
pub(super) struct Head {
    /// `GET`, usually.
    pub(super) method: String,
    /// What stands before `?`, as it came.
    pub(super) path: String,
    /// What stands behind it.
    pub(super) query: String,
    /// Whether the browser believes to talk to this machine. A name that somebody has pointed here is no such one.
    pub(super) host: HostField,
}

/// Whom the `Host` field names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum HostField {
    Loopback,
    Other,
}

/// Why there is no head.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum HeadError {
    /// Longer than is read.
    TooLong,
    /// Not HTTP/1.
    Malformed,
    /// The other side went away.
    Gone,
}

impl From<io::Error> for HeadError {
    fn from(_: io::Error) -> Self {
        Self::Gone
    }
}

impl Head {
    /// Reads until the empty line.
    pub(super) async fn read(stream: &mut (impl AsyncRead + Unpin)) -> Result<Self, HeadError> {
        let mut bytes = Vec::with_capacity(1024);
        loop {
            if let Some(end) = end_of(&bytes) {
                let text = bytes.get(..end).and_then(|head| std::str::from_utf8(head).ok());
                return text.and_then(Self::parse).ok_or(HeadError::Malformed);
            }
            if bytes.len() >= LONGEST {
                return Err(HeadError::TooLong);
            }
            if stream.read_buf(&mut bytes).await? == 0 {
                return Err(HeadError::Gone);
            }
        }
    }

    fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        let mut words = lines.next()?.split(' ');
        let (method, target, version) = (words.next()?, words.next()?, words.next()?);
        let is_http = matches!(version, "HTTP/1.1" | "HTTP/1.0") && words.next().is_none();
        if !is_http || method.is_empty() || !target.starts_with('/') {
            return None;
        }
        let fields = lines.filter_map(|line| line.split_once(':'));
        let mut hosts = fields
            .filter(|(name, _)| name.trim().eq_ignore_ascii_case("host"))
            .map(|(_, value)| host_of(value.trim()));
        let host = match (hosts.next(), hosts.next()) {
            (Some(host), None) => host,
            (Some(_) | None, _) => HostField::Other,
        };
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        Some(Self { method: method.to_owned(), path: path.to_owned(), query: query.to_owned(), host })
    }
}

fn end_of(bytes: &[u8]) -> Option<usize> {
    let at = |mark: &[u8]| bytes.windows(mark.len()).position(|window| window == mark);
    at(b"\r\n\r\n").or_else(|| at(b"\n\n"))
}

fn host_of(value: &str) -> HostField {
    let url = url::Url::parse(&format!("http://{value}/"));
    match url {
        Ok(url) if safire::protocol::url::is_loopback(&url) => HostField::Loopback,
        Ok(_) | Err(_) => HostField::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn read(text: &str) -> Result<Head, HeadError> {
        Head::read(&mut text.as_bytes()).await
    }

    #[tokio::test]
    async fn a_request_of_a_browser_is_read() {
        let head = read("GET /cb?code=a%2Fb&state=s HTTP/1.1\r\nHost: 127.0.0.1:8000\r\nA: b\r\n\r\n");
        let head = head.await.unwrap();
        assert_eq!(
            (head.method.as_str(), head.path.as_str(), head.query.as_str()),
            ("GET", "/cb", "code=a%2Fb&state=s")
        );
        assert_eq!(head.host, HostField::Loopback);
    }

    #[tokio::test]
    async fn names_that_only_lead_here_are_told_apart() {
        for (host, expected) in [
            ("localhost:80", HostField::Loopback),
            ("[::1]:9", HostField::Loopback),
            ("127.0.0.1.evil.example", HostField::Other),
            ("evil.example:8000", HostField::Other),
            ("", HostField::Other),
        ] {
            let head = read(&format!("GET / HTTP/1.1\r\nhost: {host}\r\n\r\n")).await.unwrap();
            assert_eq!(head.host, expected, "{host}");
        }
        let twice = read("GET / HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n").await.unwrap();
        assert_eq!(twice.host, HostField::Other);
    }

    #[tokio::test]
    async fn what_is_no_request_is_refused() {
        for text in ["\r\n\r\n", "GET /\r\n\r\n", "GET http://a/ HTTP/1.1\r\n\r\n", "GET / SIP/2.0\r\n\r\n"] {
            assert_eq!(read(text).await.unwrap_err(), HeadError::Malformed, "{text:?}");
        }
        assert_eq!(read("GET / HTTP/1.1\r\n").await.unwrap_err(), HeadError::Gone);
        let long = format!("GET /{} HTTP/1.1\r\n", "a".repeat(LONGEST));
        assert_eq!(read(&long).await.unwrap_err(), HeadError::TooLong);
    }
}
