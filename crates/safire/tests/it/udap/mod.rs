//! UDAP by the client: real certificates, a server on loopback, and whatever it answers.

mod cancellation;
mod evidence;
mod hostile;
mod login;
mod metadata;
#[cfg(feature = "pkcs12")]
mod pkcs12;
mod purposes;
mod registration;
mod registration_store;
mod responder;
mod sandbox;
mod site;
mod tokens;
#[expect(dead_code, reason = "shared with the tests of the protocol, which use all of it")]
#[path = "../../../../safire-protocol/tests/it/udap/world.rs"]
mod world;
