use std::path::PathBuf;
use std::time::Duration;

use rustls_pki_types::UnixTime;
use safire_pki::Chain;
use safire_pki::Need;
use safire_pki::PathVerification;
use safire_pki::Step;
use safire_pki::TrustCommunity;
use safire_pki::TrustFailure;
use safire_pki::TrustedPath;

/// 1 June 2024: all of the real certificates are valid.
pub(crate) const NOW: u64 = 1_717_200_000;

pub(crate) fn read(file: &str) -> Vec<u8> {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../testdata/pki/udap-certificates"));
    std::fs::read(folder.join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

pub(crate) fn at(seconds: u64) -> UnixTime {
    UnixTime::since_unix_epoch(Duration::from_secs(seconds))
}

/// Verifies where nothing can be fetched.
pub(crate) fn verify(
    chain: Chain,
    community: &TrustCommunity,
    now: u64,
) -> Result<TrustedPath, TrustFailure> {
    verify_with(chain, community, now, |_| None)
}

/// Verifies with what `fetch` gives.
pub(crate) fn verify_with(
    chain: Chain,
    community: &TrustCommunity,
    now: u64,
    mut fetch: impl FnMut(&Need) -> Option<Vec<u8>>,
) -> Result<TrustedPath, TrustFailure> {
    let mut verification = PathVerification::begin(chain, community, at(now));
    for _ in 0..100 {
        match verification.step() {
            Step::Trusted(path) => return Ok(path),
            Step::Refused(failure) => return Err(failure),
            Step::Need(needs) => {
                assert!(!needs.is_empty(), "a step that needs nothing");
                for need in needs {
                    match fetch(&need) {
                        Some(body) => verification.supply(&need, &body),
                        None => verification.cannot_fetch(&need, "offline"),
                    }
                }
            }
        }
    }
    panic!("the verification does not end");
}
