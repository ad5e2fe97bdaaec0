use std::fmt;

/// Which interactions a resource scope permits: create, read, update, delete, search.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Interactions(u8);

impl Interactions {
    /// None at all.
    pub const NONE: Self = Self(0);
    /// `c`: create.
    pub const CREATE: Self = Self(1);
    /// `r`: read, vread and the history of one instance.
    pub const READ: Self = Self(2);
    /// `u`: update and patch.
    pub const UPDATE: Self = Self(4);
    /// `d`: delete.
    pub const DELETE: Self = Self(8);
    /// `s`: search and the history of a type.
    pub const SEARCH: Self = Self(16);
    /// `cruds`: all of them.
    pub const ALL: Self = Self(31);

    /// The suffix of a SMART 2 scope, such as `rs`: a subset of `cruds` in that order, not empty.
    ///
    /// SMART 2.2, Scopes: letters out of order are no scope, so that `read` is never taken for `r`, `e`, `a`, `d`.
    #[must_use]
    pub fn parse(suffix: &str) -> Option<Self> {
        let mut found = Self::NONE;
        for letter in suffix.chars() {
            let (_, one) = LETTERS.into_iter().find(|(name, _)| *name == letter)?;
            if one.0 <= found.0 {
                return None;
            }
            found = found.union(one);
        }
        (found != Self::NONE).then_some(found)
    }

    /// What a SMART 1 permission means: `read` is `rs`, `write` is `cud`, `*` is `cruds`.
    ///
    /// The case is ignored: Epic answers `patient/Immunization.Read`, and no SMART 2 suffix can be meant by it.
    #[must_use]
    pub fn of_v1(permission: &str) -> Option<Self> {
        if permission == "*" {
            Some(Self::ALL)
        } else if permission.eq_ignore_ascii_case("read") {
            Some(Self::READ.union(Self::SEARCH))
        } else if permission.eq_ignore_ascii_case("write") {
            Some(Self::CREATE.union(Self::UPDATE).union(Self::DELETE))
        } else {
            None
        }
    }

    /// These and those.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// These without those.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether all of those are among these.
    #[must_use]
    pub const fn contains(self, other: Self) -> bool {
        other.0 & !self.0 == 0
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
}

impl fmt::Display for Interactions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        LETTERS
            .into_iter()
            .filter(|(_, one)| self.contains(*one))
            .try_for_each(|(letter, _)| write!(f, "{letter}"))
    }
}

/// In the order of the specification, each greater than all before it together.
const LETTERS: [(char, Interactions); 5] = [
    ('c', Interactions::CREATE),
    ('r', Interactions::READ),
    ('u', Interactions::UPDATE),
    ('d', Interactions::DELETE),
    ('s', Interactions::SEARCH),
];
