//! How many registrations a second the sandbox answers, at one tenant and at many, and the memory that it takes.
//!
//!     cargo run --release -p safire-sandbox --example load -- [TENANTS] [SECONDS]

#![expect(clippy::print_stdout, reason = "its output is what it is for")]

use std::error::Error;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering;
use std::time::Duration;

use safire_sandbox::Sandbox;
use tokio::io::AsyncReadExt;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

const CONNECTIONS: usize = 32;
const METADATA: &str = r#"{"client_name":"Load","redirect_uris":["https://app.example.com/callback"],"token_endpoint_auth_method":"client_secret_basic","grant_types":["authorization_code","refresh_token"],"scope":"openid fhirUser launch/patient patient/*.rs offline_access"}"#;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let many = arguments.next().map_or(Ok(10_000), |text| text.parse())?;
    let seconds = arguments.next().map_or(Ok(3), |text| text.parse())?;
    for (tenants, recording) in [(many, "not recording"), (1, "not recording"), (1, "recording")] {
        let builder = Sandbox::builder().tenants(tenants);
        let builder = if recording == "recording" { builder } else { builder.without_recording() };
        let sandbox = builder.start().await?;
        let before = resident()?;
        let answered = load(&sandbox, tenants, Duration::from_secs(seconds)).await?;
        println!(
            "{tenants} tenants, {recording}: {} registrations/s, {} issued, {} KiB more",
            u64::from(answered) / seconds,
            sandbox.counts().registrations_issued,
            resident()?.saturating_sub(before),
        );
    }
    Ok(())
}

/// Registers over kept connections until the time is over; gives the number of answers.
async fn load(sandbox: &Sandbox, tenants: u32, time: Duration) -> Result<u32, Box<dyn Error>> {
    let (stop, answered) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU32::new(0)));
    let next = Arc::new(AtomicU32::new(0));
    let workers: Vec<_> = (0..CONNECTIONS)
        .map(|_| {
            let (stop, answered, next) = (Arc::clone(&stop), Arc::clone(&answered), Arc::clone(&next));
            tokio::spawn(worker(sandbox.address(), tenants, stop, answered, next))
        })
        .collect();
    tokio::time::sleep(time).await;
    stop.store(true, Ordering::Relaxed);
    for worker in workers {
        worker.await??;
    }
    Ok(answered.load(Ordering::Relaxed))
}

async fn worker(
    address: SocketAddr,
    tenants: u32,
    stop: Arc<AtomicBool>,
    answered: Arc<AtomicU32>,
    next: Arc<AtomicU32>,
) -> std::io::Result<()> {
    let mut stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let mut buffer = vec![0; 64 * 1024];
    while !stop.load(Ordering::Relaxed) {
        let tenant = next.fetch_add(1, Ordering::Relaxed) % tenants;
        let request = format!(
            "POST /t/{tenant}/register HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{METADATA}",
            METADATA.len(),
        );
        stream.write_all(request.as_bytes()).await?;
        if !is_created(&mut stream, &mut buffer).await? {
            return Err(std::io::Error::other("an answer other than 201"));
        }
        answered.fetch_add(1, Ordering::Relaxed);
    }
    Ok(())
}

/// Reads one answer; its JSON object ends it.
async fn is_created(stream: &mut TcpStream, buffer: &mut [u8]) -> std::io::Result<bool> {
    let mut length = 0;
    loop {
        let rest = buffer.get_mut(length..).unwrap_or_default();
        match stream.read(rest).await? {
            0 => return Ok(false),
            read => length += read,
        }
        let whole = buffer.get(..length).unwrap_or_default();
        if whole.ends_with(b"}") {
            return Ok(whole.starts_with(b"HTTP/1.1 201"));
        }
    }
}

/// The memory that this process has now, in KiB, as Linux tells it.
fn resident() -> Result<u64, Box<dyn Error>> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let number = line.and_then(|line| line.split_whitespace().next()).unwrap_or("0");
    Ok(number.parse()?)
}
