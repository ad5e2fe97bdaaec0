//! Changes to what is signed that rcgen cannot make.

fn replace_first(body: &mut [u8], old: &[u8], new: &[u8]) {
    let at = body.windows(old.len()).position(|window| window == old).expect("what is to be replaced");
    body[at..at + new.len()].copy_from_slice(new);
}

pub(crate) fn sha_1_in_place_of_sha_256(body: &mut [u8]) {
    replace_first(body, b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b", b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x05");
}

pub(crate) fn version_2(body: &mut [u8]) {
    replace_first(body, b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x01");
}

/// The issuer's organization, the first of the two names.
pub(crate) fn utf8_name(body: &mut [u8]) {
    replace_first(body, b"\x55\x04\x0a\x13", b"\x55\x04\x0a\x0c");
}

pub(crate) fn delta_in_place_of_number(body: &mut [u8]) {
    replace_first(body, b"\x55\x1d\x14", b"\x55\x1d\x1b");
}

pub(crate) fn list_version_1(body: &mut [u8]) {
    replace_first(body, b"\x02\x01\x01\x30", b"\x02\x01\x00\x30");
}
