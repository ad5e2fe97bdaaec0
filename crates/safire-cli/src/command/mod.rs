//! The commands, one a file, in the order of the flow.

mod completions;
mod demo;
mod discover;
mod keys;
mod man;
mod next_step;
mod register;
mod registration_add;
mod registration_forget;
mod registration_show;
mod registrations;
mod sandbox;
mod token;

pub(crate) use completions::completions;
pub(crate) use demo::demo;
pub(crate) use discover::discover;
pub(crate) use keys::keys_generate;
pub(crate) use keys::keys_jwks;
pub(crate) use keys::keys_thumbprint;
pub(crate) use man::man;
pub(crate) use register::register;
pub(crate) use registration_add::registration_add;
pub(crate) use registration_forget::registration_forget;
pub(crate) use registration_show::registration_show;
pub(crate) use registrations::registrations;
pub(crate) use sandbox::sandbox;
pub(crate) use token::token;
