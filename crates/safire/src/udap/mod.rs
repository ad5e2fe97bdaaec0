//! UDAP Security 2.0: the server is asked, trusted and registered with by certificates.
//!
//! ```no_run
//! use safire::protocol::credentials::AuthorizationExtensions;
//! use safire::protocol::pki::{TrustAnchors, TrustCommunity};
//! use safire::protocol::udap::B2bAuthorization;
//! use safire::udap::{ClientIdentity, UdapTrust};
//!
//! # async fn example(
//! #     server: safire::Server, anchors: TrustAnchors, chain: &[u8], key: safire::protocol::jose::PrivateKey,
//! #     metadata: safire::protocol::registration::ClientMetadata,
//! # ) -> Result<(), safire::Error> {
//! let trust = UdapTrust::new(TrustCommunity::new("example", anchors));
//! let udap = server.udap(trust); // no network yet
//! let identity = ClientIdentity::new("https://app.example.org", chain, key)?;
//! let registered = udap.register_client(&identity, &metadata).await?;
//!
//! let who = B2bAuthorization::new("https://org.example.com", ["urn:oid:2.16.840.1.113883.5.8#TREAT"]);
//! let credentials = registered.credentials(&identity, AuthorizationExtensions::new().with_b2b(&who)?)?;
//! let token = udap.client(credentials).request_backend_token(None).await?; // the ordinary client
//! # Ok(())
//! # }
//! ```

mod trust;

mod evidence;
mod evidence_cache;
mod verification;

mod source;

mod identity;
#[cfg(feature = "pkcs12")]
mod pkcs12;
mod server;

mod cancel;
mod exchange;
mod kept;
mod register;
mod registered;

pub use cancel::CancelUdapRegistration;
pub use identity::ClientIdentity;
pub use register::RegisterUdapClient;
pub use registered::UdapRegistered;
pub use server::UdapServer;
pub use trust::EvidenceLimits;
pub use trust::UdapTrust;
