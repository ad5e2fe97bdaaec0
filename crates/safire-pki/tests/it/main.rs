//! Paths, revocation and names of the URI kind: real chains, re-issued twins, and OpenSSL's opinion of them.

#![cfg(test)]

mod real_chains;
mod support;
