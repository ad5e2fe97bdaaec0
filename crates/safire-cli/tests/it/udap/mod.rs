//! The commands of UDAP, against a sandbox and a trust community of its own.

mod community;
mod csr;
mod help;
mod in_chromium;
mod life;
mod local_rules;
mod login;
mod secrets;
mod trust_check;
mod untrusted;
mod world;
