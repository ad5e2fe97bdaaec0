//! A way to the database that breaks where a test wants it to.

use std::sync::Arc;
use std::sync::atomic::AtomicU8;
use std::sync::atomic::Ordering;

use tokio::io::AsyncReadExt;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;
use tokio::net::TcpStream;

use crate::sample;

/// A way to the database.
pub(crate) struct Proxy {
    pub(crate) port: u16,
    mode: Arc<AtomicU8>,
}

/// What the way does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Whatever is sent arrives.
    Open = 0,
    /// Nothing arrives any more, and nothing is closed.
    Silent = 1,
    /// The next `COMMIT` arrives, and its success does not: the connection is cut; then the way is open again.
    CutAtCommit = 2,
    /// As before, and then no connection is made.
    CutAtCommitAndStay = 3,
    /// No connection is made.
    Closed = 4,
}

impl Proxy {
    pub(crate) fn to(port: u16) -> Self {
        let mode = Arc::new(AtomicU8::new(Mode::Open as u8));
        let seen = Arc::clone(&mode);
        let listener = sample::run(TcpListener::bind(("127.0.0.1", 0))).unwrap();
        let here = listener.local_addr().unwrap().port();
        sample::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                if seen.load(Ordering::SeqCst) != Mode::Closed as u8 {
                    tokio::spawn(carry(client, port, Arc::clone(&seen)));
                }
            }
        });
        Self { port: here, mode }
    }

    pub(crate) fn set(&self, mode: Mode) {
        self.mode.store(mode as u8, Ordering::SeqCst);
    }

    pub(crate) fn is(&self, mode: Mode) -> bool {
        self.mode.load(Ordering::SeqCst) == mode as u8
    }
}

async fn carry(client: TcpStream, port: u16, mode: Arc<AtomicU8>) {
    let Ok(server) = TcpStream::connect(("127.0.0.1", port)).await else { return };
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let is = |wanted: Mode| mode.load(Ordering::SeqCst) == wanted as u8;
    let (mut asked, mut told) = (vec![0; 65_536], vec![0; 65_536]);
    loop {
        tokio::select! {
            read = from_client.read(&mut asked) => {
                let Ok(1..) = read else { return };
                let bytes = &asked[..read.unwrap()];
                if is(Mode::Silent) {
                    return std::future::pending().await;
                }
                if to_server.write_all(bytes).await.is_err() {
                    return;
                }
                let commits = bytes.windows(6).any(|window| window == b"COMMIT");
                if commits && (is(Mode::CutAtCommit) || is(Mode::CutAtCommitAndStay)) {
                    // The server has done it once it answers; the answer goes nowhere.
                    let _ = from_server.read(&mut told).await;
                    let next = if is(Mode::CutAtCommit) { Mode::Open } else { Mode::Closed };
                    mode.store(next as u8, Ordering::SeqCst);
                    return;
                }
            }
            read = from_server.read(&mut told) => {
                let Ok(1..) = read else { return };
                if is(Mode::Silent) {
                    return std::future::pending().await;
                }
                if to_client.write_all(&told[..read.unwrap()]).await.is_err() {
                    return;
                }
            }
        }
    }
}
