//! A UDAP server, by UDAP Security 2.0: signed metadata, registration by certificate, tokens, Tiered OAuth.

mod authority;
mod community;
mod community_file;
mod der;
mod member;

mod membership;
mod server;
mod setup;

mod distribution;
mod metadata;
mod plain;
mod signature;
mod signed;

mod certification;
mod client_metadata;
mod registration;

mod authentication;
mod extensions;

mod provider;
mod upstream;

mod control;
mod handle;
mod routes;

pub(crate) use authentication::check as authenticate;
pub use community::Community;
pub use community::CommunityBuilder;
pub use community_file::CommunityFile;
pub use community_file::Secrecy;
pub use member::Member;
pub use member::MemberRequest;
pub(crate) use plain::published;
pub(crate) use provider::Provider;
pub(crate) use routes::id_token_signer;
pub(crate) use routes::public_keys;
pub(crate) use routes::route;
pub use server::DEFAULT_COMMUNITY;
pub(crate) use server::UdapServer;
pub(crate) use setup::UdapSetup;
