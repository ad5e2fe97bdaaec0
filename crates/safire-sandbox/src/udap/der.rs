//! The little DER that is written by hand, and PEM around it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// An `AuthorityInfoAccess` that says where the issuer's certificate is (RFC 5280 §4.2.2.1).
pub(super) fn issuer_access(url: &str) -> Vec<u8> {
    let method = tlv(0x06, &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x02]);
    let place = tlv(0x86, url.as_bytes());
    tlv(0x30, &tlv(0x30, &[method, place].concat()))
}

/// A PEM block with lines of 64 characters (RFC 7468 §2).
pub(super) fn pem(label: &str, der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let mut block = format!("-----BEGIN {label}-----\n");
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let (line, after) = rest.split_at(rest.len().min(64));
        block.push_str(line);
        block.push('\n');
        rest = after;
    }
    block.push_str(&format!("-----END {label}-----\n"));
    block
}

fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut der = vec![tag];
    match u8::try_from(content.len()) {
        Ok(short) if short < 0x80 => der.push(short),
        Ok(_) | Err(_) => {
            let bytes = content.len().to_be_bytes();
            let significant: Vec<u8> = bytes.into_iter().skip_while(|byte| *byte == 0).collect();
            // invariant: a length has at most eight bytes.
            der.push(0x80 | u8::try_from(significant.len()).unwrap_or_default());
            der.extend(significant);
        }
    }
    der.extend_from_slice(content);
    der
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_written_short_and_long() {
        assert_eq!(tlv(4, &[7]), [4, 1, 7]);
        assert_eq!(tlv(4, &[0; 127]).get(..2), Some([4, 127].as_slice()));
        assert_eq!(tlv(4, &[0; 128]).get(..3), Some([4, 0x81, 128].as_slice()));
        assert_eq!(tlv(4, &[0; 300]).get(..4), Some([4, 0x82, 1, 44].as_slice()));
    }
}
