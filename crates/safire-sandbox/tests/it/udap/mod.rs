//! The UDAP side of the sandbox: what a good client gets, and why each other one is refused.

mod authorization_code;
mod b2b;
mod certifications;
mod community;
mod control;
mod distribution;
mod lifecycle;
mod metadata;
mod metadata_faults;
mod registration;
mod tefca;
mod tiered;
mod tokens;
mod verdict;
mod world;
