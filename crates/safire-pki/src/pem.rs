use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// A block of a PEM text.
pub(crate) struct Block<'a> {
    /// Its contents, or what is wrong with them.
    pub(crate) der: Result<Vec<u8>, String>,
    /// The text behind it.
    pub(crate) rest: &'a [u8],
}

/// The next block of that label.
///
/// Written here because files are often joined without a line break in between, so that an END and the next BEGIN
/// share a line: a reader by lines loses a certificate there, and says nothing (RFC 7468 §2).
pub(crate) fn next_block<'a>(text: &'a [u8], label: &str) -> Option<Block<'a>> {
    let begin = format!("-----BEGIN {label}-----");
    let end = format!("-----END {label}-----");
    let from = position(text, begin.as_bytes())? + begin.len();
    let body = text.get(from..)?;
    let Some(to) = position(body, end.as_bytes()) else {
        return Some(Block { der: Err(format!("a `{label}` without its END line")), rest: &[] });
    };
    let (body, rest) = body.split_at_checked(to)?;
    let base64: Vec<u8> = body.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let der = STANDARD.decode(base64).map_err(|error| format!("a `{label}` that is not base64: {error}"));
    Some(Block { der, rest })
}

fn position(text: &[u8], mark: &[u8]) -> Option<usize> {
    text.windows(mark.len()).position(|window| window == mark)
}
