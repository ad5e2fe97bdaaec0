//! Scopes of SMART 1 and 2.

mod arbitrary;
mod comparison;
mod coverage;
mod narrowing;
mod reading;
mod real_life;
mod token_syntax;

use safire_protocol::scope::Scope;
use safire_protocol::scope::ScopeKind;
use safire_protocol::scope::Scopes;

fn scope(text: &str) -> Scope {
    Scope::parse(text).unwrap()
}

/// Whether the grant, read as a server's answer, covers the need.
fn covers(granted: &str, need: &str) -> bool {
    Scopes::read(granted).covers(&scope(need))
}

fn is_other(text: &str) -> bool {
    *scope(text).kind() == ScopeKind::Other
}
