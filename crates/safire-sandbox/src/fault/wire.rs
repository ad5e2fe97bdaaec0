//! Faults of the connection and of size.

use std::io::Write;
use std::sync::OnceLock;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use http::HeaderName;
use http::StatusCode;
use http::header::CONTENT_ENCODING;

use super::kind::Act;
use super::kind::Kind;
use super::kind::Scene;
use super::kind::Wants;
use crate::reply::Content;
use crate::reply::Reply;

pub(super) const FAULTS: &[Kind] = &[
    Kind::new("slow", Act::Wait, "never answers; `slow=500ms` waits that long and goes on")
        .wants(Wants::PerhapsDuration),
    Kind::new(
        "cut",
        Act::After(cut),
        "half of the declared body, then a connection reset; the request was handled",
    ),
    Kind::new("close", Act::Close, "the connection ends without an answer; the request was not handled"),
    Kind::new("endless", Act::Instead(endless), "a body that never ends, one byte every 50 ms"),
    Kind::new("huge", Act::Instead(huge), "a body of 100 MB"),
    Kind::new("gzip-bomb", Act::Instead(gzip_bomb), "a small body that inflates to 100 MB"),
    Kind::new("deep", Act::Instead(deep), "100,000 arrays within each other"),
    Kind::new("big-header", Act::After(big_header), "the right answer with a header of 1 MiB"),
];

fn cut(mut reply: Reply, _: &Scene<'_>) -> Reply {
    reply.body = Content::Half(reply.bytes());
    reply
}

fn endless(_: &Scene<'_>) -> Option<Reply> {
    let mut reply = Reply::new(StatusCode::OK).with_body("application/json", Bytes::new());
    reply.body = Content::Endless;
    Some(reply)
}

fn huge(_: &Scene<'_>) -> Option<Reply> {
    let mut reply = Reply::new(StatusCode::OK).with_body("application/json", Bytes::new());
    reply.body = Content::Huge(HUGE);
    Some(reply)
}

fn gzip_bomb(_: &Scene<'_>) -> Option<Reply> {
    static BOMB: OnceLock<Bytes> = OnceLock::new();
    let bomb = BOMB.get_or_init(|| packed().unwrap_or_default().into());
    Some(
        Reply::new(StatusCode::OK)
            .with_body("application/json", bomb.clone())
            .with_header(CONTENT_ENCODING, "gzip"),
    )
}

fn packed() -> std::io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    let blanks = [b' '; 100_000];
    for _ in 0..HUGE / 100_000 {
        encoder.write_all(&blanks)?;
    }
    encoder.finish()
}

fn deep(_: &Scene<'_>) -> Option<Reply> {
    let mut body = vec![b'['; DEPTH];
    body.resize(2 * DEPTH, b']');
    Some(Reply::new(StatusCode::OK).with_body("application/json", body))
}

fn big_header(reply: Reply, _: &Scene<'_>) -> Reply {
    reply.with_header(HeaderName::from_static("x-filler"), &"x".repeat(1 << 20))
}

const HUGE: u64 = 100_000_000;
const DEPTH: usize = 100_000;
