//! Every message and rule of SMART App Launch and of dynamic client registration, without I/O.
//!
//! A protocol step is a value with two methods: `request()` builds an [`http::Request`], `accept()` reads
//! the [`http::Response`]. Nothing here opens a socket, reads a clock or draws a random number: time,
//! randomness and signatures come in as arguments. The crate `safire` adds those.
//!
//! The modules follow the flow: [`discovery`], [`registration`], [`credentials`], [`authorize`], [`token`] and what
//! comes of a token; each uses only earlier ones and what they share: the joint [`server_profile`], [`auth_method`],
//! URLs, secrets, times and so on.

pub mod auth_method;
pub mod client_profile;
pub mod deviation;
pub mod fault;
pub mod identifier;
pub mod json;
pub mod secret;
pub mod server_answer;
pub mod server_profile;
pub mod time;
pub mod transcript;
pub mod url;

pub mod authorize;
pub mod credentials;
pub mod discovery;
pub mod id_token;
pub mod introspection;
pub mod registration;
pub mod revocation;
pub mod scope;
pub mod token;
pub mod token_endpoints;

pub use safire_jose as jose;
