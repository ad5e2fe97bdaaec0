#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| safire_fuzz_cases::chain(data));
