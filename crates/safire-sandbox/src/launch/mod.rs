//! Launches from within an EHR, SMART App Launch 2.2 "Launch app: EHR launch".

mod context;
mod endpoint;
mod page;

pub(crate) use context::Launch;
pub use context::LaunchContext;
pub(crate) use context::check_patient;
pub(crate) use context::known_user;
pub(crate) use endpoint::answer;
pub(crate) use endpoint::style;

/// Where apps read how the EHR looks.
pub(crate) const STYLE_PATH: &str = "/smart-style.json";
