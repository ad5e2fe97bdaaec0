//! What an app may do: the scopes of SMART 1 and 2, and whether a grant covers a need.
//!
//! ```
//! use safire_protocol::scope::{Scope, Scopes};
//!
//! # fn main() -> Result<(), safire_protocol::scope::ScopeError> {
//! let requested = Scopes::parse("patient/Observation.rs launch/patient")?;
//! // The server answers in the syntax of SMART 1.
//! let granted = Scopes::read("patient/*.read");
//! assert!(granted.covers(&Scope::parse("patient/Observation.rs?category=laboratory")?));
//!
//! let comparison = requested.compare(&granted);
//! assert_eq!(comparison.missing.len(), 1);
//! assert_eq!(comparison.missing[0].scope.as_str(), "launch/patient");
//! assert_eq!(comparison.extra[0].as_str(), "patient/*.read");
//! # Ok(())
//! # }
//! ```

mod comparison;
mod error;
mod interactions;
mod narrowing;
mod resource;
#[expect(clippy::module_inception, reason = "the file is named by its noun, as every other")]
mod scope;
mod scopes;

pub use comparison::MissingScope;
pub use comparison::ScopeComparison;
pub use error::ScopeError;
pub use interactions::Interactions;
pub use narrowing::Narrowing;
pub use resource::Level;
pub use resource::Resource;
pub use resource::ResourceScope;
pub use resource::ScopeSyntax;
pub use scope::Scope;
pub use scope::ScopeKind;
pub use scopes::Scopes;
