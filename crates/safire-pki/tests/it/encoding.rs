use der::Encode;
use der::Reader;
use der::SliceReader;
use der::asn1::BitStringRef;
use rcgen::CustomExtension;

/// A change to the bytes that are signed, which leaves their number as it is.
pub(crate) type Patch = fn(&mut [u8]);

/// The same with a change to the part that is signed, signed again.
pub(crate) fn patched(der: &[u8], patch: Patch, sign: impl Fn(&[u8]) -> Vec<u8>) -> Vec<u8> {
    let mut reader = SliceReader::new(der).unwrap();
    let (mut body, mut algorithm) = reader
        .sequence(|reader| {
            let parts = (reader.tlv_bytes()?.to_vec(), reader.tlv_bytes()?.to_vec());
            reader.tlv_bytes()?;
            der::Result::Ok(parts)
        })
        .unwrap();
    patch(&mut body);
    // The outer algorithm repeats the inner one, which a patch may change.
    let inner = body.windows(algorithm.len()).find(|window| window[..12] == algorithm[..12]);
    if let Some(inner) = inner {
        algorithm = inner.to_vec();
    }
    let signature = sign(&body);
    let bits = BitStringRef::from_bytes(&signature).unwrap().to_der().unwrap();
    sequence(&[body, algorithm, bits].concat())
}

pub(crate) fn sequence(contents: &[u8]) -> Vec<u8> {
    tlv(0x30, contents)
}

/// One element.
pub(crate) fn tlv(tag: u8, contents: &[u8]) -> Vec<u8> {
    let length = u32::try_from(contents.len()).unwrap().to_be_bytes();
    let head: &[u8] = match contents.len() {
        0..0x80 => &length[3..],
        0x80..0x1_0000 => &[0x82, length[2], length[3]],
        _ => &[0x84, length[0], length[1], length[2], length[3]],
    };
    // DER wants the shortest form.
    let head = match head {
        [0x82, 0, low] => vec![0x81, *low],
        [0x84, 0, rest @ ..] => [&[0x83], rest].concat(),
        head => head.to_vec(),
    };
    [&[tag], head.as_slice(), contents].concat()
}

/// Where a responder and where the issuer's certificate are (RFC 5280 §4.2.2.1).
pub(crate) fn access(responders: &[&str], issuers: &[&str]) -> CustomExtension {
    let at = |kind: &[u8], url: &&str| {
        let method = tlv(6, &[b"\x2b\x06\x01\x05\x05\x07\x30", kind].concat());
        sequence(&[method, tlv(0x86, url.as_bytes())].concat())
    };
    let responders = responders.iter().flat_map(|url| at(&[1], url));
    let all: Vec<u8> = responders.chain(issuers.iter().flat_map(|url| at(&[2], url))).collect();
    CustomExtension::from_oid_content(&[1, 3, 6, 1, 5, 5, 7, 1, 1], sequence(&all))
}
