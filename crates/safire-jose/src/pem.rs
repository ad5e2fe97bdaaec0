use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use crate::key_error::KeyError;

/// The DER of every private key in the PEM text, in order.
///
/// Parameters and certificates in between are passed over (RFC 7468 §5: a file may hold several kinds).
pub(crate) fn private_keys(text: &str) -> Result<Vec<Zeroizing<Vec<u8>>>, KeyError> {
    let mut keys = Vec::new();
    let mut public = false;
    let mut rest = text;
    while let Some((_, after)) = rest.split_once(BEGIN) {
        let Some((label, after)) = after.split_once(DASHES) else {
            return Err(KeyError::malformed("a PEM header without its closing dashes"));
        };
        let Some((body, after)) = after.split_once("-----END ") else {
            return Err(KeyError::malformed("a PEM block without its END line"));
        };
        rest = after;
        match label {
            "PRIVATE KEY" | "RSA PRIVATE KEY" | "EC PRIVATE KEY" => keys.push(decode(body)?),
            "ENCRYPTED PRIVATE KEY" => return Err(KeyError::Encrypted),
            "PUBLIC KEY" | "RSA PUBLIC KEY" | "CERTIFICATE" => public = true,
            "DSA PRIVATE KEY" => return Err(KeyError::UnsupportedKeyType { kind: "DSA".to_owned() }),
            "OPENSSH PRIVATE KEY" => {
                return Err(KeyError::UnsupportedKeyType { kind: "OpenSSH private key".to_owned() });
            }
            _ => {}
        }
    }
    match (keys.is_empty(), public) {
        (false, _) => Ok(keys),
        (true, true) => Err(KeyError::PublicOnly),
        (true, false) => Err(KeyError::NoKey),
    }
}

/// The algorithm that the text before the first block names: `alg: PS384` on a line of its own. Other readers
/// pass over such text (RFC 7468 §2), and PKCS#8 itself has no place for it.
pub(crate) fn algorithm_note(text: &str) -> Option<&str> {
    let (before, _) = text.split_once(BEGIN)?;
    before.lines().find_map(|line| line.strip_prefix(ALGORITHM_NOTE)).map(str::trim)
}

/// The PEM with that note before it.
pub(crate) fn with_algorithm_note(algorithm: &str, pem: &str) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(pem.len() + ALGORITHM_NOTE.len() + 8));
    text.extend([ALGORITHM_NOTE, algorithm, "\n", pem]);
    text
}

/// Wraps a PKCS#8 document as PEM with lines of 64 characters (RFC 7468 §2).
pub(crate) fn write_pkcs8(der: &[u8]) -> Zeroizing<String> {
    let body = Zeroizing::new(STANDARD.encode(der));
    let mut text = Zeroizing::new(String::with_capacity(body.len() + body.len() / 64 + 64));
    text.push_str("-----BEGIN PRIVATE KEY-----\n");
    let mut rest = body.as_str();
    while !rest.is_empty() {
        let (line, after) = rest.split_at_checked(64).unwrap_or((rest, ""));
        text.push_str(line);
        text.push('\n');
        rest = after;
    }
    text.push_str("-----END PRIVATE KEY-----\n");
    text
}

fn decode(body: &str) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    // RFC 1421 §4.6.1.1: the legacy form says in a header that it is encrypted.
    if body.contains("Proc-Type:") && body.contains("ENCRYPTED") {
        return Err(KeyError::Encrypted);
    }
    let lines = body.lines().filter(|line| !line.contains(':'));
    let mut packed = Zeroizing::new(String::with_capacity(body.len()));
    packed.extend(lines.flat_map(str::chars).filter(|character| !character.is_whitespace()));
    STANDARD
        .decode(packed.as_bytes())
        .map(Zeroizing::new)
        .map_err(|_| KeyError::malformed("the PEM block is not base64"))
}

pub(crate) const BEGIN: &str = "-----BEGIN ";
const DASHES: &str = "-----";
const ALGORITHM_NOTE: &str = "alg: ";
