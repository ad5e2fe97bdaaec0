//! How a tenant behaves, by one word.

use serde::Serialize;

use crate::error::SandboxError;
use crate::profile::Profile;
use crate::profile::profiles;

/// A manner, as a list of them shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct MannerInfo {
    /// Its name, as [`SandboxBuilder::share`](crate::SandboxBuilder::share) takes it.
    pub name: &'static str,
    /// The faults that its tenants have, one each, in turn.
    pub faults: &'static [&'static str],
}

/// Every manner there is; the names of profiles can be given in place of one.
#[must_use]
pub const fn manners() -> &'static [MannerInfo] {
    &MANNERS
}

/// How a tenant differs from the sandbox itself.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Manner {
    /// It has one of these faults.
    Faults { name: &'static str, specs: &'static [&'static str] },
    /// It has a vendor's ways.
    Profile(&'static Profile),
}

impl Manner {
    pub(super) fn named(name: &str) -> Result<Self, SandboxError> {
        if let Some(MannerInfo { name, faults: specs }) = MANNERS.iter().find(|manner| manner.name == name) {
            return Ok(Self::Faults { name, specs });
        }
        Profile::named(name).map(Self::Profile).map_err(|_| SandboxError::UnknownManner {
            name: name.to_owned(),
            known: MANNERS
                .iter()
                .map(|manner| manner.name)
                .chain(profiles().into_iter().map(|profile| profile.name))
                .map(str::to_owned)
                .collect(),
        })
    }

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Faults { name, .. } => name,
            Self::Profile(profile) => profile.name(),
        }
    }
}

const MANNERS: [MannerInfo; 5] = [
    MannerInfo { name: "slow", faults: &["slow=2s"] },
    MannerInfo {
        name: "broken",
        faults: &[
            "register:empty-500",
            "register:html-error",
            "discovery:html-error",
            "discovery:broken-json",
            "register:broken-json",
            "register:close",
            "register:cut",
            "register:forbidden-json",
        ],
    },
    MannerInfo {
        name: "redirecting",
        faults: &[
            "discovery:redirect",
            "discovery:redirect-loop",
            "register:location-307",
            "discovery:no-location",
            "register:bad-location",
        ],
    },
    MannerInfo { name: "rate-limiting", faults: &["rate-limit"] },
    MannerInfo {
        name: "hostile",
        faults: &[
            "register:endless",
            "discovery:huge",
            "discovery:gzip-bomb",
            "register:deep",
            "register:big-header",
            "discovery:redirect-http",
            "register:redirect-http",
            "discovery:bad-utf8",
        ],
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fault::Faults;

    #[test]
    fn each_fault_of_each_manner_can_be_set() {
        for manner in manners() {
            assert!(!manner.faults.is_empty());
            for fault in manner.faults {
                Faults::default().set(fault).unwrap();
            }
        }
    }
}
