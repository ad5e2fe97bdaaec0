//! Vendors' ways, by name: one table, one file for each vendor.

mod athena;
mod epic;
mod keycloak;
mod kind;
mod medplum;
mod openemr;
mod oracle;
mod standard;

pub(crate) use kind::Admission;
pub(crate) use kind::Asker;
pub(crate) use kind::Audience;
pub(crate) use kind::Profile;
pub use kind::ProfileInfo;
pub use kind::profiles;
