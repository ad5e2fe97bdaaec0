use std::borrow::Cow;

/// The search parameters that narrow a resource scope, such as `category=laboratory`.
///
/// Every parameter narrows further; within one, values separated by commas are alternatives, as in a FHIR search.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Narrowing(Vec<(String, String)>);

impl Narrowing {
    /// Reads what follows the `?`: `param=value` items separated by `&`, at least one.
    pub(super) fn parse(query: &str) -> Option<Self> {
        query
            .split('&')
            .map(|item| {
                let (name, value) = item.split_once('=')?;
                (!name.is_empty() && !value.is_empty()).then(|| (name.to_owned(), value.to_owned()))
            })
            .collect::<Option<Vec<_>>>()
            .map(Self)
    }

    /// The parameters as they were written, in their order.
    #[must_use]
    pub fn parameters(&self) -> &[(String, String)] {
        &self.0
    }

    /// Whether nothing is narrowed.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether everything that `need` lets through is let through here too.
    ///
    /// That is so when each parameter here is in the need as well, with no alternative that is not here. A parameter
    /// with a modifier (`code:not`) must have the same value: alternatives of `:not` narrow instead of widening.
    #[must_use]
    pub fn covers(&self, need: &Self) -> bool {
        self.0.iter().all(|(name, granted)| {
            need.0.iter().any(|(needed_name, needed)| {
                decoded(needed_name) == decoded(name) && lets_through(name, granted, needed)
            })
        })
    }
}

fn lets_through(name: &str, granted: &str, needed: &str) -> bool {
    if decoded(name).contains(&b':') {
        return decoded(granted) == decoded(needed);
    }
    needed.split(',').all(|value| granted.split(',').any(|one| decoded(one) == decoded(value)))
}

/// `%7C` and `|` are the same character, RFC 3986 §2.1.
fn decoded(text: &str) -> Cow<'_, [u8]> {
    if !text.contains('%') {
        return Cow::Borrowed(text.as_bytes());
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        let escape = match (first, after) {
            (b'%', [high, low, ..]) => hexadecimal(*high).zip(hexadecimal(*low)),
            _ => None,
        };
        if let Some((high, low)) = escape {
            bytes.push(high << 4 | low);
            rest = after.get(2..).unwrap_or_default();
        } else {
            bytes.push(*first);
        }
    }
    Cow::Owned(bytes)
}

fn hexadecimal(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}
