use std::fmt;
use std::str::FromStr;

use serde::Serialize;
use serde::Serializer;

use super::Interactions;
use super::Scope;
use super::ScopeError;

/// Scopes in their order, as a `scope` parameter or member holds them.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Scopes(Vec<Scope>);

impl Scopes {
    /// Reads scopes as they may be sent: one space between two, RFC 6749 §3.3. No text at all is no scope.
    ///
    /// # Errors
    /// [`ScopeError`] for the first that may not be sent, and for a space too many.
    pub fn parse(text: &str) -> Result<Self, ScopeError> {
        if text.is_empty() {
            return Ok(Self::default());
        }
        text.split(' ').map(Scope::parse).collect::<Result<_, _>>().map(Self)
    }

    /// Reads the scopes of a server's answer: any white space separates, and nothing is refused.
    #[must_use]
    pub fn read(text: &str) -> Self {
        Self(text.split_whitespace().map(Scope::read).collect())
    }

    /// The scopes in their order.
    #[must_use]
    pub fn as_slice(&self) -> &[Scope] {
        &self.0
    }

    /// The scopes one by one.
    pub fn iter(&self) -> std::slice::Iter<'_, Scope> {
        self.0.iter()
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether these together grant all that `need` asks for, in whichever syntax they are written.
    ///
    /// Interactions may come from several scopes. A type of resource or a search parameter must be within one of
    /// them: all categories one by one are not "every category". Scopes that are not about resources must be there
    /// letter by letter.
    #[must_use]
    pub fn covers(&self, need: &Scope) -> bool {
        match self.lacking(need) {
            Some(lacking) => lacking.is_empty(),
            None => self.0.iter().any(|scope| scope.as_str() == need.as_str()),
        }
    }

    /// The interactions of a resource scope that these do not grant; `None` for a scope of another kind.
    #[must_use]
    pub fn lacking(&self, need: &Scope) -> Option<Interactions> {
        let need = need.as_resource()?;
        let granted = self.0.iter().filter_map(Scope::as_resource);
        Some(granted.fold(need.interactions, |lacking, scope| lacking.without(scope.gives(need))))
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut between = "";
        for scope in &self.0 {
            write!(f, "{between}{scope}")?;
            between = " ";
        }
        Ok(())
    }
}

impl FromStr for Scopes {
    type Err = ScopeError;

    fn from_str(text: &str) -> Result<Self, ScopeError> {
        Self::parse(text)
    }
}

impl FromIterator<Scope> for Scopes {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        Self(scopes.into_iter().collect())
    }
}

impl<'a> IntoIterator for &'a Scopes {
    type Item = &'a Scope;
    type IntoIter = std::slice::Iter<'a, Scope>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl Serialize for Scopes {
    /// As one text, which is the form of RFC 6749.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
