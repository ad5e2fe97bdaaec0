//! The sandbox itself and its tenants.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::OnceLock;

use super::manner::Manner;
use super::mix::Mix;
use crate::error::SandboxError;
use crate::record::Recorder;
use crate::setup::Setup;
use crate::state::State;

/// All servers of one process. A tenant is a pointer until its first request.
pub(crate) struct World {
    pub(crate) root: Arc<State>,
    mix: Mix,
    /// How many hosts the tenants are spread over; none: all are where the root is.
    hosts: u8,
    tenants: Box<[OnceLock<Arc<State>>]>,
}

impl std::fmt::Debug for World {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("World").field("root", &self.root).field("mix", &self.mix).finish_non_exhaustive()
    }
}

impl World {
    pub(crate) fn new(issuer: String, setup: Setup, recorder: Recorder, mix: Mix, hosts: u8) -> Self {
        let root = Arc::new(State::new(issuer, setup, recorder));
        let tenants = (0..mix.tenants()).map(|_| OnceLock::new()).collect();
        Self { root, mix, hosts, tenants }
    }

    /// How many there are.
    pub(crate) const fn tenants(&self) -> u32 {
        self.mix.tenants()
    }

    /// Whose a path is, and what it is there.
    pub(crate) fn find(&self, path: &str) -> (Arc<State>, String) {
        if let Some((tenant, rest)) = path.strip_prefix("/t/").and_then(|path| self.split(path)) {
            return (tenant, rest.to_owned());
        }
        // RFC 8414 §3.1: the issuer's path comes after the well-known one.
        let inserted = path.strip_prefix(WELL_KNOWN).and_then(|path| path.strip_prefix("/t/"));
        if let Some((tenant, rest)) = inserted.and_then(|path| self.split(path)) {
            return (tenant, format!("{WELL_KNOWN}{rest}"));
        }
        (Arc::clone(&self.root), path.to_owned())
    }

    /// `17/fhir` as a tenant and `/fhir`.
    fn split<'a>(&self, path: &'a str) -> Option<(Arc<State>, &'a str)> {
        let end = path.find('/').unwrap_or(path.len());
        let (number, rest) = path.split_at_checked(end)?;
        Some((self.tenant(parsed(number)?)?, rest))
    }

    /// A tenant, made now if it was not before.
    pub(crate) fn tenant(&self, number: u32) -> Option<Arc<State>> {
        let place = self.tenants.get(usize::try_from(number).ok()?)?;
        Some(Arc::clone(place.get_or_init(|| Arc::new(self.make(number)))))
    }

    /// A tenant that had something to do before.
    pub(crate) fn touched(&self, number: u32) -> Option<&Arc<State>> {
        self.tenants.get(usize::try_from(number).ok()?)?.get()
    }

    /// The manner of a tenant, where it has one.
    pub(crate) fn manner(&self, number: u32) -> Option<Manner> {
        self.mix.of(number).map(|(manner, _)| manner)
    }

    /// The address of the host with this number, from 0 on.
    pub(crate) const fn host(number: u8) -> Ipv4Addr {
        Ipv4Addr::new(127, 0, 1, number)
    }

    /// Scheme, host and port of a tenant.
    pub(crate) fn origin(&self, number: u32) -> String {
        let Some(host) = number.checked_rem(u32::from(self.hosts)).and_then(|host| u8::try_from(host).ok())
        else {
            return self.root.issuer.clone();
        };
        let port = self.root.issuer.rsplit(':').next().unwrap_or_default();
        format!("http://{}:{port}", Self::host(host))
    }

    /// What stands before every path of a tenant.
    pub(crate) fn path(number: u32) -> String {
        format!("/t/{number}")
    }

    fn make(&self, number: u32) -> State {
        let mix = self.mix.of(number);
        let profile = match mix {
            Some((Manner::Profile(profile), _)) => profile,
            Some((Manner::Faults { .. }, _)) | None => self.root.profile,
        };
        let state = State::tenant(&self.root, &self.origin(number), Self::path(number), profile);
        if let Some((Manner::Faults { specs, .. }, index)) = mix
            && let Some(spec) = specs.get(index % specs.len().max(1))
        {
            // invariant: a test sets each fault of each manner.
            let _ = state.faults.set(spec);
        }
        state
    }

    /// `tenant 17: register:cut`, or a fault for all.
    pub(crate) fn set_fault(&self, spec: &str) -> Result<(), SandboxError> {
        let Some((number, spec)) = spec.strip_prefix("tenant ").and_then(|rest| rest.split_once(':')) else {
            return self.root.faults.set(spec);
        };
        let tenant = parsed(number.trim()).and_then(|number| self.tenant(number));
        let tenant = tenant.ok_or_else(|| SandboxError::UnknownTenant {
            given: number.trim().to_owned(),
            tenants: self.tenants(),
        })?;
        tenant.faults.set(spec.trim())
    }
}

/// A number as a tenant's path has it: no sign, no zeros before it.
fn parsed(number: &str) -> Option<u32> {
    let plain =
        number == "0" || (number.starts_with(|c: char| c.is_ascii_digit()) && !number.starts_with('0'));
    number.parse().ok().filter(|_| plain)
}

/// Where RFC 8414 puts the document of an issuer.
const WELL_KNOWN: &str = "/.well-known/oauth-authorization-server";
