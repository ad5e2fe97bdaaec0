//! A server that answers by a script and remembers what it was asked.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::Mutex;

use safire::Server;
use safire::protocol::url::LoopbackHttp;
use safire::server::ServerBuilder;
use tokio::io::AsyncReadExt;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;
use tokio::net::TcpStream;

/// One request as it arrived.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) method: String,
    pub(crate) path: String,
    head: String,
    pub(crate) body: String,
    pub(crate) bytes: Vec<u8>,
}

impl Asked {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

/// A server on loopback that answers by a function of the request.
pub(crate) struct Script {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Script {
    /// Starts it; `answer` returns the raw bytes of an HTTP/1.1 answer.
    pub(crate) async fn start(
        answer: impl Fn(&Asked, SocketAddr) -> Vec<u8> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (answer, seen) = (Arc::new(answer), Arc::clone(&asked));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (answer, seen) = (Arc::clone(&answer), Arc::clone(&seen));
                tokio::spawn(async move {
                    let mut stream = stream;
                    while let Some(request) = read(&mut stream).await {
                        seen.lock().unwrap().push(request.clone());
                        if stream.write_all(&answer(&request, address)).await.is_err() {
                            return;
                        }
                        if request.header("connection") == Some("close") {
                            return;
                        }
                    }
                });
            }
        });
        Self { address, asked }
    }

    /// Starts a server whose SMART document is `document` and whose other paths are answered by `rest`.
    pub(crate) async fn with_document(
        document: impl Fn(SocketAddr) -> String + Send + Sync + 'static,
        rest: impl Fn(&Asked, SocketAddr) -> Vec<u8> + Send + Sync + 'static,
    ) -> Self {
        Self::start(move |asked, address| {
            if asked.path == "/fhir/.well-known/smart-configuration" {
                json(200, &document(address))
            } else {
                rest(asked, address)
            }
        })
        .await
    }

    pub(crate) fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn base(&self) -> String {
        format!("{}/fhir", self.origin())
    }

    pub(crate) fn builder(&self) -> ServerBuilder {
        Server::builder(&self.base()).loopback(LoopbackHttp::Allowed)
    }

    pub(crate) fn server(&self) -> Server {
        self.builder().build().unwrap()
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// How often a path was asked for.
    pub(crate) fn count(&self, path: &str) -> usize {
        self.asked().iter().filter(|asked| asked.path == path).count()
    }
}

async fn read(stream: &mut TcpStream) -> Option<Asked> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break end + 4;
        }
        let mut chunk = [0; 4096];
        match stream.read(&mut chunk).await {
            Ok(0) | Err(_) => return None,
            Ok(length) => bytes.extend_from_slice(&chunk[..length]),
        }
    };
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let mut first = head.lines().next()?.split(' ');
    let (method, path) = (first.next()?.to_owned(), first.next()?.to_owned());
    let mut asked = Asked { method, path, head, body: String::new(), bytes: Vec::new() };
    let length: usize = asked.header("content-length").map_or(0, |text| text.parse().unwrap());
    let mut body = bytes[end..].to_vec();
    while body.len() < length {
        let mut chunk = [0; 4096];
        match stream.read(&mut chunk).await {
            Ok(0) | Err(_) => return None,
            Ok(read) => body.extend_from_slice(&chunk[..read]),
        }
    }
    asked.body = String::from_utf8_lossy(&body).into_owned();
    asked.bytes = body;
    Some(asked)
}

/// An answer with these header lines and this body.
pub(crate) fn answer(status: u16, headers: &[&str], body: &str) -> Vec<u8> {
    let mut text = format!("HTTP/1.1 {status} Scripted\r\ncontent-length: {}\r\n", body.len());
    for header in headers {
        text.push_str(header);
        text.push_str("\r\n");
    }
    text.push_str("\r\n");
    text.push_str(body);
    text.into_bytes()
}

pub(crate) fn json(status: u16, body: &str) -> Vec<u8> {
    answer(status, &["content-type: application/json"], body)
}

pub(crate) fn redirect(status: u16, location: &str) -> Vec<u8> {
    answer(status, &[&format!("location: {location}")], "")
}

/// A complete SMART document whose endpoints are on this server.
pub(crate) fn document(address: SocketAddr) -> String {
    format!(
        r#"{{"issuer":"http://{address}","jwks_uri":"http://{address}/jwks",
        "authorization_endpoint":"http://{address}/authorize","token_endpoint":"http://{address}/token",
        "registration_endpoint":"http://{address}/register","grant_types_supported":["client_credentials"],
        "token_endpoint_auth_methods_supported":["client_secret_basic","private_key_jwt"],
        "capabilities":["client-confidential-symmetric"],"code_challenge_methods_supported":["S256"]}}"#
    )
}

/// A complete registration answer to [`metadata`].
pub(crate) const REGISTERED: &str = r#"{"client_id":"abc","client_id_issued_at":1790000000,
    "client_secret":"planted-client-secret-0123456789","client_secret_expires_at":0,
    "client_name":"Scripted","grant_types":["client_credentials"],"scope":"system/*.rs",
    "token_endpoint_auth_method":"client_secret_basic"}"#;

/// A complete token answer.
pub(crate) const TOKEN: &str = r#"{"access_token":"planted-access-token-0123456789","token_type":"Bearer","expires_in":300,"scope":"system/*.rs"}"#;

pub(crate) fn metadata() -> safire::protocol::registration::ClientMetadata {
    safire::protocol::registration::ClientMetadata::new()
        .client_name("Scripted")
        .grant_types(["client_credentials"])
        .token_endpoint_auth_method(safire::protocol::credentials::AuthMethod::ClientSecretBasic)
        .scope("system/*.rs")
}

/// The members of a posted form, by name.
pub(crate) fn form(body: &str) -> BTreeMap<String, String> {
    url::form_urlencoded::parse(body.as_bytes()).into_owned().collect()
}
