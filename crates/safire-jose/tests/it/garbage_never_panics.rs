use proptest::prelude::Strategy;
use proptest::prelude::any;
use proptest::prelude::prop;
use proptest::proptest;
use safire_jose::JwkSet;
use safire_jose::Limits;
use safire_jose::PrivateKey;
use safire_jose::decode;
use serde_json::Value;

use crate::support;

const FILES: [&str; 8] = [
    "keys/rsa-2048.pkcs1.pem",
    "keys/rsa-2048.pkcs8.pem",
    "keys/p256.sec1.pem",
    "keys/p384.pkcs8.pem",
    "keys/encrypted.legacy.pem",
    "smart-ig/RS384.private.json",
    "smart-ig/ES384.private.json",
    "smart-ig/jwts.json",
];

fn read_all(bytes: &[u8]) {
    // The results do not matter, coming back does.
    drop(PrivateKey::parse(bytes));
    drop(PrivateKey::parse_with_kid(bytes, "kid"));
    drop(decode(bytes, Limits::default()));
    if let Ok(value) = serde_json::from_slice::<Value>(bytes) {
        drop(JwkSet::parse(&value));
    }
}

/// A real file cut short, with a byte changed.
fn damaged() -> impl Strategy<Value = Vec<u8>> {
    (0..FILES.len(), any::<prop::sample::Index>(), any::<prop::sample::Index>(), any::<u8>()).prop_map(
        |(file, cut, place, byte)| {
            let mut bytes = support::read(FILES[file]);
            bytes.truncate(cut.index(bytes.len()) + 1);
            let place = place.index(bytes.len());
            bytes[place] = byte;
            bytes
        },
    )
}

proptest! {
    #[test]
    fn any_bytes_are_answered(bytes in prop::collection::vec(any::<u8>(), 0..512)) {
        read_all(&bytes);
    }

    #[test]
    fn any_der_is_answered(bytes in prop::collection::vec(any::<u8>(), 0..256)) {
        read_all(&[&[0x30, 0x82, 0x01, 0x00], bytes.as_slice()].concat());
        read_all(&[&[0x30, 0x80], bytes.as_slice()].concat());
    }

    #[test]
    fn damaged_files_are_answered(bytes in damaged()) {
        read_all(&bytes);
    }

    #[test]
    fn any_header_and_claims_are_answered(header in ".{0,64}", claims in ".{0,64}") {
        read_all(support::token(&header, &claims).as_bytes());
    }
}
