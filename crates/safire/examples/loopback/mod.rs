//! The smallest listener that a browser can come back to; `safire login` has one that is more careful.

use std::error::Error;
use std::time::Duration;

use tokio::io::AsyncBufReadExt as _;
use tokio::io::AsyncReadExt as _;
use tokio::io::AsyncWriteExt as _;
use tokio::io::BufReader;
use tokio::net::TcpListener;
use tokio::net::TcpStream;
use url::Url;

/// Waits until the browser opens `path`, and gives the whole URL and the way to answer.
pub(crate) async fn browser_at(
    listener: &TcpListener,
    path: &str,
) -> Result<(Url, TcpStream), Box<dyn Error>> {
    let origin = format!("http://{}", listener.local_addr()?);
    loop {
        let (mut stream, _) = listener.accept().await?;
        // Browsers open connections ahead of need, and say nothing on them.
        let target = tokio::time::timeout(Duration::from_secs(2), target_of(&mut stream)).await;
        let url = target.ok().flatten().and_then(|target| Url::parse(&format!("{origin}{target}")).ok());
        match url {
            Some(url) if url.path() == path => return Ok((url, stream)),
            Some(_) | None => answer(stream, "404 Not Found", "").await,
        }
    }
}

/// What a `GET` asks for; the rest of its head is read and dropped.
async fn target_of(stream: &mut TcpStream) -> Option<String> {
    let mut lines = BufReader::new(stream.take(16 * 1024)).lines();
    let first = lines.next_line().await.ok()??;
    while lines.next_line().await.ok()?.is_some_and(|line| !line.is_empty()) {}
    first.strip_prefix("GET ")?.split(' ').next().map(str::to_owned)
}

/// A browser that went away is no reason to end.
pub(crate) async fn answer(mut stream: TcpStream, status: &str, field: &str) {
    let head = format!("HTTP/1.1 {status}\r\n{field}cache-control: no-store\r\nconnection: close\r\n");
    let page = "You may close this page.";
    let length = page.len();
    let _ = stream.write_all(format!("{head}content-length: {length}\r\n\r\n{page}").as_bytes()).await;
}
