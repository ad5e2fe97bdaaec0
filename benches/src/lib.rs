//! What the benches share: a small fixed server, and the floors that ours is held against.

pub mod assertion;
pub mod cpu;
pub mod document;
pub mod fixed_server;
pub mod floor;
pub mod id_token;
pub mod instructions;
pub mod many_bases;
pub mod median;
pub mod ours;
pub mod token;
pub mod udap;
