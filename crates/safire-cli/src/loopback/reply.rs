//! What is written back: a page or a way on, never kept, never framed, and without anything from elsewhere.

use std::io;

use tokio::io::AsyncWrite;
use tokio::io::AsyncWriteExt as _;

use super::page::Page;

/// The answer to one request.
#[derive(Debug)]
pub(super) enum Reply {
    /// A page.
    Page(Page),
    /// The page of another path: `303 See Other`, so that what stood in this URL stays in no history.
    Elsewhere(&'static str),
}

impl Reply {
    pub(super) async fn write(&self, stream: &mut (impl AsyncWrite + Unpin)) -> io::Result<()> {
        stream.write_all(self.to_text().as_bytes()).await?;
        stream.shutdown().await
    }

    fn to_text(&self) -> String {
        let (status, more, body) = match self {
            Self::Page(page) => (page.status(), String::new(), page.html()),
            Self::Elsewhere(path) => (303, format!("location: {path}\r\n"), String::new()),
        };
        let allow = if status == 405 { "allow: GET\r\n" } else { "" };
        format!(
            "HTTP/1.1 {status} {}\r\n{more}{allow}content-type: text/html; charset=utf-8\r\ncontent-length: {}\r\n\
             cache-control: no-store\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\n\
             x-frame-options: DENY\r\ncontent-security-policy: default-src 'none'; style-src 'unsafe-inline'; \
             img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'\r\n\
             cross-origin-opener-policy: same-origin\r\nconnection: close\r\n\r\n{body}",
            reason(status),
            body.len(),
        )
    }
}

const fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        303 => "See Other",
        404 => "Not Found",
        405 => "Method Not Allowed",
        431 => "Request Header Fields Too Large",
        _ => "Bad Request",
    }
}
