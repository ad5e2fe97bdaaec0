//! Who logged in: the id token of OpenID Connect, checked whole, and the keys it is checked with.
//!
//! ```
//! use safire_protocol::id_token::{IdTokenCheck, KeySetCache, Refetch, RefetchPolicy};
//! use safire_protocol::identifier::ClientId;
//! use safire_protocol::secret::IdToken;
//! use safire_protocol::time::UnixTime;
//!
//! # fn fetch_keys() -> safire_protocol::id_token::KeySet { safire_protocol::id_token::KeySet::default() }
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let now = UnixTime::from_seconds(1_790_000_000);
//! let client_id = ClientId::parse("growth-chart").ok_or("not blank")?;
//! let mut cache = KeySetCache::new(fetch_keys(), RefetchPolicy::default(), now);
//!
//! let check = IdTokenCheck::new("https://fhir.example.com", &client_id, now).nonce("n-0S6_WzA2Mj");
//! let token = IdToken::new("eyJ…");
//! let mut outcome = check.check(&token, cache.keys());
//! if let Err(error) = &outcome
//!     && error.wants_fresh_keys()
//!     && cache.refetch(now) == Refetch::Allowed
//! {
//!     cache.fetched(fetch_keys(), now);
//!     outcome = check.check(&token, cache.keys());
//! }
//! assert_eq!(outcome.unwrap_err().to_string(), "the id token cannot be read: the token has 1 parts, expected 3 (header.claims.signature)");
//! # Ok(())
//! # }
//! ```

mod access_token_hash;
mod audience;
mod check;
mod error;
mod key_set;
mod key_set_cache;
mod key_set_error;
mod key_set_request;
mod refreshed;
mod times;
mod valid;

pub use check::DEFAULT_SKEW;
pub use check::IdTokenCheck;
pub use error::IdTokenError;
pub use key_set::KeySet;
pub use key_set::UnusableKey;
pub use key_set_cache::KeySetCache;
pub use key_set_cache::Refetch;
pub use key_set_cache::RefetchPolicy;
pub use key_set_error::KeySetError;
pub use key_set_request::KeySetRequest;
pub use times::Expiry;
pub use valid::ValidIdToken;
