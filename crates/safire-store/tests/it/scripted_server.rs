//! A token endpoint that rotates refresh tokens, and ends the login when a spent one comes again.

use std::collections::BTreeMap;
use std::io::BufRead;
use std::io::BufReader;
use std::io::Read;
use std::io::Write;
use std::net::TcpListener;
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::Mutex;

/// How long its tokens last, in seconds.
pub(crate) const LIFETIME: i64 = 5;

/// The server, on a thread of its own that lives as long as the process.
#[derive(Debug)]
pub(crate) struct ScriptedServer {
    pub(crate) port: u16,
    issued: Arc<Mutex<Issued>>,
}

#[derive(Debug, Default)]
struct Issued {
    renewals: u64,
    refusals: u64,
}

impl ScriptedServer {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let issued = Arc::new(Mutex::new(Issued::default()));
        let server = Self { port, issued: Arc::clone(&issued) };
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                // A process may go away in the middle of a request.
                let _ = stream.and_then(|stream| answer(stream, &issued));
            }
        });
        server
    }

    /// How often a token was renewed, and how often a spent refresh token came.
    pub(crate) fn counts(&self) -> (u64, u64) {
        let issued = self.issued.lock().unwrap();
        (issued.renewals, issued.refusals)
    }
}

pub(crate) fn access_text(number: u64) -> String {
    format!("access-{number}")
}

pub(crate) fn refresh_text(number: u64) -> String {
    format!("refresh-{number}")
}

fn answer(stream: TcpStream, issued: &Mutex<Issued>) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let line = line.trim().to_ascii_lowercase();
        if let Some(text) = line.strip_prefix("content-length:") {
            length = text.trim().parse().unwrap();
        }
        if line.is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let (status, json) = token(&String::from_utf8_lossy(&body), &mut issued.lock().unwrap());
    let head = "content-type: application/json\r\ncache-control: no-store\r\nconnection: close";
    let text =
        format!("HTTP/1.1 {status} Scripted\r\n{head}\r\ncontent-length: {}\r\n\r\n{json}", json.len());
    reader.get_mut().write_all(text.as_bytes())
}

fn token(form: &str, issued: &mut Issued) -> (u16, String) {
    let sent: BTreeMap<&str, &str> = form.split('&').filter_map(|pair| pair.split_once('=')).collect();
    let is_last = sent.get("refresh_token").is_some_and(|token| **token == refresh_text(issued.renewals));
    // Once a spent one has come, nothing of this login works any more.
    if !is_last || issued.refusals > 0 {
        issued.refusals += 1;
        return (400, r#"{"error":"invalid_grant"}"#.to_owned());
    }
    issued.renewals += 1;
    let (access, refresh) = (access_text(issued.renewals), refresh_text(issued.renewals));
    let json = format!(
        r#"{{"access_token":"{access}","token_type":"Bearer","expires_in":{LIFETIME},"refresh_token":"{refresh}"}}"#
    );
    (200, json)
}
