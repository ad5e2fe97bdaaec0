//! A server with as many FHIR bases as a test wants, each kind with its own habit: `/<kind>/<anything>`.

use std::collections::BTreeMap;
use std::io::Read;
use std::io::Write;
use std::net::SocketAddr;
use std::net::TcpListener;
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::Mutex;

/// The server, until the test ends.
pub(crate) struct ManyBases {
    address: SocketAddr,
    seen: Arc<Mutex<Seen>>,
}

#[derive(Default)]
struct Seen {
    asked: usize,
    posts: BTreeMap<String, usize>,
}

impl ManyBases {
    pub(crate) fn start() -> Self {
        Self::start_at(SocketAddr::from(([127, 0, 0, 1], 0)))
    }

    pub(crate) fn start_at(address: SocketAddr) -> Self {
        let listener = TcpListener::bind(address).unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Mutex::new(Seen::default()));
        let shared = Arc::clone(&seen);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let seen = Arc::clone(&shared);
                std::thread::spawn(move || serve(stream.unwrap(), address, &seen));
            }
        });
        Self { address, seen }
    }

    pub(crate) fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Requests so far.
    pub(crate) fn asked(&self) -> usize {
        self.seen.lock().unwrap().asked
    }

    /// Registrations so far.
    pub(crate) fn posts(&self) -> usize {
        self.seen.lock().unwrap().posts.values().sum()
    }

    pub(crate) fn most_posts_for_one_base(&self) -> usize {
        self.seen.lock().unwrap().posts.values().copied().max().unwrap_or_default()
    }
}

fn serve(mut stream: TcpStream, address: SocketAddr, seen: &Mutex<Seen>) {
    let mut bytes = Vec::new();
    loop {
        let Some((path, end)) = request(&mut stream, &mut bytes) else { return };
        bytes.drain(..end);
        let answer = answer(&path, address, seen);
        if stream.write_all(&answer).is_err() {
            return;
        }
    }
}

/// The path of the next request, and where it ends.
fn request(stream: &mut TcpStream, bytes: &mut Vec<u8>) -> Option<(String, usize)> {
    loop {
        if let Some(head) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            let text = String::from_utf8_lossy(&bytes[..head]).to_lowercase();
            let length =
                text.lines().find_map(|line| line.strip_prefix("content-length: ")?.trim().parse().ok());
            let end = head + 4 + length.unwrap_or(0);
            if bytes.len() >= end {
                return Some((text.split(' ').nth(1)?.to_owned(), end));
            }
        }
        let mut chunk = [0; 16 * 1024];
        match stream.read(&mut chunk) {
            Ok(0) | Err(_) => return None,
            Ok(read) => bytes.extend_from_slice(&chunk[..read]),
        }
    }
}

fn answer(path: &str, address: SocketAddr, seen: &Mutex<Seen>) -> Vec<u8> {
    let mut seen = seen.lock().unwrap();
    seen.asked += 1;
    let base = path.trim_end_matches("/.well-known/smart-configuration");
    let kind = path.trim_start_matches('/').split('/').next().unwrap_or_default();
    if base.len() < path.len() && kind != "absent" {
        let origin = format!("http://{address}");
        return reply(
            200,
            &format!(
                r#"{{"issuer":"{origin}","jwks_uri":"{origin}/jwks","authorization_endpoint":"{origin}/authorize",
                "token_endpoint":"{origin}/token","registration_endpoint":"{origin}/register{base}",
                "grant_types_supported":["authorization_code"],"capabilities":["client-confidential-symmetric"],
                "code_challenge_methods_supported":["S256"]}}"#
            ),
        );
    }
    let Some(base) = path.strip_prefix("/register") else { return reply(404, "{}") };
    *seen.posts.entry(base.to_owned()).or_default() += 1;
    if base.starts_with("/refusing") {
        return reply(400, r#"{"error":"invalid_client_metadata"}"#);
    }
    reply(
        201,
        &format!(r#"{{"client_id":"c{}","client_secret":"s","client_secret_expires_at":0}}"#, seen.asked),
    )
}

fn reply(status: u16, body: &str) -> Vec<u8> {
    format!(
        "HTTP/1.1 {status} Scripted\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}
