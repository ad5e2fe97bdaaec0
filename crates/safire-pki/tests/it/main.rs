//! Paths, revocation and names of the URI kind: real chains, re-issued twins, and OpenSSL's opinion of them.

#![cfg(test)]

mod agrees_with_openssl;
mod cases;
mod communities_and_policies;
mod encoding;
mod hostile_input;
mod issuers_are_fetched;
mod keys;
mod lists_are_fetched;
mod mutations;
mod names_are_exact;
mod ocsp_answer;
mod openssl;
mod patches;
mod real_chains;
mod responders_are_asked;
mod support;
mod twin;
mod verdict;
mod without_anchors;
