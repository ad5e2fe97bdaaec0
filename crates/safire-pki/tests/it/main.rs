//! Paths, revocation and names of the URI kind: real chains, re-issued twins, and OpenSSL's opinion of them.

#![cfg(test)]

mod agrees_with_openssl;
mod cases;
mod keys;
mod mutations;
mod openssl;
mod real_chains;
mod support;
mod twin;
