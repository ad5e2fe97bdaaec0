//! Keys, JWK sets and compact JWS against published vectors and another implementation.

#![cfg(test)]

mod agreement;
mod algorithm_fits_key;
mod claims_are_checked;
mod decoder_is_strict;
mod garbage_never_panics;
mod key_formats;
mod keys_of_certificates;
mod published_vectors;
mod redaction;
mod refused_keys;
mod support;
