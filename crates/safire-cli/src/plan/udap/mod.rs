//! What is meant by the arguments of UDAP.

mod certificates;
mod client;
mod extensions;
mod statement;
mod trust;

pub(crate) use certificates::chain;
pub(crate) use client::CertifiedClient;
pub(crate) use extensions::Circumstances;
pub(crate) use extensions::usual;
pub(crate) use statement::cancellation_of;
pub(crate) use statement::certifications;
pub(crate) use statement::statement;
pub(crate) use statement::statement_of;
pub(crate) use trust::Trust;
