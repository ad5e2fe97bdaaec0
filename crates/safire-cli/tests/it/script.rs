//! A server that answers as a test says, one connection at a time each in its own thread.

use std::io::BufRead;
use std::io::BufReader;
use std::io::Read;
use std::io::Write;
use std::net::TcpListener;
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::Mutex;

/// What is answered.
#[derive(Debug, Clone)]
pub(crate) enum Reply {
    /// A status with a content type and a body.
    Body(u16, &'static str, String),
    /// A redirect.
    Redirect(String),
    /// A body of 100 MB.
    Huge,
    /// A body that never ends.
    Endless,
    /// Nothing, for as long as the other side waits.
    Silence,
    /// The connection is closed before the body is whole.
    Cut,
}

/// A running script.
pub(crate) struct Script {
    pub(crate) origin: String,
    heard: Arc<Mutex<Heard>>,
}

/// What was asked so far.
#[derive(Debug, Default)]
struct Heard {
    requests: Vec<String>,
    authorizations: Vec<String>,
    bodies: Vec<String>,
}

impl Script {
    /// Answers each request by its method, its path and this server's origin.
    pub(crate) fn start(answer: impl Fn(&str, &str, &str) -> Reply + Send + Sync + 'static) -> Self {
        Self::reading(move |method, path, origin, _| answer(method, path, origin))
    }

    /// The same by the request's body too.
    pub(crate) fn reading(answer: impl Fn(&str, &str, &str, &str) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let all_heard = Arc::new(Mutex::new(Heard::default()));
        let answer = Arc::new(answer);
        let (own, heard) = (origin.clone(), Arc::clone(&all_heard));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (answer, origin, heard) = (Arc::clone(&answer), own.clone(), Arc::clone(&heard));
                std::thread::spawn(move || {
                    // A client that goes away is what some tests want.
                    let _ = serve(stream, &heard, |method, path, body| answer(method, path, &origin, body));
                });
            }
        });
        Self { origin, heard: all_heard }
    }

    pub(crate) fn base(&self) -> String {
        format!("{}/fhir", self.origin)
    }

    /// The requests so far, as `METHOD /path`.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.heard.lock().unwrap().requests.clone()
    }

    /// The `Authorization` values so far.
    pub(crate) fn authorizations(&self) -> Vec<String> {
        self.heard.lock().unwrap().authorizations.clone()
    }

    /// The bodies of the requests to `path` so far.
    pub(crate) fn bodies(&self, path: &str) -> Vec<String> {
        let heard = self.heard.lock().unwrap();
        let found = heard.requests.iter().zip(&heard.bodies).filter(|(line, _)| line.ends_with(path));
        found.map(|(_, body)| body.clone()).collect()
    }

    pub(crate) fn posts(&self) -> usize {
        self.asked().iter().filter(|line| line.starts_with("POST")).count()
    }
}

/// A discovery document whose endpoints are at `origin`.
pub(crate) fn document(origin: &str) -> String {
    serde_json::json!({
        "issuer": origin,
        "authorization_endpoint": format!("{origin}/authorize"),
        "token_endpoint": format!("{origin}/token"),
        "registration_endpoint": format!("{origin}/register"),
        "introspection_endpoint": format!("{origin}/introspect"),
        "revocation_endpoint": format!("{origin}/revoke"),
        "grant_types_supported": ["authorization_code", "client_credentials"],
        "code_challenge_methods_supported": ["S256"],
        "capabilities": ["client-public", "client-confidential-symmetric"],
    })
    .to_string()
}

pub(crate) fn json(status: u16, body: impl Into<String>) -> Reply {
    Reply::Body(status, "application/json", body.into())
}

fn serve(
    stream: TcpStream,
    heard: &Mutex<Heard>,
    answer: impl Fn(&str, &str, &str) -> Reply,
) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let mut words = line.split(' ');
    let (method, path) =
        (words.next().unwrap_or_default().to_owned(), words.next().unwrap_or_default().to_owned());
    let mut length = 0;
    loop {
        let mut field = String::new();
        if reader.read_line(&mut field)? == 0 || field.trim().is_empty() {
            break;
        }
        let Some((name, value)) = field.split_once(':') else { continue };
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.trim().parse().unwrap(),
            "authorization" => heard.lock().unwrap().authorizations.push(value.trim().to_owned()),
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let body = String::from_utf8_lossy(&body).into_owned();
    {
        let mut heard = heard.lock().unwrap();
        heard.requests.push(format!("{method} {path}"));
        heard.bodies.push(body.clone());
    }
    write(stream, &answer(&method, &path, &body))
}

fn write(mut stream: TcpStream, reply: &Reply) -> std::io::Result<()> {
    match reply {
        Reply::Body(status, kind, body) => {
            let kind = if kind.is_empty() { String::new() } else { format!("content-type: {kind}\r\n") };
            let length = body.len();
            write!(
                stream,
                "HTTP/1.1 {status} X\r\n{kind}content-length: {length}\r\nconnection: close\r\n\r\n{body}"
            )
        }
        Reply::Redirect(location) => {
            write!(
                stream,
                "HTTP/1.1 302 Found\r\nlocation: {location}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
            )
        }
        Reply::Huge => endless(stream, 100),
        Reply::Endless => endless(stream, usize::MAX),
        Reply::Silence => {
            // Until the client closes.
            let mut rest = Vec::new();
            stream.read_to_end(&mut rest).map(|_| ())
        }
        Reply::Cut => stream.write_all(
            b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{\"half\"",
        ),
    }
}

/// So many megabytes in chunks.
fn endless(mut stream: TcpStream, megabytes: usize) -> std::io::Result<()> {
    stream.write_all(
        b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n",
    )?;
    let megabyte = vec![b' '; 1024 * 1024];
    for _ in 0..megabytes {
        write!(stream, "{:x}\r\n", megabyte.len())?;
        stream.write_all(&megabyte)?;
        stream.write_all(b"\r\n")?;
    }
    stream.write_all(b"0\r\n\r\n")
}
