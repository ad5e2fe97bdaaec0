//! The WebDriver protocol (W3C) with chromedriver: one process, one session.

use std::io::Read as _;
use std::io::Write as _;
use std::net::Ipv4Addr;
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use bytes::Bytes;
use http::HeaderMap;
use http::HeaderValue;
use http::Method;
use http::header::CONTENT_TYPE;
use safire::protocol::url::LoopbackHttp;
use safire::transport::HttpTransport;
use serde_json::Value;

use crate::failure::Failure;
use crate::http::Http;
use crate::process::Process;

const NAME: &str = "chromedriver";
/// What it writes when it may be used, with its port behind it.
const READY: &str = "started successfully on port ";
/// The driver waits for pages and elements itself, for less than this.
const ANSWER_WITHIN: Duration = Duration::from_secs(90);

/// A browser under control; it ends with this value.
#[derive(Debug)]
pub(crate) struct WebDriver {
    process: Process,
    http: Http,
    port: u16,
    session: String,
}

impl WebDriver {
    /// Starts the driver; this blocks until it listens. What it and the browser leave behind stays in `folder`.
    pub(crate) fn start(program: &Path, folder: &Path) -> Result<Self, Failure> {
        let mut command = Command::new(program);
        let (process, port) = Process::start(NAME, command.arg("--port=0").env("TMPDIR", folder), READY)?;
        let port = port.trim_end_matches('.');
        let port = port.parse().map_err(|_| Failure::new(format!("{NAME} names no port, but {port:?}")))?;
        let http = HttpTransport::builder().loopback(LoopbackHttp::Allowed);
        let http = Http::of(http.timeout(ANSWER_WITHIN).read_timeout(ANSWER_WITHIN));
        Ok(Self { process, http, port, session: String::new() })
    }

    /// Opens the browser.
    pub(crate) async fn open(&mut self, capabilities: &Value) -> Result<(), Failure> {
        let wanted = serde_json::json!({ "capabilities": { "alwaysMatch": capabilities } });
        let value = self.exchange(Method::POST, "/session".to_owned(), Some(&wanted)).await?;
        let id = value.get("sessionId").and_then(Value::as_str);
        id.ok_or_else(|| Failure::new(format!("{NAME} opened no session: {value}")))?
            .clone_into(&mut self.session);
        Ok(())
    }

    pub(crate) async fn get(&self, command: &str) -> Result<Value, Failure> {
        self.exchange(Method::GET, format!("/session/{}/{command}", self.session), None).await
    }

    pub(crate) async fn post(&self, command: &str, parameters: &Value) -> Result<Value, Failure> {
        self.exchange(Method::POST, format!("/session/{}/{command}", self.session), Some(parameters)).await
    }

    async fn exchange(&self, method: Method, path: String, body: Option<&Value>) -> Result<Value, Failure> {
        let url = format!("http://{}:{}{path}", Ipv4Addr::LOCALHOST, self.port);
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
        let body = body.map(|body| Bytes::from(body.to_string())).unwrap_or_default();
        let answer = self.http.send(method, &url, headers, body).await?;
        let mut document: Value = serde_json::from_slice(answer.body())
            .map_err(|error| Failure::new(format!("{path}: {NAME} answered no JSON: {error}")))?;
        let value = document.get_mut("value").map(Value::take).unwrap_or_default();
        if answer.status().is_success() {
            return Ok(value);
        }
        let text = |name: &str| value.get(name).and_then(Value::as_str).unwrap_or_default();
        let (error, message, log) = (text("error"), text("message"), self.process.log());
        Err(Failure::new(format!("{path}: {error}: {message}\n{NAME} wrote:\n{log}")))
    }

    /// A plain request, as nothing can be awaited where a value is dropped.
    fn close(&self) -> std::io::Result<()> {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port))?;
        stream.set_read_timeout(Some(ANSWER_WITHIN))?;
        let (session, port) = (&self.session, self.port);
        write!(
            stream,
            "DELETE /session/{session} HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n"
        )?;
        // The answer comes when the browser has ended; its first byte is enough.
        stream.read_exact(&mut [0])
    }
}

impl Drop for WebDriver {
    fn drop(&mut self) {
        if !self.session.is_empty() {
            // A driver that is gone has taken the browser with it, or nothing can be done about it.
            let _ = self.close();
        }
    }
}
