//! Requests to an identity provider on this machine.

use std::time::Duration;

use bytes::Bytes;
use http::Request;
use http::StatusCode;
use http::header::HOST;
use http_body_util::BodyExt;
use http_body_util::Full;
use http_body_util::Limited;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use url::Url;

use super::client_metadata::is_loopback;

/// Sends one request, follows no redirect, and reads a bounded answer. The sandbox leaves this machine for nobody.
pub(super) async fn send(
    method: http::Method,
    url: &str,
    media_type: Option<&'static str>,
    body: String,
) -> Result<(StatusCode, Bytes), String> {
    let exchange = exchange(method, url, media_type, body);
    match tokio::time::timeout(PATIENCE, exchange).await {
        Ok(answer) => answer,
        Err(_) => Err(format!("{url} does not answer")),
    }
}

async fn exchange(
    method: http::Method,
    url: &str,
    media_type: Option<&'static str>,
    body: String,
) -> Result<(StatusCode, Bytes), String> {
    let failed = |error: &dyn std::error::Error| format!("{url} cannot be reached: {error}");
    let parsed = Url::parse(url).map_err(|error| failed(&error))?;
    if parsed.scheme() != "http" || !is_loopback(&parsed) {
        return Err(format!("{url} is not on this machine by http, and the sandbox goes nowhere else"));
    }
    let host = parsed.host_str().unwrap_or_default();
    let port = parsed.port_or_known_default().unwrap_or(80);
    let stream = TcpStream::connect((host.trim_matches(['[', ']']), port)).await.map_err(|e| failed(&e))?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(|e| failed(&e))?;
    let driver = tokio::spawn(connection);
    let target = match parsed.query() {
        Some(query) => format!("{}?{query}", parsed.path()),
        None => parsed.path().to_owned(),
    };
    let mut request = Request::builder().method(method).uri(target).header(HOST, format!("{host}:{port}"));
    if let Some(media_type) = media_type {
        request = request.header(http::header::CONTENT_TYPE, media_type);
    }
    let request = request.body(Full::new(Bytes::from(body))).map_err(|error| failed(&error))?;
    let response = sender.send_request(request).await.map_err(|error| failed(&error))?;
    let status = response.status();
    let body = Limited::new(response.into_body(), LARGEST).collect().await;
    driver.abort();
    let body = body.map_err(|error| format!("the answer of {url} cannot be read: {error}"))?;
    Ok((status, body.to_bytes()))
}

const PATIENCE: Duration = Duration::from_secs(10);
const LARGEST: usize = 1 << 20;
